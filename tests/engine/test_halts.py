"""A run that a person must look at: it stays up, opens nothing new, and goes on with its exits."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from runner.commands.runs import Run
from runner.commands.standing import findings
from runner.journal.mailbox import Mailbox
from runner.model.errors import Abandon, Halt, Unavailable
from runner.model.orders import OrderState, Purpose
from tests.engine.places import DOWN, ENTERS, FLAT, RESTS, UP, a_place
from tests.engine.wall import H, Killed, Place, S, plain

LEAVES = """
entry: {long: {when: close > open, size: {notional: 2000 USDT}}}
exit: {stop_loss: {distance: 5%}, long: {when: close < open - 1.5}}
"""
BARE = LEAVES.replace("stop_loss: {distance: 5%}, ", "")
DOWN_TWO = "100 100.5 97.5 98"
LEFT = [DOWN] * 6 + [UP, FLAT, DOWN_TWO, FLAT, FLAT, FLAT, FLAT]
CONTRACT = "BTC/USDT:USDT"


def at_exchange(place: Place, statement: str) -> None:
    """Somebody else's hand in the account while nobody looks."""
    ledger = sqlite3.connect(place.folder / "exchange" / "exchange.db")
    with ledger:
        assert ledger.execute(statement).rowcount == 1
    ledger.close()


def ask(place: Place, verb: str) -> None:
    Mailbox(place.folder / place.environment / "journal.db").post(verb, "", place.wall.ms)


def raising(place: Place, error: BaseException, since_ms: int, times: int = 1) -> list[int]:
    """Reads fail so often from a moment on; returns when they did."""
    raised: list[int] = []

    def step(name: str) -> None:
        if name == "socket:read:before" and place.wall.ms >= since_ms and len(raised) < times:
            raised.append(place.wall.ms)
            raise error

    place.step = step
    return raised


@pytest.mark.parametrize("environment", ["live", "paper"])
def test_a_halt_is_journaled_and_the_session_exits_all_the_same(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT)
    place.environment = environment
    raised = raising(place, Halt("a person must look"), 7 * H + 60 * S)

    journal = place.live(until_ms=12 * H)

    assert raised
    assert journal.halts() == ["a person must look"]
    assert place.said[0] == (
        "a-test: halted: a person must look; nothing new is opened, exits and protective orders "
        "go on until `runner resume a-test`"
    )
    assert place.fills() == ["entry buy 20 at 100", "exit sell 20 at 100"]
    assert place.said[1:] == ["a-test: stopped; holds nothing"]
    run = Run(tmp_path / environment / "journal.db", journal)
    assert "halted: a person must look: `runner resume a-test` ends it" in findings(run)


def test_a_halt_lasts_until_a_person_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [FLAT, FLAT, UP, DOWN, UP, FLAT, FLAT, FLAT]
    place = a_place(tmp_path, monkeypatch, way=way)
    raising(place, Halt("a person must look"), 7 * H + 60 * S)
    place.wall.acts = [(9 * H + 1800 * S, lambda: ask(place, "resume"))]

    journal = place.live(until_ms=13 * H)

    assert journal.halts() == []
    entries = [one for one in journal.orders() if one.request.purpose is Purpose.ENTRY]
    assert [one.request.decided_at for one in entries] == [11 * H]  # not the rise at 09:00


def test_what_still_holds_halts_again_after_a_person_has_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=CONTRACT)
    place.live(until_ms=8 * H)
    at_exchange(place, "UPDATE positions SET quantity = 12.5")
    place.wall.acts = [(8 * H + 1800 * S, lambda: ask(place, "resume"))]

    journal = place.live(until_ms=9 * H + 60 * S)

    assert [word.verb for word in journal.words()] == ["halt", "resume", "halt"]
    assert len(journal.halts()) == 1
    assert "the journal holds 20 BTC of BTC/USDT:USDT, the exchange says 12.5" in place.said[1]


def test_a_halt_cancels_what_could_still_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS + "on_stop: {entries: keep}\n")
    raising(place, Halt("a person must look"), 7 * H + 60 * S)

    journal = place.live(until_ms=9 * H)

    assert [one.state for one in journal.orders()] == [OrderState.CANCELED]


def test_one_turn_that_halts_ends_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=CONTRACT)
    place.live(until_ms=8 * H)
    at_exchange(place, "UPDATE positions SET quantity = 12.5")
    place.once = True

    for _ in range(2):
        with pytest.raises(Halt, match=r"the journal holds 20 BTC .* the exchange says 12\.5"):
            place.live()

    assert len(place.journal().halts()) == 1


@pytest.mark.parametrize(
    ("symbol", "change", "sold"),
    [
        (CONTRACT, "UPDATE positions SET quantity = 12.5", "12.5"),
        (CONTRACT, "UPDATE positions SET quantity = 27", "20"),
        ("BTC/USDT", "UPDATE positions SET quantity = 12.5", "12.5"),
    ],
)
def test_on_disagreement_an_exit_sells_no_more_than_is_there(
    symbol: str, change: str, sold: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, BARE, LEFT, symbol=symbol)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, change)

    journal = place.live(until_ms=9 * H + 60 * S)

    exits = [one.request for one in journal.orders() if one.request.purpose is Purpose.EXIT]
    assert [plain(one.quantity or Decimal(0)) for one in exits] == [sold]
    assert place.fills()[1:] == [f"exit sell {sold} at 100"]
    assert len(journal.halts()) == 1


