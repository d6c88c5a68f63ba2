"""Orders and results in lines that a person reads."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from runner.model.clock import iso
from runner.model.money import decimal_of, text_of
from runner.model.orders import OrderState, OrderType
from runner.model.results import OrderLine, Result
from runner.model.trades import OpenPosition, PositionSide
from runner.report.metrics import metrics

# A number that does not follow the name of a key: "`max_order` is 5000" keeps its own.
_CHANGING = re.compile(r"(?<!` is )(?<![0-9.])[0-9][0-9.]*")


def order_text(line: OrderLine) -> str:
    """One line per order: when, what, at which price, what became of it."""
    when = iso(line.filled_at if line.filled_at is not None else line.decided_at)
    base, quote = currencies(line.symbol)
    amount = f"{text_of(line.quantity)} {base}" if line.quantity > 0 else base
    at = "" if line.price is None else f" at {price_text(line.price)} {quote}"
    kind = "" if line.type is OrderType.MARKET else f"{line.type} "
    why = f": {'; '.join(line.reasons)}" if line.reasons else ""
    status = f"{line.status}"
    return f"{when}  {line.purpose:<7} {kind}{line.side} {amount}{at}  {status}{why}"


def summary_lines(result: Result) -> list[str]:
    """The result in some twenty lines: equity, trades, fees, what was denied and why."""
    facts, quote = metrics(result), currencies(result.symbols[0])[1]
    rows = [
        ("strategy", f"{result.strategy} ({result.digest[:12]})"),
        *_data_rows(result),
        ("equity", f"{result.initial:,.2f} → {result.equity[-1]:,.2f} {quote}"),
        ("return", f"{_percent(facts.total_return)} (buy and hold {_percent(facts.buy_and_hold)})"),
        ("drawdown", f"{_percent(-facts.max_drawdown)}, {facts.max_drawdown_days:.0f} days"),
        ("sharpe", _number(facts.sharpe)),
        ("trades", f"{facts.trades}, {_percent(facts.win_rate)} won, {_exits(result)}"),
        *_parts(result, quote),
        ("fees", f"{result.fees:,.2f} {quote}"),
        *([("funding", f"{result.funding:,.2f} {quote} paid")] if result.funding else []),
        ("denied", f"{_counted(result.denied, 'order')}" if result.denied else "none"),
        *(("", f"{count} × {reason}") for reason, count in denials(result.orders).most_common()),
        *(("open", _open_text(held)) for held in result.still_open),
        *([("halted", result.halted)] if result.halted is not None else []),
    ]
    return [f"{name:<10}{text}" for name, text in rows]


def _data_rows(result: Result) -> Iterator[tuple[str, str]]:
    for number, data in enumerate(result.data):
        series = f"{data.bars:,} bars of {data.symbol} {data.timeframe} from {data.source}"
        yield "" if number else "data", series
        yield "", f"{iso(data.from_ms)} to {iso(data.to_ms)}, {_counted(data.gaps, 'gap')}"


def _parts(result: Result, quote: str) -> Iterator[tuple[str, str]]:
    """What each symbol and side contributed, where there is more than one of them."""
    parts: dict[tuple[str, PositionSide], list[float]] = {}
    for trip in result.trades:
        parts.setdefault((trip.symbol, trip.side), []).append(trip.pnl)
    if len(result.symbols) == 1 and len(parts) < 2:
        return
    for symbol in result.symbols:
        for side in PositionSide:
            pnls = parts.get((symbol, side))
            if pnls:
                yield "", f"{symbol} {side}: {len(pnls)}, {math.fsum(pnls):+,.2f} {quote}"


def _open_text(held: OpenPosition) -> str:
    base = currencies(held.symbol)[0]
    opened = "bought" if held.side is PositionSide.LONG else "sold short"
    quantity, price = (price_text(decimal_of(x)) for x in (held.quantity, held.entry_price))
    return f"{quantity} {base} {opened} at {price}, marked at the last close"


def currencies(symbol: str) -> tuple[str, str]:
    """Base and quote of `BTC/USDT` or of the contract `BTC/USDT:USDT`."""
    base, _, quote = symbol.partition(":")[0].partition("/")
    return base, quote


def assumption_lines(result: Result) -> list[str]:
    """What the result takes for granted, under its numbers."""
    return ["assumed", *(f"  - {text}" for text in result.assumptions)]


def denials(lines: Iterable[OrderLine]) -> Counter[str]:
    """How often each limit denied an order, whatever the amounts were."""
    reasons: Counter[str] = Counter()
    for line in lines:
        if line.status is OrderState.DENIED:
            reasons.update(_rule(reason) for reason in line.reasons)
    return reasons


def _rule(reason: str) -> str:
    """A reason without the numbers that change from order to order; the limit's own stays."""
    return _CHANGING.sub("…", reason)


def _exits(result: Result) -> str:
    counts = Counter(trip.exit_reason for trip in result.trades)
    return ", ".join(f"{count} by {reason}" for reason, count in counts.most_common()) or "no exits"


def price_text(price: Decimal) -> str:
    """Eight decimals at most: prices of fills have as many digits as a double."""
    return text_of(round(price, 8).normalize() if price else price)


def _percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{fraction * 100:.2f}%"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
