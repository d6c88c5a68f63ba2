"""Why nothing was entered at a close, in the words of the rule file.

In: a trader as it was when its instant had been decided. Out: every reason that stood in the way,
in the order in which `core/decide.py` asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.core.codes import NONE
from runner.core.columns import waits_after_gap
from runner.core.desk import Desk, table_for
from runner.core.strategy import EntryRule, Strategy
from runner.core.table import NO_ENTRIES
from runner.core.trader import Trader
from runner.language import wallclock
from runner.model.bars import Bars
from runner.model.clock import iso

#: Of `Pause.kind`.
_FOREVER = float("inf")
PROTECTIONS = ("stoploss_guard", "max_drawdown", "daily_loss")


def obstacles(
    strategy: Strategy, bars: Bars, trader: Trader, desk: Desk, untrue: Mapping[str, str]
) -> tuple[str, ...]:
    """`untrue`: by entry rule, such as `entry.long`, which condition of it is not true."""
    row, table = desk.row, desk.table
    if row < table.first:
        return (f"before lookback: bar {row + 1}, decisions begin at bar {table.first + 1}",)
    if row >= table.last:
        return ("the last bar of the data: nothing is decided at it",)
    return (*_general(strategy, bars, trader, desk), *_of_rules(strategy, bars, desk, untrue))


@dataclass(frozen=True, slots=True)
class Paused:
    """A protection that pauses all entries; `until` in UTC ms, `None`: until a person resumes."""

    protection: str
    until: int | None

    @property
    def text(self) -> str:
        """For a person."""
        until = "a person resumes" if self.until is None else iso(self.until)
        return f"paused by `{self.protection}` until {until}"


def pauses(trader: Trader) -> list[Paused]:
    """What pauses entries at the trader's newest instant."""
    return [
        Paused(PROTECTIONS[pause.kind], None if pause.ends == _FOREVER else int(pause.ends))
        for pause in trader.guards.pauses
        if trader.now < pause.ends
    ]


def _general(strategy: Strategy, bars: Bars, trader: Trader, desk: Desk) -> Iterator[str]:
    """What keeps both sides from being entered."""
    if trader.halted:
        yield "halted: `runner resume` ends it"
    yield from (paused.text for paused in pauses(trader))
    if desk.row < desk.free_from:
        yield f"`cooldown`: {desk.free_from - desk.row} bars more"
    if desk.position.quantity > 0.0:
        side = "long" if desk.position.side > 0.0 else "short"
        bars_held = max(desk.row - desk.opened_row + 1, 0)
        yield f"position held: {side} for {bars_held} bar{'' if bars_held == 1 else 's'}"
    elif desk.entry_row != NONE:
        yield f"an entry of {iso(int(desk.signal_at))} still waits to be filled"
    if desk.table.flags[desk.row] & NO_ENTRIES:
        gap_ends = waits_after_gap(strategy, bars.until(desk.row + 1))
        if gap_ends is None:
            yield "inside a blackout"
        else:
            left = gap_ends - desk.row
            yield f"after a gap of more than {strategy.max_gap} bars: {left} bars more"


def _of_rules(
    strategy: Strategy, bars: Bars, desk: Desk, untrue: Mapping[str, str]
) -> Iterator[str]:
    """Why each entry rule itself does not ask for one."""
    for entry in strategy.entries:
        rule = f"entry.{entry.side}"
        age = table_for(desk, entry.side.sign).rise[desk.row]
        if not age:
            yield f"{rule}: {untrue.get(rule) or _not_risen(strategy, bars, desk, entry)}"
        elif desk.row - age + 1 <= (desk.taken_long if entry.side.sign > 0 else desk.taken_short):
            yield f"{rule}: what became true then was entered already"


def _not_risen(strategy: Strategy, bars: Bars, desk: Desk, entry: EntryRule) -> str:
    """All conditions are true, and still it is no rise."""
    if entry.sessions:
        close = bars.closes_at[desk.row : desk.row + 1]
        mine = [session for session in strategy.sessions if session.name in entry.sessions]
        if not any(wallclock.inside(close, session)[0] for session in mine):
            return f"true, but outside `sessions: [{', '.join(entry.sessions)}]`"
    return "true, but it did not become true at this bar"
