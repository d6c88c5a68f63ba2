"""A next key that cannot be asked: the key that signs is audited all the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.model.errors import KeyRefused, Unavailable
from tests.engine.places import DOWN, FLAT, UP
from tests.engine.test_rotation import SENT_ONCE, a_place_of_two, withdraws
from tests.engine.wall import H, S

UNTOLD = -1000  # a code that says nothing against a key


@pytest.mark.parametrize("path", ["apiRestrictions", "account"])
def test_a_next_key_that_is_not_told_of_is_a_warning_at_a_start(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.new.paths = {path: UNTOLD}

    journal = place.live(until_ms=8 * H)

    assert place.fills() == SENT_ONCE[:1]
    assert set(keys.signed()) == {"old"}
    assert "the key in `next` (" in place.said[0]
    assert "does not take over: binance" in place.said[0]
    assert journal.halts() == []


def test_a_next_key_that_no_request_can_carry_is_a_warning_at_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.new.name = "new\nline"

    place.live(until_ms=8 * H)

    assert place.fills() == SENT_ONCE[:1]
    assert set(keys.signed()) == {"old"}
    assert "does not take over: `api_key` holds a line break" in place.said[0]


def test_the_key_that_signs_halts_once_it_is_wrong_though_the_next_one_is_not_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch, way=[DOWN] * 9 + [UP, FLAT, FLAT])
    withdraws(keys)

    def change() -> None:
        keys.old.profile = replace(keys.old.profile, withdrawals=True)
        keys.new.paths = {"apiRestrictions": UNTOLD}

    place.wall.acts = [(7 * H + 60 * S, change)]
    journal = place.live(until_ms=11 * H)

    assert "the key in `credentials` (" in journal.halts()[0]
    assert "`withdraw`" in journal.halts()[0]
    assert place.fills() == []


def test_a_next_key_that_signs_goes_on_while_it_is_not_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    place.wall.acts = [(6 * H, lambda: keys.new.paths.update(apiRestrictions=UNTOLD))]

    journal = place.live(until_ms=34 * H)

    assert set(keys.signed()) == {"new"}
    assert keys.audits("new") > 1
    assert journal.halts() == []


@pytest.mark.parametrize(("told", "ends"), [(False, Unavailable), (True, KeyRefused)])
def test_a_start_may_be_repeated_where_no_key_is_right_and_one_is_not_told_of(
    told: bool, ends: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = a_place_of_two(tmp_path, monkeypatch)
    keys.old.delete()
    if told:
        keys.new.delete()
    else:
        keys.new.paths = {"apiRestrictions": UNTOLD}

    with pytest.raises(ends, match=r"`next`.*`credentials`.*binance refuses this key"):
        place.live(until_ms=8 * H)

    assert place.fills() == []
