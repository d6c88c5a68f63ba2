"""A rule file to a `Strategy`, the pass that says the file is right; or everything that is wrong.

In: a path, or a document. Out: `Loaded`. Nothing is resolved, no socket is opened.
"""

from __future__ import annotations

from collections.abc import Mapping as Overrides
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from runner.core.strategy import Strategy
from runner.model.errors import Refused
from runner.rules.bench import Bench, child, entry_of, scalar, word
from runner.rules.check import Checker
from runner.rules.compile_entry import compile_rules
from runner.rules.compile_market import compile_market
from runner.rules.compile_running import compile_running
from runner.rules.diagnostic import Diagnostic, any_error, in_order
from runner.rules.digest import digest_of
from runner.rules.document import MOST_BYTES, Document, read
from runner.rules.nodes import Mapping, Node, place
from runner.rules.params import ParamReader
from runner.rules.schema import LATER_KINDS, STRATEGY
from runner.rules.source import Source
from runner.rules.symbols import Pair, pair_of

#: Whose currencies advice names in a file without a pair.
_ANY_PAIR = Pair("BTC", "USDT")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file: a strategy when nothing is wrong with it, and what there is to say."""

    strategy: Strategy | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    root: Node | None


def load(path: Path | str, overrides: Overrides[str, Decimal] | None = None) -> Loaded:
    """The rule file at `path`; `overrides` set params within the bounds that the file declares.

    Raises Refused when the file cannot be read at all.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)  # one more than allowed is enough to refuse it
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise Refused(f"{path}: {reason}; give the path of a rule file") from None
    return load_document(read(str(path), data), overrides or {})


def load_document(document: Document, overrides: Overrides[str, Decimal]) -> Loaded:
    """The strategy of a document, or all that is wrong with it."""
    found = list(document.diagnostics)
    strategy = None
    if document.root is not None:
        kind = _kind_problem(document.source, document.root)
        if kind is not None:
            found.append(kind)
        elif isinstance(document.root, Mapping):
            strategy, more = _compile(document.source, document.root, overrides)
            found += more
    if any_error(found):
        strategy = None
    return Loaded(strategy, tuple(in_order(found)), document.source, document.root)


def _kind_problem(source: Source, root: Node) -> Diagnostic | None:
    """`kind` is read first: it says by which shape the rest is judged."""
    if not isinstance(root, Mapping):
        message = "a rule file is keys with values"
        at = (root.start, min(root.end, root.start + 40))
        return source.diagnostic(at, "R103", message, "begin with `version: 1`")
    kind = scalar(root, "kind")
    if kind is not None and kind.text in LATER_KINDS:
        message = f"not supported yet: `kind: {kind.text}`"
        return source.diagnostic(place(kind), "R104", message, "write `kind: strategy`")
    return None


def _compile(
    source: Source, written: Mapping, overrides: Overrides[str, Decimal]
) -> tuple[Strategy | None, list[Diagnostic]]:
    reader = ParamReader(source, overrides)
    checker = Checker(source, STRATEGY, pair_of(written) or _ANY_PAIR)
    root = checker.check(reader.read(written), STRATEGY, "", (written.start, written.start + 1))
    bench = Bench(source, written, reader)
    strategy = None
    if isinstance(root, Mapping):
        strategy = _strategy(bench, root)
        if strategy is not None and not any_error([*reader.found, *checker.found, *bench.found]):
            _second_look(bench, root, strategy)
    return strategy, [*reader.found, *checker.found, *bench.found]


def _strategy(bench: Bench, root: Mapping) -> Strategy | None:
    """Every part is compiled before any is looked at, so that everything wrong is found."""
    bench.declare_params(child(root, "params"))
    traded = compile_market(bench, root)
    bench.declare_indicators(child(root, "indicators"))
    rules = compile_rules(bench, root, traded.pair)
    running = compile_running(bench, root, traded.pair)
    name = word(root, "name")
    if traded.account is None or traded.pair is None or traded.timeframe is None:
        return None
    if rules is None or running is None or name is None:
        return None
    strategy = Strategy(
        name=name,
        description=word(root, "description") or "",
        digest="",
        path=bench.source.file,
        account=traded.account,
        market_kind=traded.kind,
        symbol=traded.pair.symbol,
        timeframe=traded.timeframe,
        capital=traded.capital,
        params=tuple(bench.params.items()),
        indicators=tuple(bench.indicators.items()),
        entry=rules.entry,
        fire=rules.fire,
        size=rules.size,
        stop_loss=rules.stop_loss,
        take_profit=rules.take_profit,
        exit=rules.exit,
        schedule=running.schedule,
        max_gap=running.max_gap,
        backtest=running.backtest,
        lookback=max(expression.lookback for expression in bench.expressions),
        warmup=max(expression.warmup or 1 for expression in bench.expressions),
    )
    return replace(strategy, digest=digest_of(strategy, bench.bounds))


def _second_look(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """Warnings about a file that is right: what is declared and not used, and no stop."""
    for block, what in (("params", "param"), ("indicators", "indicator")):
        declared = child(root, block)
        for name, entry in declared.entries.items() if isinstance(declared, Mapping) else ():
            if name not in bench.used:
                bench.warn(
                    place(entry.key), "R501", f"the {what} `{name}` is never used", "remove it"
                )
    if strategy.stop_loss is None:
        entry_key = entry_of(root, "entry")
        at = place(entry_key.key) if entry_key else (root.start, root.start)
        help = "add `exit: {stop_loss: {distance: 2 * atr(14)}}`"
        bench.warn(at, "R502", "a position has no stop", help)
