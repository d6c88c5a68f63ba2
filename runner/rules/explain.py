"""A compiled rule file in words: what it trades, when, how much, what ends it, what it never does.

In: a strategy and its params. Out: sections of plain sentences; a line that begins with `- ` is an
item of the line before. Nothing is said that the strategy does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.values import dataclass
from runner.rules.explain_entry import adding, chances, conditions, ordering, sizing, when_taken
from runner.rules.explain_exit import ending
from runner.rules.explain_running import limiting, needing, never, pausing, simulating
from runner.rules.in_words import DAYS, clock, code, counted, listed, span
from runner.rules.params import Param


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what belongs below it."""

    title: str
    lines: tuple[str, ...]


def explained(strategy: Strategy, params: Mapping[str, Param]) -> tuple[Section, ...]:
    """Everything the file means, in the order a reader asks for it; empty sections left out."""
    named = (
        ("trades", _trading(strategy)),
        ("looks", _looking(strategy)),
        ("names", _naming(strategy, params)),
        *_entering(strategy),
        ("ends", ending(strategy)),
        ("pauses", pausing(strategy)),
        ("limits", limiting(strategy)),
        ("needs", needing(strategy)),
        ("simulates", simulating(strategy)),
        ("never", never(strategy)),
    )
    sections = (Section(title, tuple(lines)) for title, lines in named)
    return tuple(section for section in sections if section.lines)


def _trading(strategy: Strategy) -> Iterator[str]:
    account = strategy.account
    where = f"{account.exchange} {strategy.market_kind}"
    yield (
        f"{listed(strategy.symbols)} on {where}, through the account `{account.name}` "
        f"(a key of the {account.venue} venue)"
    )
    if strategy.is_futures:
        yield (
            f"with {strategy.leverage:f}x leverage, isolated margin and one position per symbol: "
            "long or short, never both"
        )


def _looking(strategy: Strategy) -> Iterator[str]:
    schedule = strategy.schedule
    delay = f"{span(schedule.delay_ms)} after" if schedule.delay_ms else "at"
    yield f"at each symbol once per closed bar of {strategy.timeframe.text}, {delay} its close"
    yield f"a bar that closed more than {span(schedule.max_lateness_ms)} ago is not acted on"
    yield (
        f"after more than {counted(strategy.max_gap, 'missing bar')} in a row entries wait until "
        "all values are of bars since then"
    )
    if strategy.keeps_entries_on_stop:
        yield "when it is stopped, unfilled entries stay at the exchange"
    if strategy.timezone != "UTC":
        yield f"days and hours are those of {strategy.timezone}"


def _naming(strategy: Strategy, params: Mapping[str, Param]) -> Iterator[str]:
    for param in params.values():
        yield f"- {param.name} = {param.text}{_bounds(param)}"
    for input_ in strategy.inputs:
        known = f"{span(input_.lag_ms)} after" if input_.lag_ms else "at"
        yield (
            f"- {input_.name} = column {code(input_.column)} of {code(input_.path)}, each row "
            f"known {known} its own time"
        )
    for function in strategy.functions:
        yield f"- {function.signature} = {' '.join(function.text.split())}"
    for indicator in strategy.indicators:
        where = f" of {indicator.symbol}" if indicator.symbol else ""
        slower = f" at bars of {indicator.timeframe.text}" if indicator.timeframe else ""
        yield f"- {indicator.name} = {' '.join(indicator.expression.text.split())}{where}{slower}"
    for session in strategy.sessions:
        until = clock(session.until_minute) if session.until_minute != 1440 else "24:00"
        yield (
            f"- {session.name} = the session from {clock(session.from_minute)} to {until} "
            f"{session.timezone}, {_days(session.days)}"
        )


def _days(days: frozenset[int]) -> str:
    first, last = min(days), max(days)
    if len(days) == len(DAYS):
        return "every day"
    if len(days) > 2 and len(days) == last - first + 1:
        return f"{DAYS[first]} to {DAYS[last]}"
    return listed(DAYS[day] for day in sorted(days))


def _bounds(param: Param) -> str:
    if param.low is None and param.high is None:
        return ""
    low, high = (_as_bound(param, bound) for bound in (param.low, param.high))
    return f" ({low} to {high} allowed)"


def _as_bound(param: Param, bound: Decimal | None) -> str:
    return "any" if bound is None else replace(param, value=bound).text


def _entering(strategy: Strategy) -> Iterator[tuple[str, list[str]]]:
    for rule in strategy.entries:
        lines = [
            when_taken(rule),
            *conditions(rule.when),
            *chances(rule),
            *sizing(rule, strategy),
            *ordering(rule),
            *adding(rule),
        ]
        yield ("buys" if rule.side.sign > 0 else "sells short"), lines
