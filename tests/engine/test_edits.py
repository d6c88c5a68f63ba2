"""Rule files that are edited while a position is held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from runner.journal.orders import OrderRecord
from runner.model.errors import Refused
from runner.model.orders import OrderState
from tests.core.stage import rule_file
from tests.engine.places import DOWN, ENTERS, FLAT, RESTS, UP, a_place
from tests.engine.test_halts import BARE, CONTRACT, LEAVES, LEFT
from tests.engine.values import SPOT
from tests.engine.wall import H, Killed, Place, S

ENTRY = "entry: {long: {when: close > open, size: {notional: 2000 USDT}}}\n"
SHORT = """
entry: {short: {when: close < open - 50, size: {notional: 2000 USDT}}}
exit: {stop_loss: {distance: 5%}}
"""
FALLS = "100 100.5 97.5 98"
FALLS_TWICE = [DOWN] * 6 + [UP, FLAT, FALLS, FLAT, FALLS, FLAT, FLAT]
HALF = "{when: close < open - 1.5, close: 50%}"
QUARTER = "{when: close < open - 1.6, close: 25%}"
ALL = "{when: close < open - 1.6}"


def edit(place: Place, text: str, symbol: str = SPOT) -> None:
    place.strategy = replace(rule_file(text, symbol), account=place.strategy.account)


def stops(records: list[OrderRecord]) -> list[OrderRecord]:
    return [one for one in records if one.request.stop_price is not None]


@pytest.mark.parametrize("symbol", [SPOT, CONTRACT])
def test_starts_after_an_edit_replace_the_stop_once(
    symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=symbol)
    place.live(until_ms=7 * H + 1200 * S)
    edit(place, ENTERS.replace("5%", "9%"), symbol)

    for number in range(5):
        journal = place.live(until_ms=7 * H + (1260 + 60 * number) * S)

    assert place.fills() == ["entry buy 20 at 100"]
    placed = stops(journal.orders())
    assert [one.state for one in placed] == [OrderState.CANCELED, OrderState.ACCEPTED]
    assert {one.request.stop_price for one in placed} == {Decimal(95)}


@pytest.mark.parametrize("symbol", [SPOT, CONTRACT])
@pytest.mark.parametrize(
    "dies", ["edited:before", "edited:after", "intended:after", "sending:after", "settled:after"]
)
def test_a_start_after_an_edit_that_dies_anywhere_is_taken_up_by_the_next(
    dies: str, symbol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol=symbol)
    place.live(until_ms=7 * H + 1200 * S)
    edit(place, ENTERS.replace("5%", "9%"), symbol)

    def die(name: str) -> None:
        if name == f"journal:{dies}":
            raise Killed

    place.step = die
    with pytest.raises(Killed):
        place.live(until_ms=7 * H + 1260 * S)
    place.step = lambda name: None
    place.live(until_ms=7 * H + 1320 * S)
    journal = place.live(until_ms=7 * H + 1380 * S)

    assert place.fills() == ["entry buy 20 at 100"]
    arrived = [one for one in stops(journal.orders()) if one.state != OrderState.NEVER_ARRIVED]
    assert [one.state for one in arrived] == [OrderState.CANCELED, OrderState.ACCEPTED]
    assert {one.request.stop_price for one in stops(journal.orders())} == {Decimal(95)}
    assert journal.halts() == []


def test_an_edit_that_leaves_the_stop_as_it_is_does_not_touch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.live(until_ms=7 * H + 1200 * S)
    edit(place, ENTERS.replace("2000 USDT", "1000 USDT"))

    journal = place.live(until_ms=7 * H + 1260 * S)

    assert [one.state for one in stops(journal.orders())] == [OrderState.ACCEPTED]


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ([HALF], [ALL], 0),
        ([HALF], [QUARTER], 5),
        ([HALF], [HALF, "{when: close > open + 50}"], 10),  # it has acted, and is still there
        ([HALF], [QUARTER, HALF], 5),
    ],
)
def test_an_exit_rule_that_has_acted_does_not_silence_another_in_its_place(
    before: list[str],
    after: list[str],
    left: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = ENTRY + "exit: {stop_loss: {distance: 9%}, long: [RULES]}"
    body = text.replace("RULES", ", ".join(before))
    place = a_place(tmp_path, monkeypatch, body, FALLS_TWICE)
    place.live(until_ms=9 * H + 600 * S)

    edit(place, text.replace("RULES", ", ".join(after)))
    journal = place.live(until_ms=12 * H + 60 * S)

    assert place.fills()[:2] == ["entry buy 20 at 100", "exit sell 10 at 100"]
    assert sum(one.quantity for one in journal.positions()) == left


@pytest.mark.parametrize("minutes", [20, 70])  # before the next close, after it
def test_a_held_side_that_an_edit_has_removed_is_asked_for(
    minutes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT, symbol=CONTRACT)
    place.live(until_ms=7 * H + minutes * 60 * S)
    edit(place, SHORT, CONTRACT)

    with pytest.raises(Refused) as refused:
        place.live(until_ms=11 * H)

    assert str(refused.value) == (
        "a-test holds 20 of BTC/USDT:USDT long, and the rule file has no `entry: long` any more: "
        "bring that side back, or first `runner close a-test BTC/USDT:USDT` under the text before"
    )


def test_a_side_that_may_still_be_opened_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps = "on_stop: {entries: keep}\n"
    place = a_place(tmp_path, monkeypatch, RESTS + keeps, symbol=CONTRACT)
    place.live(until_ms=7 * H + 600 * S)
    edit(place, SHORT + keeps, CONTRACT)

    with pytest.raises(Refused, match="may still open a long position"):
        place.live(until_ms=11 * H)


@pytest.mark.parametrize("edited_ms", [7 * H + 600 * S, 8 * H + 600 * S])
def test_a_position_without_a_stop_gets_that_of_the_new_text(
    edited_ms: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, BARE, LEFT, symbol=CONTRACT)
    place.live(until_ms=edited_ms)
    edit(place, LEAVES.replace("- 1.5", "- 50"), CONTRACT)
    place.said.clear()

    journal = place.live(until_ms=11 * H)

    assert place.said[0] == (
        "a-test: the rule file has changed while BTC/USDT:USDT is held: its entry data stay; exits "
        "go by the new text; BTC/USDT:USDT has no stop: the new text's is placed now"
    )
    (stop,) = stops(journal.orders())
    assert stop.request.stop_price == Decimal(95)
    assert stop.state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("exits", "words"),
    [
        ("stop_loss: {distance: 5 + 0 * atr(2)}", ", and the new text's is read on a signal's "),
        ("trailing_stop: {distance: 5%}", " before the next close: from there on the new text's "),
        ("time_stop: 50 bars", ""),
    ],
)
def test_where_the_new_text_has_no_stop_for_a_position_it_says_so(
    exits: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, BARE, LEFT, symbol=CONTRACT)
    place.live(until_ms=8 * H + 600 * S)
    edit(place, ENTRY + "exit: {" + exits + "}", CONTRACT)
    place.said.clear()

    journal = place.live(until_ms=9 * H + 60 * S)

    assert f"; BTC/USDT:USDT has no stop{words}" in place.said[0]
    assert bool(stops(journal.orders())) == ("trailing" in exits)
