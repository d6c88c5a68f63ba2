"""Paper trading: the real exchange's bars as they close, fills by the embedded one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from runner.model.accounts import Venue
from runner.model.errors import Halt
from tests.core.stage import rule_file
from tests.engine.places import DOWN, ENTERS, FLAT, RESTS, UP, a_place
from tests.engine.values import bars
from tests.engine.wall import H, S


def test_an_entry_fills_at_the_forming_open_and_is_stopped_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)

    journal = place.paper(until_ms=11 * H)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    assert journal.positions() == []
    assert place.said == ["a-test: stopped; holds nothing"]
    assert journal.identity()["environment"] == "paper"


@pytest.mark.parametrize("venue", Venue)
def test_prices_are_those_of_live_whatever_the_venue_of_the_account(
    venue: Venue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, venue=venue)

    place.paper(until_ms=7 * H + 60 * S)

    assert place.fills() == ["entry buy 20 at 100"]
    assert place.hosts == {"api.binance.com"}


def test_a_market_order_is_filled_before_its_bar_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch)

    journal = place.paper(until_ms=7 * H + 60 * S)

    assert place.fills() == ["entry buy 20 at 100"]
    assert len(journal.open_orders()) == 2


def test_a_restart_plays_what_passed_and_decides_nothing_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [UP, FLAT, FLAT, "100 101 90 91", DOWN, UP, DOWN, DOWN, DOWN]
    place = a_place(tmp_path, monkeypatch, way=way)

    place.paper(until_ms=8 * H + 60 * S)
    place.wall.pass_to(12 * H + 30 * 60 * S)
    journal = place.paper(until_ms=13 * H + 60 * S)

    assert place.fills() == ["entry buy 20 at 100", "protect sell 20 at 95"]
    span = "1970-01-01T09:00:00Z to 1970-01-01T12:00:00Z"
    assert place.said[1] == f"a-test: missed 4 closes from {span}: it was too late to decide"
    assert journal.handled_at() == 13 * H


def test_a_resting_entry_is_protected_within_its_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = [DOWN] * 6 + [UP, "100 100.5 90 91", FLAT, FLAT]
    place = a_place(tmp_path, monkeypatch, RESTS, way)

    place.paper(until_ms=8 * H + 60 * S)

    assert place.fills() == ["entry buy 20.20202 at 99", "protect sell 20.20202 at 94.05"]


def test_bars_of_symbols_that_are_only_read_come_from_the_real_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """
indicators: {other: {value: close > 60, symbol: ETH/USDT}}
entry: {long: {when: other, size: {notional: 2000 USDT}}}
exit: {stop_loss: {distance: 5%}}
"""
    place = a_place(tmp_path, monkeypatch, body)
    other = bars(*["50"] * 6, "70", "70", "70", "70", symbol="ETH/USDT")
    place = replace(place, bars=(*place.bars, other))

    place.paper(until_ms=8 * H)

    assert place.fills() == ["entry buy 20 at 100"]


def test_contracts_are_charged_the_declared_funding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, symbol="BTC/USDT:USDT")
    strategy = rule_file(ENTERS, "BTC/USDT:USDT")
    declared = replace(strategy.backtest, funding=Decimal("0.001"))
    place = replace(place, strategy=replace(strategy, backtest=declared))

    journal = place.paper(until_ms=8 * H + 60 * S)

    assert [one.paid for one in journal.fundings()] == [Decimal("2.0")]


def test_an_account_that_is_gone_halts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = a_place(tmp_path, monkeypatch)
    place.paper(until_ms=8 * H)
    (tmp_path / "paper" / "exchange").rename(tmp_path / "elsewhere")

    with pytest.raises(Halt, match="is gone while its journal has orders"):
        place.paper(until_ms=9 * H)


def test_one_turn_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = a_place(tmp_path, monkeypatch, start_ms=7 * H + 10 * S)
    place.once = True

    place.paper()

    assert place.fills() == ["entry buy 20 at 100"]


SETTLES = ENTERS.replace("close > open", '"close > ema(close, 3)"')


@pytest.mark.parametrize("environment", ["live", "paper"])
def test_a_history_that_is_too_short_is_told_at_each_start(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, SETTLES)
    place.environment = environment

    place.live(until_ms=6 * H)

    warmup = place.strategy.warmup
    assert place.said[0] == (
        f"a-test: the exchange serves 5 bars of BTC/USDT, `warmup` is {warmup}: until there are as "
        "many, values may differ from those of a backtest"
    )
    assert len(place.said) == 2
