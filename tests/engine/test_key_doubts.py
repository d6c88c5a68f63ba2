"""A key that the exchange refuses while it trades: audited at once, in no storm; exits go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.exchange.replay.setup import KeyProfile
from runner.journal.mailbox import Mailbox
from runner.model.orders import OrderState, Purpose
from tests.engine.issued import Keys
from tests.engine.places import DOWN, FLAT, UP, a_place
from tests.engine.wall import H, Place, S

MINUTE = 60 * S
LEAVES = """
entry: {long: {when: close > open, size: {notional: 2000 USDT}}}
exit: {stop_loss: {distance: 5%}, long: {when: close < open - 1.5}}
"""
DOWN_TWO = "100 100.5 97.5 98"
SENT_ONCE = ["entry buy 20 at 100", "protect sell 20 at 95"]


def a_place_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *options: object
) -> tuple[Place, Keys]:
    place = a_place(tmp_path, monkeypatch, *options)  # type: ignore[arg-type]
    place.keys = Keys.of(KeyProfile.trading(place.strategy.market_kind))
    return place, place.keys


def resume(place: Place) -> None:
    Mailbox(place.folder / "live" / "journal.db").post("resume", "", place.wall.ms)


def withdraws(keys: Keys) -> None:
    keys.old.profile = replace(keys.old.profile, withdrawals=True)


def test_a_write_that_the_key_is_refused_for_is_followed_by_an_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_one(tmp_path, monkeypatch)
    keys.old.refused = {"POST": -2015}

    journal = place.live(until_ms=7 * H + 30 * MINUTE)

    [entry] = journal.orders()
    assert entry.state is OrderState.REJECTED
    assert keys.audits("old") == 2  # at the start, and then
    assert journal.halts() == []


def test_a_key_that_may_do_more_is_found_when_a_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_one(tmp_path, monkeypatch)

    def change() -> None:
        withdraws(keys)
        keys.old.refused = {"POST": -2015}

    place.wall.acts = [(6 * H, change)]
    journal = place.live(until_ms=8 * H)

    [reason] = journal.halts()
    assert "the key has the permission `withdraw`" in reason
    assert journal.words()[0].at_ms < 7 * H + 2 * MINUTE
    assert place.said[0].startswith("a-test: halted: the key of account `main` is refused: ")


def test_a_read_that_the_key_is_refused_for_halts_and_the_run_goes_on_once_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_one(tmp_path, monkeypatch)

    def right() -> None:
        keys.old.refused = {}

    place.wall.acts = [(8 * H + 10 * MINUTE, keys.old.delete), (8 * H + 40 * MINUTE, right)]
    journal = place.live(until_ms=11 * H)

    [reason] = journal.halts()
    assert reason.startswith("binance refuses this key: it is deleted or expired")
    assert place.fills() == SENT_ONCE
    assert journal.positions() == []
    assert sum("halted" in line for line in place.said) == 1


def test_a_key_that_stays_refused_is_audited_once_a_minute_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_one(tmp_path, monkeypatch)
    place.wall.acts = [(8 * H + 10 * MINUTE, keys.old.delete)]

    journal = place.live(until_ms=9 * H + 10 * MINUTE)

    assert 2 < keys.audits("old") <= 62
    assert len(journal.halts()) == 1
    assert sum("halted" in line for line in place.said) == 1


def test_a_key_that_passes_and_is_refused_all_the_same_halts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_one(tmp_path, monkeypatch)

    def refuse() -> None:
        keys.old.paths = {"openOrders": -2015}

    place.wall.acts = [(7 * H + 10 * MINUTE, refuse)]
    journal = place.live(until_ms=8 * H)

    assert "; the audit finds nothing wrong now" in place.said[0]
    [reason] = journal.halts()
    assert reason.startswith("binance refuses this key")
    assert keys.audits("old") <= 52  # once a minute
    assert sum("nothing wrong" in line for line in place.said) == 1


def test_the_exits_of_a_key_that_is_refused_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [UP, FLAT, DOWN_TWO, FLAT, UP, FLAT, FLAT]
    place, keys = a_place_of_one(tmp_path, monkeypatch, LEAVES, way)

    def ticked() -> None:
        withdraws(keys)
        resume(place)  # asks for an audit

    place.wall.acts = [(8 * H + 10 * MINUTE, ticked)]
    journal = place.live(until_ms=13 * H)

    assert len(journal.halts()) == 1
    assert place.fills() == ["entry buy 20 at 100", "exit sell 20 at 100"]


def test_resume_audits_first_and_a_key_that_is_still_refused_halts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 7 + [UP, DOWN, UP, FLAT, FLAT, FLAT]
    place, keys = a_place_of_one(tmp_path, monkeypatch, LEAVES, way)

    def ticked() -> None:
        withdraws(keys)
        resume(place)

    def right() -> None:
        keys.old.profile = replace(keys.old.profile, withdrawals=False)
        resume(place)

    place.wall.acts = [
        (6 * H + 10 * MINUTE, ticked),
        (8 * H - S, lambda: resume(place)),  # right before a close that would enter
        (9 * H + 10 * MINUTE, right),
    ]
    journal = place.live(until_ms=12 * H)

    verbs = [word.verb for word in journal.words()]
    assert verbs == ["resume", "halt", "resume", "halt", "resume"]
    assert journal.halts() == []
    assert "a-test: the key is right again; `runner resume a-test` goes on" in place.said
    entries = [one for one in journal.orders() if one.request.purpose is Purpose.ENTRY]
    assert entries[0].request.decided_at == 10 * H
