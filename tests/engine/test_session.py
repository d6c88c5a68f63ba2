"""What the exchange may do to a session, and that a position is never left without its stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.core.limits import CheckedOrder
from runner.core.strategy import SizeMode
from runner.journal.history import History
from runner.model.bars import Bars
from runner.model.errors import Halt, Unavailable
from runner.model.orders import OrderState, Outcome, Purpose, Rejected, Unknown
from tests.engine.book import Book, bars, trade
from tests.engine.values import FREE, a_strategy

UP, DOWN = "100 101 99.5 101", "101 101 99.5 100"
CALM = [DOWN, UP, "101 102 100.5 101.5", DOWN, "100 102 100 101", "101 102 100 101.5"]
RULES = a_strategy(
    "close > open", "close < open", (SizeMode.NOTIONAL, "6000"), stop="5%", costs=FREE
)
HOLDING = replace(RULES, exit=())
PAIR = replace(
    a_strategy("close > open", None, (SizeMode.NOTIONAL, "6000"), stop="5%", r="2", costs=FREE)
)


class Died(Exception):
    """In the place of SIGKILL."""


def refusing(purpose: Purpose, times: int) -> Book:
    book, left = Book(bars(*CALM)), [times]

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        if orders[0].request.purpose is purpose and left[0]:
            left[0] -= 1
            return Rejected("-2010", "no")
        return None

    book.answer = answer
    return book


def is_safe(journal: History, book: Book) -> bool:
    """Flat, or behind a resting stop for all that is held."""
    position = journal.position("BTC/USDT")
    return position is None or any(
        order.client_order_id in book.resting()
        and order.request.stop_price is not None
        and order.request.quantity == position.quantity
        for order in journal.open_orders()
    )


def test_a_refused_exit_puts_the_stop_back_and_the_next_bar_exits(tmp_path: Path) -> None:
    book = refusing(Purpose.EXIT, 1)

    journal = trade(replace(RULES, entry=RULES.entry), book, tmp_path / "journal.db")

    assert is_safe(journal, book)
    states = [o.state for o in journal.orders() if o.request.purpose is Purpose.EXIT]
    assert states[0] is OrderState.REJECTED


def test_a_refused_pair_leaves_the_stop_alone(tmp_path: Path) -> None:
    book = refusing(Purpose.PROTECT, 1)

    journal = trade(PAIR, book, tmp_path / "journal.db")

    assert is_safe(journal, book)
    assert book.sent[1:3] == [("protect stop", "protect limit"), ("protect stop",)]


def test_a_refused_stop_halts_and_every_start_halts_again(tmp_path: Path) -> None:
    book = refusing(Purpose.PROTECT, 99)

    for _ in range(2):
        with pytest.raises(Halt, match="protect or close it by hand"):
            trade(PAIR, book, tmp_path / "journal.db")


def test_a_stop_that_the_exchange_ended_is_put_back(tmp_path: Path) -> None:
    book = Book(bars(*CALM))
    ended: list[object] = []

    def end_once(_: Bars) -> None:
        if book.resting() and not ended:
            ended.append(book.end(book.resting()[0]))

    journal = trade(HOLDING, book, tmp_path / "journal.db", after=end_once)

    assert ended
    assert is_safe(journal, book)


@pytest.mark.parametrize("step", ["journal:decided:after", "journal:sending:before"])
def test_an_exit_whose_instant_has_passed_leaves_the_stop(step: str, tmp_path: Path) -> None:
    book = Book(bars(*CALM))

    def die(name: str) -> None:
        exits = [one for one in book.sent if one == ("protect stop",)]
        if name == step and exits and book.clock.row == 3:
            raise Died

    with pytest.raises(Died):
        trade(RULES, book, tmp_path / "journal.db", die)
    book.clock.row = 4
    journal = trade(RULES, book, tmp_path / "journal.db")

    assert is_safe(journal, book)


def test_unknown_entries_do_not_pile_up(tmp_path: Path) -> None:
    book = Book(bars(*CALM, *CALM, *CALM), forever=False)
    book.answer = lambda _, orders: Unknown("no answer")

    journal = trade(HOLDING, book, tmp_path / "journal.db")

    assert book.sent == [("entry market",)]
    assert [order.state for order in journal.unsettled()] == [OrderState.UNKNOWN]


def test_a_late_candle_decides_nothing_and_says_so(tmp_path: Path) -> None:
    book = Book(bars(*CALM))
    book.late = True

    with pytest.raises(Unavailable, match="does not yet serve the bar"):
        trade(RULES, book, tmp_path / "journal.db")
    book.late = False
    journal = trade(RULES, book, tmp_path / "journal.db")

    assert book.sent
    assert is_safe(journal, book)


def test_a_half_known_pair_is_never_sent_as_one(tmp_path: Path) -> None:
    book = Book(bars(*CALM))

    def half(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        if len(orders) == 2:
            book.accept(orders[0])
            return Unknown("no answer")
        return None

    book.answer = half

    for _ in range(2):
        with pytest.raises(Halt, match="its pair exists"):
            trade(PAIR, book, tmp_path / "journal.db")

    assert book.sent == [("entry market",), ("protect stop", "protect limit")]
