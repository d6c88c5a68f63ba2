"""Exits that the exchange refuses, and orders of which nobody knows yet what became of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from runner.core import codes
from runner.core.limits import CheckedOrder
from runner.core.strategy import Strategy
from runner.engine.orders import passes
from runner.engine.session import Session, Watch
from runner.engine.world import VenueProfile
from runner.journal.database import Journal
from runner.journal.history import History
from runner.journal.orders import CheckedRow
from runner.model.bars import Bars
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    OrderRequest,
    OrderState,
    OrderType,
    Outcome,
    Pinned,
    Purpose,
    Rejected,
    Side,
    Unknown,
)
from tests.core.stage import rule_file
from tests.engine.book import Answer, Book, Clock, trade
from tests.engine.values import FUTURES, HOUR, SPOT, a_market, bars, run_data

UP, DOWN = "100 101 99.5 101", "101 101 99.5 100"
WAY = [DOWN, DOWN, UP, "101 102 100.5 101.5", DOWN, "100 102 100 101", UP, UP, UP, UP]
BODY = """
entry: {long: {when: close > open, size: {quantity: 10 BTC}}}
exit: {stop_loss: {distance: 5%}, long: {when: "crossunder(close, open)"}}
"""


class Died(Exception):
    """In the place of SIGKILL."""


class Attended(Clock):
    """By the wall clock: what a person must look at is journaled, and time goes on."""

    def __init__(self, market: Bars, journal: Journal) -> None:
        super().__init__(market, forever=False)
        self.profile = VenueProfile(refuses_ids_for_ever=False, window_ms=5000)
        self.journal = journal

    def halt(self, reason: str) -> bool:
        if reason in self.journal.halts():
            return False
        self.journal.halted(reason)
        return True


def attended(strategy: Strategy, book: Book, path: Path) -> History:
    """A live session of contracts to the end of the bars."""
    with Journal.open(path, book.clock.now_ms) as journal:
        journal.take_lease()
        book.clock = Attended(book.clock.market, journal)
        watch = Watch(lambda record: None, lambda seen: None)
        data = run_data(book.clock.market)
        markets = (a_market(FUTURES, step="0.001"),)
        asyncio.run(Session(strategy, markets, journal, book, book.clock, watch, data).run())
    return Journal.read(path)


def test_what_can_neither_be_protected_nor_closed_is_tried_again_at_each_close(
    tmp_path: Path,
) -> None:
    """Live: at 02:00 it is entered, no stop rests, and until 06:00 no exit is taken either."""
    book = Book(bars(DOWN, UP, *["101 102 100.5 101.5"] * 6, symbol=FUTURES), forever=False)
    strategy, path = rule_file(BODY, FUTURES), tmp_path / "journal.db"

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        is_entry = orders[0].request.purpose is Purpose.ENTRY
        return None if is_entry or book.clock.row >= 5 else Rejected("-2010", "no")

    book.answer = answer
    journal = attended(strategy, book, path)

    stop, leaves = "protect sell 10 stop 95.95", "exit sell 10 market"
    at_once = ["entry buy 10 market", stop, stop, stop, leaves, stop]
    assert book.sent == [*at_once, *[leaves, stop] * 3, leaves]
    assert book.held == 0
    assert len(journal.halts()) == 1
    assert "protect or close it by hand now" in journal.halts()[0]


@pytest.mark.parametrize(
    ("forever", "no", "told"),
    [
        (True, Rejected("-2010", "no"), "was rejected (-2010: no)"),
        (False, Unknown("no answer"), "was never_arrived (no answer; absent from two sources)"),
    ],
)
@pytest.mark.parametrize("dies", [False, True])
def test_a_refused_exit_is_sent_again_at_the_next_close_for_its_reason(
    forever: bool, no: Outcome, told: str, dies: bool, tmp_path: Path
) -> None:
    book, refused = Book(bars(*WAY, symbol=SPOT), forever=forever), list[str]()
    strategy, path, died = rule_file(BODY, SPOT), tmp_path / "journal.db", list[str]()

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        if orders[0].request.purpose is Purpose.EXIT and len(refused) < 2:
            refused.append(orders[0].request.client_order_id)
            return no
        return None

    def die(name: str) -> None:
        if dies and name == "journal:decided:before" and len(refused) == 1 and not died:
            died.append(name)
            raise Died

    book.answer = answer
    if dies:
        with pytest.raises(Died):
            trade(strategy, book, path, die)
    journal = trade(strategy, book, path)

    exits = [one for one in journal.orders() if one.request.purpose is Purpose.EXIT]
    assert [one.request.decided_at // HOUR.ms for one in exits] == [5, 6, 7]
    assert [one.body["reason"] for one in exits] == [codes.BY_RULE] * 3
    assert exits[1].reasons[0] == f"again: the exit {exits[0].client_order_id} {told}"
    assert book.sent[1:7:2] == ["protect sell 10 stop 95.95"] * 3  # between them it is protected
    assert book.held == 0


def test_a_stop_of_one_part_that_always_ends_is_not_hidden_by_that_of_another(
    tmp_path: Path,
) -> None:
    body = BODY.replace("5%}", "5%}, take_profit: [{distance: 3%, close: 50%}, {distance: 6%}]")
    book = Book(bars(DOWN, UP, *["101 102 100.5 101.5"] * 3, symbol=FUTURES), forever=False)

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        request = orders[0].request
        stops = [line for line in book.sent if line == "protect sell 5 stop 95.95"]
        if request.stop_price is None or len(stops) % 2:
            return None
        report = book.accept(orders[0])
        return Accepted((replace(report, state=OrderState.EXPIRED),))

    book.answer = answer
    attended(rule_file(body, FUTURES), book, tmp_path / "journal.db")

    assert book.sent[-1] == "exit sell 10 market"
    assert len([line for line in book.sent if line == "protect sell 5 stop 95.95"]) == 6
    assert book.held == 0


def refusing_exits(times: int) -> Answer:
    """So many of them; everything else is taken."""
    refused: list[str] = []

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        if orders[0].request.purpose is not Purpose.EXIT or len(refused) == times:
            return None
        refused.append(orders[0].request.client_order_id)
        return Rejected("-2010", "no")

    return answer


PARTS = """
entry: {long: {when: close > open, size: {quantity: 10 BTC}}}
exit:
  stop_loss: {distance: 5%}
  long: [{when: "close < 100.1", close: 20%}, {when: "close < 99.6", close: 30%}]
