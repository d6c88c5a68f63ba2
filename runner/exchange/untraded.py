"""What is left of a dialect where keys alone are audited: all else is refused before it is built.

Nothing else could leave either: the tables of requests (`requests/NAME.py`) hold no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

from runner.exchange.dialect import Line
from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words
from runner.model.errors import Halt
from runner.model.markets import MarketKind

#: Of `Words.refused`: no write is sent, so that none is refused.
NO_WRITES: Mapping[tuple[MarketKind, str], Mapping[str, str]] = {
    (kind, write): {} for kind in MarketKind for write in ("submit", "cancel")
}
_NO_CODES: Mapping[str, frozenset[Code]] = {"submit": frozenset(), "cancel": frozenset()}


def words_of_questions(
    exchange: str,
    refusal: Callable[[Answer], Code | None],
    key_faults: Mapping[str, str],
    wrong_time: frozenset[str],
    limited: frozenset[str],
) -> Words:
    """How an exchange says no to a question; the fields are those of `Words`."""
    return Words(
        exchange=exchange,
        refusal=refusal,
        refusing=frozenset(),
        absent=frozenset(),
        refused=NO_WRITES,
        maybe=_NO_CODES,
        key_faults=key_faults,
        wrong_time=wrong_time,
        limited=limited,
    )


class Untraded:
    """One exchange that is asked for its clock and about a key."""

    __slots__ = ("_line",)

    def __init__(self, line: Line) -> None:
        self._line = line

    async def _refused(self, *_: object) -> NoReturn:
        raise _nothing_else()

    def submission(self, *_: object) -> NoReturn:
        """No order has a form."""
        raise _nothing_else()

    market = bars = mark_bars = rates = balances = positions = standing = _refused
    prepare = submit = cancel = order = find = open_orders = fundings = liquidations = _refused

    async def account_id(self) -> str:
        """None of them names the account to a key that only it knows."""
        return ""


def _nothing_else() -> Halt:
    return Halt("runner audits keys of this exchange and does nothing else there")