@pytest.mark.parametrize(
    ("there", "sold"),
    [("12.34567", "12.34567"), ("12.3456789", "12.34567"), ("0.0000099", ""), ("0.04", "")],
)
def test_what_is_sold_of_a_rest_is_what_the_market_takes(
    there: str, sold: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, BARE, LEFT)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, f"UPDATE positions SET quantity = {there}")

    journal = place.live(until_ms=11 * H + 60 * S)

    assert place.fills()[1:] == ([f"exit sell {sold} at 100"] if sold else [])
    assert OrderState.REJECTED not in {one.state for one in journal.orders()}


@pytest.mark.parametrize("starts", [1, 3])
@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_what_is_not_there_is_neither_protected_nor_sold_again(
    symbol: str, starts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT, symbol=symbol)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, "UPDATE positions SET quantity = 12.5")

    for number in range(starts):
        journal = place.live(until_ms=9 * H + (10 + number) * 60 * S)
    journal = place.live(until_ms=11 * H + 60 * S)

    assert place.fills()[1:] == ["exit sell 12.5 at 100"]
    assert len([one for one in journal.orders() if one.request.purpose is Purpose.EXIT]) == 1
    assert len([one for one in journal.orders() if one.request.stop_price is not None]) == 1
    assert len(journal.halts()) == 1


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_what_is_there_again_is_protected_again(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT, symbol=symbol)
    place.live(until_ms=7 * H + 60 * S)
    at_exchange(place, "UPDATE orders SET status = 'CANCELED' WHERE status = 'NEW'")

    protected = []
    for number, there in enumerate(["12.5", "12.5", "20", "20"], 2):
        at_exchange(place, f"UPDATE positions SET quantity = {there}")
        journal = place.live(until_ms=7 * H + number * 60 * S)
        (stop,) = journal.open_orders()
        protected.append(stop.request.quantity)

    assert protected == [Decimal("12.5"), Decimal("12.5"), Decimal(20), Decimal(20)]
    assert len(journal.orders()) == 4


def test_a_difference_that_grows_is_one_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=CONTRACT)
    place.live(until_ms=8 * H)

    for found in ("12.5", "11", "10.25"):
        at_exchange(place, f"UPDATE positions SET quantity = {found}")
        place.live(until_ms=place.wall.ms + 60 * S)

    assert len(place.journal().halts()) == 1
    assert len([line for line in place.said if "halted" in line]) == 1


def test_a_run_that_halted_at_its_first_start_waits_for_an_exchange_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT)
    place.live(until_ms=8 * H + 60 * S)
    reads: list[int] = []

    def step(name: str) -> None:
        if name != "socket:read:before" or place.wall.ms > 8 * H + 600 * S:
            return
        reads.append(place.wall.ms)
        if len(reads) == 8:
            raise Halt("a person must look")
        if len(reads) > 8:
            raise Unavailable("nobody answers")

    place.step = step
    place.live(until_ms=12 * H)

    assert len(reads) > 8
    assert place.fills()[1:] == ["exit sell 20 at 100"]


def test_where_nothing_is_left_no_exit_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, BARE, LEFT)
    place.live(until_ms=8 * H + 60 * S)
    at_exchange(place, "UPDATE positions SET quantity = 0")

    journal = place.live(until_ms=11 * H + 60 * S)

    assert [one.request.purpose for one in journal.orders()] == [Purpose.ENTRY]
    assert journal.handled_at() == 11 * H


def test_without_a_journal_nothing_is_sent_or_canceled_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS)
    raising(place, Abandon("the lease is lost"), 7 * H + 60 * S)

    with pytest.raises(Abandon, match="the lease is lost"):
        place.live(until_ms=9 * H)

    assert [one.state for one in place.journal().orders()] == [OrderState.ACCEPTED]
    assert place.said == [
        "a-test: ended: without its journal nothing can be done safely; what rests at the "
        "exchange stays there, entries too"
    ]


class Mistake(Exception):
    """Ours."""


def test_our_own_mistake_is_raised_once_nothing_can_open_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS + "on_stop: {entries: keep}\n")
    raising(place, Mistake(), 7 * H + 60 * S)

    with pytest.raises(Mistake):
        place.live(until_ms=9 * H)

    assert [one.state for one in place.journal().orders()] == [OrderState.CANCELED]
    assert place.said == ["a-test: stopped; holds nothing"]


def test_a_mistake_that_lasts_says_that_entries_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, RESTS)
    raising(place, Mistake(), 7 * H + 60 * S, times=99)

    with pytest.raises(Mistake):
        place.live(until_ms=9 * H)

    assert place.said == [
        "a-test: entries were not canceled (Mistake): cancel them at the exchange"
    ]


def test_a_run_that_halted_is_still_halted_after_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [FLAT, FLAT, UP, DOWN, UP, FLAT, FLAT]
    place = a_place(tmp_path, monkeypatch, ENTERS, way)
    raising(place, Halt("a person must look"), 7 * H + 60 * S)
    place.live(until_ms=8 * H)
    raising(place, Killed(), 8 * H)

    with pytest.raises(Killed):
        place.live(until_ms=9 * H)
    journal = place.live(until_ms=12 * H)

    assert journal.halts() == ["a person must look"]
    assert journal.orders() == []


@pytest.mark.parametrize("symbol", ["BTC/USDT", CONTRACT])
def test_stops_canceled_by_hand_one_after_the_other_are_no_reason_to_close(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, symbol=symbol)
    for minute in (10, 15, 20):
        place.live(until_ms=7 * H + minute * 60 * S)
        at_exchange(place, "UPDATE orders SET status = 'CANCELED' WHERE status = 'NEW'")

    for minute in (30, 40):
        journal = place.live(until_ms=7 * H + minute * 60 * S)

    assert place.fills() == ["entry buy 20 at 100"]
    assert [one.state for one in journal.open_orders()] == [OrderState.ACCEPTED]