"""


@pytest.mark.parametrize("times", [1, 2, 3])
def test_refused_parts_add_up(times: int, tmp_path: Path) -> None:
    fall = ["101 101 99.5 100", "100 101 99 99.5", *["99.5 100 99 99.4"] * 3]
    book = Book(bars(DOWN, DOWN, UP, "101 102 100.5 101.5", *fall, symbol=SPOT))
    book.answer = refusing_exits(times)

    trade(rule_file(PARTS, SPOT), book, tmp_path / "journal.db")

    assert book.held == 5


def test_the_reason_of_an_exit_that_is_refused_for_ever_does_not_grow(tmp_path: Path) -> None:
    book = Book(bars(*WAY, symbol=SPOT))
    book.answer = refusing_exits(99)

    journal = trade(rule_file(BODY, SPOT), book, tmp_path / "journal.db")

    exits = [one for one in journal.orders() if one.request.purpose is Purpose.EXIT]
    assert len(exits) > 3
    assert len({len(one.reasons[0]) for one in exits[1:]}) == 1
    assert exits[-1].reasons[0].count("again: ") == 1


def test_an_exit_of_all_takes_what_was_added_while_it_was_refused(tmp_path: Path) -> None:
    body = BODY.replace("BTC}", "BTC}, add: [{at: -2%, size: 50%}]")
    book = Book(bars(*WAY, symbol=FUTURES))
    refuse = refusing_exits(1)

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        outcome = refuse(book, orders)
        if outcome is not None:
            (safety,) = book.resting(OrderType.LIMIT)
            book.fill(safety, "5", "98.98")
        return outcome

    book.answer = answer
    trade(rule_file(body, FUTURES), book, tmp_path / "journal.db")

    sent = [line for line in book.sent if line.startswith("exit")]
    assert sent == ["exit sell 10 market", "exit sell 15 market"]
    assert book.held == 0


class Filling(Book):
    """The first stop that is canceled has been filled in part."""

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        stop = orders[0].request
        if stop.stop_price is not None and len(self.sent) == 2:
            self.fill(stop.client_order_id, "4", "95.95")
        return await super().cancel(orders, pinned)


def test_an_exit_of_more_than_its_canceled_stop_left_is_sent_for_the_rest(tmp_path: Path) -> None:
    book = Filling(bars(*WAY, symbol=SPOT))

    journal = trade(rule_file(BODY, SPOT), book, tmp_path / "journal.db")

    exits = [one for one in journal.orders() if one.request.purpose is Purpose.EXIT]
    assert [one.state for one in exits] == [OrderState.EXPIRED, OrderState.FILLED]
    assert [one.request.quantity for one in exits] == [Decimal(10), Decimal(6)]
    assert book.held == 0


def test_a_symbol_with_an_unclear_order_is_not_compared_yet(tmp_path: Path) -> None:
    """An exit whose answer was lost has filled there, and the journal cannot know it."""
    book = Book(bars(*WAY, symbol=FUTURES))
    strategy, path = rule_file(BODY, FUTURES), tmp_path / "journal.db"
    request = OrderRequest(
        "lost", FUTURES, Side.SELL, OrderType.MARKET, Purpose.EXIT,
        Decimal(10), None, None, None, HOUR.ms, True, False, False,
    )  # fmt: skip
    markets = (a_market(FUTURES, step="0.001"),)
    with Journal.open(path, book.clock.now_ms) as journal:
        journal.take_lease()
        watch = Watch(lambda record: None, lambda seen: None)
        data = run_data(book.clock.market)
        session = Session(strategy, markets, journal, book, book.clock, watch, data)
        journal.intended([CheckedRow(request, {"reserved": Decimal(0)})])
        journal.sending(["lost"], Pinned(HOUR.ms, 5_000), journal.epoch())
        book.accept(passes([journal.expected("lost")])[0])

        asyncio.run(session.present.agree())
        asyncio.run(session.orders.refresh(["lost"]))

        with pytest.raises(Halt, match=r"the journal holds 0 BTC .* the exchange says -10"):
            asyncio.run(session.present.agree())
