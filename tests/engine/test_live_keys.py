"""Keys of a run by the wall clock: what is told of them, and what halts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.model.accounts import Rotation
from runner.model.errors import Refused
from tests.engine.places import DOWN, a_place
from tests.engine.wall import H


def test_a_key_that_may_do_more_a_day_later_halts_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, way=[DOWN] * 40)

    def more() -> None:
        assert place.wall.exchange is not None
        setup = place.wall.exchange.setup
        place.wall.exchange.setup = replace(setup, key=replace(setup.key, withdrawals=True))

    place.wall.acts = [(20 * H, more)]

    journal = place.live(until_ms=39 * H)

    [halted] = journal.words()
    assert 29 * H < halted.at_ms < 30 * H
    assert "the key has the permission `withdraw`" in halted.argument
    assert place.said[0].startswith("a-test: halted: the key of account `main` is refused: the key")
    assert place.said[1:] == ["a-test: stopped; holds nothing"]


def test_what_the_exchange_does_not_tell_of_the_key_refuses_the_start_unless_waived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    unwaived = replace(place.strategy.account, unverifiable=())
    place.strategy = replace(place.strategy, account=unwaived)

    with pytest.raises(Refused, match=r"return the list of addresses.* write in the account `unve"):
        place.live(until_ms=8 * H)

    assert place.said == []


def test_a_key_that_becomes_old_while_it_trades_is_told_before_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of the embedded exchange was made at its first bar, at midnight."""
    place = a_place(tmp_path, monkeypatch, way=[DOWN] * 70)
    aging = replace(place.strategy.account, rotation=Rotation(48 * H, 24 * H))
    place.strategy = replace(place.strategy, account=aging)

    journal = place.live(until_ms=69 * H)

    [reason] = journal.halts()
    assert "2 days ago; `max_age` is 2d" in reason
    assert [place.said[0], place.said[-1]] == [
        "a-test: the key was made on 1970-01-01, 1 day ago; `max_age` is 2d: it is refused after "
        "1970-01-03; make a new key at Binance → API Management → Edit restrictions, then delete "
        "this one there",
        "a-test: stopped; holds nothing",
    ]
