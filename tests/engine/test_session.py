"""What the exchange may do to a session, and that a position is never left without its stop."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from runner.core.limits import CheckedOrder
from runner.model.errors import Halt, Unavailable
from runner.model.orders import OrderState, OrderType, Outcome, Purpose, Rejected, Unknown
from tests.core.stage import rule_file
from tests.engine.book import Book, number, trade
from tests.engine.values import FUTURES, SPOT, bars

UP, DOWN = "100 101 99.5 101", "101 101 99.5 100"
CALM = [DOWN, UP, "101 102 100.5 101.5", DOWN, "100 102 100 101", "101 102 100 101.5"]
ENTRY = "entry: {long: {when: close > open, size: {quantity: 10 BTC}}}\n"
STOP = "exit: {stop_loss: {distance: 5%}}\n"
PAIR = "exit: {stop_loss: {distance: 5%}, take_profit: {distance: 10%}}\n"
LEAVING = "exit: {stop_loss: {distance: 5%}, long: {when: close < open}}\n"


NO = Rejected("-2010", "no")


class Died(Exception):
    """In the place of SIGKILL."""


def a_book(*rows: str, symbol: str = SPOT, forever: bool = True) -> Book:
    return Book(bars(*(rows or CALM), symbol=symbol), forever=forever)


def refusing(book: Book, times: dict[Purpose, int], word: Rejected = NO) -> Book:
    left = dict(times)

    def answer(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        purpose = orders[0].request.purpose
        if left.get(purpose):
            left[purpose] -= 1
            return word
        return None

    book.answer = answer
    return book


def is_safe(book: Book) -> bool:
    """Flat, or behind resting stops for all that is held."""
    return book.behind_stops() == abs(book.held)


def test_a_refused_exit_puts_the_stop_back_and_the_next_bar_exits(tmp_path: Path) -> None:
    book = refusing(a_book(*CALM, DOWN, DOWN), {Purpose.EXIT: 1})

    trade(rule_file(ENTRY + LEAVING, SPOT), book, tmp_path / "journal.db")

    assert book.log == [
        "entry buy 10 market",
        "protect sell 10 stop 95.95",
        "cancel protect sell 10 stop 95.95",
        "exit sell 10 market",
        "protect sell 10 stop 95.95",
        "cancel protect sell 10 stop 95.95",
        "exit sell 10 market",
    ]
    assert book.held == 0


def test_a_refused_pair_leaves_the_stop_alone(tmp_path: Path) -> None:
    book = refusing(a_book(), {Purpose.PROTECT: 1})

    trade(rule_file(ENTRY + PAIR, SPOT), book, tmp_path / "journal.db")

    assert is_safe(book)
    assert book.log[1:] == [
        "protect sell 10 stop 95.95 + protect sell 10 limit 111.1",
        "protect sell 10 stop 95.95",
    ]


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_what_cannot_be_protected_is_closed_at_market(symbol: str, tmp_path: Path) -> None:
    book = refusing(a_book(symbol=symbol), {Purpose.PROTECT: 99})

    trade(rule_file(ENTRY + STOP, symbol), book, tmp_path / "journal.db")

    assert book.sent[1:5] == ["protect sell 10 stop 95.95"] * 3 + ["exit sell 10 market"]


def test_a_stop_that_the_price_has_passed_is_closed_at_market_at_once(tmp_path: Path) -> None:
    passed = Rejected("-2021", "Order would immediately trigger.")
    book = refusing(a_book(symbol=FUTURES), {Purpose.PROTECT: 1}, passed)

    trade(rule_file(ENTRY + STOP, FUTURES), book, tmp_path / "journal.db")

    assert book.sent[1:3] == ["protect sell 10 stop 95.95", "exit sell 10 market"]


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_what_can_neither_be_protected_nor_closed_halts_at_every_start(
    symbol: str, tmp_path: Path
) -> None:
    book = refusing(a_book(symbol=symbol), {Purpose.PROTECT: 99, Purpose.EXIT: 99})

    for _ in range(2):
        with pytest.raises(Halt, match="protect or close it by hand"):
            trade(rule_file(ENTRY + STOP, symbol), book, tmp_path / "journal.db")


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_a_stop_that_the_exchange_ended_is_put_back(symbol: str, tmp_path: Path) -> None:
    book, ended = a_book(symbol=symbol), list[str]()

    def end_once() -> None:
        if book.resting() and not ended:
            ended.append(book.resting()[0])
            book.end(ended[0])

    trade(rule_file(ENTRY + STOP, symbol), book, tmp_path / "journal.db", after=end_once)

    assert ended
    assert book.sent[1:] == ["protect sell 10 stop 95.95"] * 2
    assert is_safe(book)


@pytest.mark.parametrize("step", ["journal:decided:after", "journal:sending:before"])
def test_an_exit_that_a_restart_finds_late_is_sent_all_the_same(step: str, tmp_path: Path) -> None:
    book = a_book(*CALM[:4], "100 102 99 99.5", "100 102 99 99.5")

    def die(name: str) -> None:
        if name == step and book.held and book.clock.row == 3:
            raise Died

    strategy = rule_file(ENTRY + LEAVING, SPOT)
    with pytest.raises(Died):
        trade(strategy, book, tmp_path / "journal.db", die)
    book.clock.row = 4
    trade(strategy, book, tmp_path / "journal.db")

    assert book.sent[2:] == ["exit sell 10 market"]
    assert book.held == 0
    assert book.resting() == []


def test_an_entry_that_a_restart_finds_late_is_not_sent(tmp_path: Path) -> None:
    book = a_book()

    def die(name: str) -> None:
        if name == "journal:decided:after":
            raise Died

    strategy = rule_file(ENTRY + STOP, SPOT)
    with pytest.raises(Died):
        trade(strategy, book, tmp_path / "journal.db", die)
    assert book.clock.row == 1
    book.clock.row = 3
    journal = trade(strategy, book, tmp_path / "journal.db")

    assert journal.orders()[0].state is OrderState.EXPIRED
    assert book.sent[:1] == ["entry buy 10 market"]  # of the next rise
    assert is_safe(book)


def test_an_entry_is_sent_once_and_makes_room_when_it_never_arrived(tmp_path: Path) -> None:
    book, tried = a_book(*CALM, *CALM, forever=False), list[str]()

    def lose(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome:
        tried.append(orders[0].request.client_order_id)
        return Unknown("no answer")

    book.answer = lose

    journal = trade(rule_file(ENTRY + STOP, SPOT), book, tmp_path / "journal.db")

    assert len(tried) == len(set(tried)) > 2
    assert {order.state for order in journal.orders()} == {OrderState.NEVER_ARRIVED}


def test_an_order_that_appears_after_it_was_proven_absent_halts(tmp_path: Path) -> None:
    book, lost = a_book(forever=False), list[CheckedOrder]()

    def lose(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome:
        lost.extend(orders)
        return Unknown("no answer")

    def appear() -> None:
        if book.clock.row == 3:
            book.accept(lost[0])

    book.answer = lose

    with pytest.raises(Halt, match="appeared after it was proven absent"):
        trade(rule_file(ENTRY + STOP, SPOT), book, tmp_path / "journal.db", after=appear)


def test_a_late_candle_decides_nothing_and_says_so(tmp_path: Path) -> None:
    book = a_book()
    book.late = True
    strategy = rule_file(ENTRY + STOP, SPOT)

    with pytest.raises(Unavailable, match="does not yet serve the bar"):
        trade(strategy, book, tmp_path / "journal.db")
    book.late = False
    trade(strategy, book, tmp_path / "journal.db")

    assert book.sent
    assert is_safe(book)


def test_a_half_known_pair_is_never_sent_as_one(tmp_path: Path) -> None:
    book = a_book()

    def half(_: Book, orders: tuple[CheckedOrder, ...]) -> Outcome | None:
        if len(orders) == 2:
            book.accept(orders[0])
            return Unknown("no answer")
        return None

    book.answer = half

    for _ in range(2):
        with pytest.raises(Halt, match="its pair exists"):
            trade(rule_file(ENTRY + PAIR, SPOT), book, tmp_path / "journal.db")

    assert book.sent == [
        "entry buy 10 market",
        "protect sell 10 stop 95.95 + protect sell 10 limit 111.1",
    ]


RISING = [DOWN, UP, "101 106 101 105", "105 111 105 110", "110 110 109 109.5", "109 110 109 109"]
TRAILING = "exit: {stop_loss: {distance: 5%}, trailing_stop: {distance: 4%}}\n"
TRAILED = TRAILING.replace("{stop_loss", "{take_profit: {distance: 20%}, stop_loss")


def test_on_spot_a_stop_that_moves_is_canceled_with_its_target_and_placed_anew(
    tmp_path: Path,
) -> None:
    book = a_book(*RISING)

    trade(rule_file(ENTRY + TRAILED, SPOT), book, tmp_path / "journal.db")

    pairs = [f"protect sell 10 stop {stop} + protect sell 10 limit 121.2"
             for stop in ("96.96", "101.76", "106.56")]  # fmt: skip
    assert book.log[1:] == [
        pairs[0], f"cancel {pairs[0]}", pairs[1], f"cancel {pairs[1]}", pairs[2],
    ]  # fmt: skip
    assert is_safe(book)


def test_on_futures_the_new_stop_rests_before_the_old_one_goes(tmp_path: Path) -> None:
    book = a_book(*RISING, symbol=FUTURES)
    least = [Decimal(10)]

    def look(name: str) -> None:
        if book.held and book.resting():
            least.append(book.behind_stops())

    trade(rule_file(ENTRY + TRAILED), book, tmp_path / "journal.db", look)

    assert min(least) == 10
    assert [line for line in book.log if "stop" in line] == [
        "protect sell 10 stop 96.96",
        "protect sell 10 stop 101.76",
        "cancel protect sell 10 stop 96.96",
        "protect sell 10 stop 106.56",
        "cancel protect sell 10 stop 101.76",
    ]
    assert [line for line in book.log if "limit" in line] == ["protect sell 10 limit 121.2"]


LIMIT = ENTRY.replace("}}}", "}, order: {type: limit, price: close - 1, timeout: 4 bars}}}")


def filling(
    book: Book, *fills: tuple[int, OrderType, str, str], told: list[str] | None = None
) -> Callable[[], None]:
    """At the close of a bar so much of the resting order of a type is filled at a price."""

    def after() -> None:
        if told is not None:
            told.append(f"{number(book.held)} behind {number(book.behind_stops())}")
        for row, kind, quantity, price in fills:
            if row == book.clock.row:
                book.fill(book.resting(kind)[0], quantity, price)

    return after


def test_every_part_of_an_entry_is_behind_the_stop_as_soon_as_it_is_known(tmp_path: Path) -> None:
    book = a_book(*CALM, *CALM[2:])
    told: list[str] = []
    fills = (1, OrderType.LIMIT, "4", "100"), (2, OrderType.LIMIT, "10", "99")
    after = filling(book, *fills, told=told)

    trade(rule_file(LIMIT + STOP, SPOT), book, tmp_path / "journal.db", after=after)

    assert told[1:4] == ["0 behind 0", "4 behind 4", "10 behind 10"]
    assert is_safe(book)


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_what_a_partly_filled_entry_holds_stays_protected_when_its_rest_times_out(
    symbol: str, tmp_path: Path
) -> None:
    book = a_book(*CALM, *CALM[2:], symbol=symbol)
    after = filling(book, (1, OrderType.LIMIT, "4", "100"))

    trade(rule_file(LIMIT + STOP, symbol), book, tmp_path / "journal.db", after=after)

    assert "cancel entry buy 10 limit 100" in book.log
    assert book.held == book.behind_stops() == 4


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_what_a_partly_filled_stop_leaves_is_still_behind_it(symbol: str, tmp_path: Path) -> None:
    book = a_book(*CALM, symbol=symbol)
    after = filling(book, (2, OrderType.STOP, "3", "95.95"))

    trade(rule_file(ENTRY + STOP, symbol), book, tmp_path / "journal.db", after=after)

    assert book.held == book.behind_stops() == 7


def test_on_futures_a_target_that_filled_takes_its_stop_along(tmp_path: Path) -> None:
    parts = PAIR.replace("{distance: 10%}", "[{distance: 10%, close: 40%}, {distance: 20%}]")
    book = a_book(*CALM, symbol=FUTURES)
    after = filling(book, (2, OrderType.LIMIT, "4", "111.1"))

    trade(rule_file(ENTRY + parts), book, tmp_path / "journal.db", after=after)

    assert "cancel protect sell 4 stop 95.95" in book.log
    assert book.held == book.behind_stops() == 6
