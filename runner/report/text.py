"""Orders and results in lines that a person reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from runner.model.clock import iso
from runner.model.money import text_of
from runner.model.orders import OrderState, OrderType
from runner.model.results import OrderLine, Result
from runner.report.metrics import metrics

# A number that does not follow the name of a key: "`max_order` is 5000" keeps its own.
_CHANGING = re.compile(r"(?<!` is )(?<![0-9.])[0-9][0-9.]*")


def order_text(line: OrderLine) -> str:
    """One line per order: when, what, at which price, what became of it."""
    when = iso(line.filled_at if line.filled_at is not None else line.decided_at)
    base, _, quote = line.symbol.partition("/")
    amount = f"{text_of(line.quantity)} {base}" if line.quantity > 0 else base
    at = "" if line.price is None else f" at {price_text(line.price)} {quote}"
    kind = "" if line.type is OrderType.MARKET else f"{line.type} "
    why = f": {'; '.join(line.reasons)}" if line.reasons else ""
    status = f"{line.status}"
    return f"{when}  {line.purpose:<7} {kind}{line.side} {amount}{at}  {status}{why}"


def summary_lines(result: Result) -> list[str]:
    """The result in a dozen lines: equity, trades, fees, what was denied and why."""
    facts, data, quote = metrics(result), result.data[0], result.data[0].symbol.partition("/")[2]
    denied = denials(result.orders)
    rows = [
        ("strategy", f"{result.strategy} ({result.digest[:12]})"),
        ("data", f"{data.bars:,} bars of {data.symbol} {data.timeframe} from {data.source}"),
        ("", f"{iso(data.from_ms)} to {iso(data.to_ms)}, {_counted(data.gaps, 'gap')}"),
        ("equity", f"{result.initial:,.2f} → {result.equity[-1]:,.2f} {quote}"),
        ("return", f"{_percent(facts.total_return)} (buy and hold {_percent(facts.buy_and_hold)})"),
        ("drawdown", f"{_percent(-facts.max_drawdown)}, {facts.max_drawdown_days:.0f} days"),
        ("sharpe", _number(facts.sharpe)),
        ("trades", f"{facts.trades}, {_percent(facts.win_rate)} won, {_exits(result)}"),
        ("fees", f"{result.fees:,.2f} {quote}"),
        ("denied", f"{_count_denied(result)} orders" if denied else "none"),
    ]
    lines = [f"{name:<10}{text}" for name, text in rows]
    lines += [f"{'':<10}{count} × {reason}" for reason, count in denied.most_common()]
    if result.still_open is not None:
        held = result.still_open
        base = data.symbol.partition("/")[0]
        lines.append(
            f"{'open':<10}{held.quantity!r} {base} bought at {held.entry_price!r}, marked at the "
            "last close"
        )
    return lines


def assumption_lines(result: Result) -> list[str]:
    """What the result takes for granted, under its numbers."""
    return ["assumed", *(f"  - {text}" for text in result.assumptions)]


def _count_denied(result: Result) -> int:
    """Orders, each once however many limits denied it."""
    return sum(line.status is OrderState.DENIED for line in result.orders)


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
