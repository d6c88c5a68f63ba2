"""A live session whose bars come late or never, and whose clocks go wrong; nothing sleeps."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runner.exchange.replay.orders import Payment
from runner.model.errors import Unavailable
from tests.engine.places import DOWN, FLAT, UP, a_place
from tests.engine.wall import H, S


def test_a_late_bar_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.wall.lag_ms = 4 * 60 * S  # served 2.5 minutes after its close

    place.live(until_ms=8 * H)

    assert place.fills() == ["entry buy 20 at 100"]
    assert place.said == [
        "a-test: stopped; holds 20 BTC/USDT; 2 protective orders rest at the exchange"
    ]


def test_a_bar_that_comes_too_late_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.wall.lag_ms = 8 * 60 * S

    journal = place.live(until_ms=7 * H + 30 * 60 * S)

    assert place.fills() == []
    assert [(one.from_ms, one.count) for one in journal.misses()] == [(6 * H, 1), (7 * H, 1)]
    assert place.said[1] == (
        "a-test: missed the close at 1970-01-01T07:00:00Z: it was too late to decide"
    )


def test_closes_that_passed_while_nobody_ran_are_missed_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, way=[DOWN] * 6 + [UP] * 8)

    place.live(until_ms=6 * H + 60 * S)
    place.wall.pass_to(9 * H + 30 * 60 * S)
    journal = place.live(until_ms=9 * H + 40 * 60 * S)

    span = "1970-01-01T07:00:00Z to 1970-01-01T09:00:00Z"
    assert place.said[1] == f"a-test: missed 3 closes from {span}: it was too late to decide"
    assert (journal.handled_at(), journal.orders()) == (9 * H, [])


def test_a_machine_that_slept_says_so_and_misses_what_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.wall.acts = [(6 * H + 30 * 60 * S, place.wall.sleep(3 * H))]

    place.live(until_ms=10 * H + 60 * S)

    assert place.said[0] == "a-test: the clock was set 10800.0 s forward, or the machine slept"
    assert "missed 3 closes" in place.said[1]


def test_a_wrong_clock_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.wall.offset_ms = -3 * S

    with pytest.raises(Unavailable, match="this machine's clock is 3000 ms behind"):
        place.live(until_ms=8 * H)

    assert not (tmp_path / "live" / "journal.db-wal").exists()


def test_a_clock_that_goes_wrong_opens_nothing_until_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [UP, DOWN, UP, FLAT, FLAT]
    place = a_place(tmp_path, monkeypatch, way=way)
    wall = place.wall

    def wrong() -> None:
        wall.offset_ms = -3 * S

    def right() -> None:
        wall.offset_ms = 0

    wall.acts = [(6 * H + 30 * 60 * S, wrong), (7 * H + 30 * 60 * S, right)]

    place.live(until_ms=10 * H)

    assert "nothing new is opened: this machine's clock is 3000 ms behind" in place.said[1]
    assert place.said[3] == "a-test: the clock is right again"
    assert place.fills() == ["entry buy 20 at 100"]  # of the second rise alone


@pytest.mark.parametrize("shown_ms", [10 * H - 60 * S, 10 * H + 600 * S])
def test_a_position_that_ended_before_the_close_has_paid_its_funding(
    shown_ms: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settled at 09:30 while it was held, stopped out at 09:58:30, shown later."""
    place = a_place(tmp_path, monkeypatch, symbol="BTC/USDT:USDT")

    def settle() -> None:
        assert place.wall.exchange is not None
        ledger = place.wall.exchange.ledger
        with ledger.changes():
            ledger.add_payment(Payment(77, "BTCUSDT", -2.0, 9 * H + 1800 * S))

    place.wall.acts = [(shown_ms, settle)]

    journal = place.live(until_ms=11 * H + 60 * S)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    assert [(one.at_ms, one.paid) for one in journal.fundings()] == [(9 * H + 1800 * S, Decimal(2))]
    state = journal.state()
    assert state is not None
    assert state["desks"][0]["position"].split()[1:3] == ["0.0", "0.0"]  # the next begins anew
