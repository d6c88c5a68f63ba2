"""`indicators:` to named expressions, some of them of slower bars or of another symbol."""

from __future__ import annotations

from dataclasses import replace

from runner.core.strategy import Indicator
from runner.language.parse import Expression
from runner.model.bars import Timeframe
from runner.rules.bench import Bench, child, scalar
from runner.rules.compile_market import Traded, compile_timeframe
from runner.rules.nodes import Entry, Mapping, Scalar, place
from runner.rules.symbols import compile_symbol


def compile_indicators(bench: Bench, root: Mapping, traded: Traded) -> tuple[Indicator, ...]:
    """Named expressions in file order; the wrong ones are remembered as failed."""
    written = child(bench.written, "indicators")
    names = set(written.entries) if isinstance(written, Mapping) else set()
    node = child(root, "indicators")
    found: list[Indicator] = []
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        value = entry.value if isinstance(entry.value, Scalar) else scalar(entry.value, "value")
        if bench.is_new(entry.key) and value is not None:
            if any(bench.lost(root, "indicators", name, key) for key in ("symbol", "timeframe")):
                continue
            found += _indicator(bench, name, entry, value, traded)
    bench.failed |= names - set(bench.indicators)
    return tuple(found)


def _indicator(
    bench: Bench, name: str, entry: Entry, value: Scalar, traded: Traded
) -> list[Indicator]:
    slower, symbol = scalar(entry.value, "timeframe"), scalar(entry.value, "symbol")
    if slower is None and symbol is None:
        expression = bench.expression(value, None)
        return _declared(bench, Indicator(name, expression, None, None)) if expression else []
    pair = compile_symbol(bench, symbol) if symbol else None
    timeframe = _slower(bench, slower, traded.timeframe)
    expression = bench.parsed(value, None, bench.elsewhere_scope())
    if expression is None or (symbol and not pair) or (slower and not timeframe):
        return []
    if traded.timeframe is not None and timeframe is not None:
        expression = _in_file_bars(expression, timeframe.ms // traded.timeframe.ms)
    bench.expressions.append(expression)
    other = None if timeframe == traded.timeframe else timeframe
    return _declared(bench, Indicator(name, expression, pair.symbol if pair else None, other))


def _declared(bench: Bench, indicator: Indicator) -> list[Indicator]:
    bench.indicators[indicator.name] = indicator.expression
    return [indicator]


def _slower(bench: Bench, node: Scalar | None, of: Timeframe | None) -> Timeframe | None:
    """A bar length that is a whole multiple of the file's."""
    timeframe = compile_timeframe(bench, node)
    if node is None or timeframe is None or of is None or timeframe.ms % of.ms == 0:
        return timeframe
    message = f"`{node.text}` is not a whole number of the file's bars of `{of.text}`"
    help = "write a slower timeframe, or make the file's `timeframe` the fastest one"
    bench.refuse(place(node), "R111", message, help)
    return None


def _in_file_bars(expression: Expression, ratio: int) -> Expression:
    """An expression of slower bars as bars of the file see it: one slow bar may be half over."""
    if ratio == 1:
        return expression
    lookback, warmup = expression.lookback + 1, (expression.warmup or 1) + 1
    return replace(expression, lookback=lookback * ratio, warmup=warmup * ratio)
