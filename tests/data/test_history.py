"""What a run reads: bars, funding and mark prices of every symbol; a hole is never bridged."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from runner.data.funding import read_funding
from runner.data.history import MarketData, load_market_data
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused
from tests.data.contracts import EIGHT, HOUR, PERP, T0, bars_csv, funding_csv

BARS = "XRP-USDT-USDT-1h.csv"
FUNDING = "XRP-USDT-USDT-8h-funding_rate.csv"
MARK = "XRP-USDT-USDT-1h-mark.csv"


def load(*words: object, declared: str | None = None, state: Path | None = None) -> MarketData:
    rate = Decimal(declared) if declared is not None else None
    return load_market_data([str(word) for word in words], (PERP,), (), HOUR, rate, state)[0]


def hours_of(data: MarketData) -> list[float]:
    assert data.funding is not None
    return [(stamp - T0) / HOUR.ms for stamp in data.funding.stamps_ms.tolist()]


def test_funding_lies_beside_the_bars_or_is_named(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / "deep" / "er" / BARS, 24)
    funding_csv(bars.parent / FUNDING, 8, 16, rate="0.0002")
    own = funding_csv(tmp_path / "own.csv", 8, 16, rate="0.0003")

    for words in ((tmp_path,), (bars,), (f"{PERP}={bars}",)):
        found = load(*words).funding
        assert found is not None
        assert found.rates.tolist() == [0.0002, 0.0002]
        assert found.source == str(bars.parent / FUNDING)
    named = load(bars, f"funding:{PERP}={own}").funding
    assert named is not None
    assert named.rates.tolist() == [0.0003, 0.0003]


def test_two_files_of_funding_are_refused(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / BARS, 24)
    funding_csv(tmp_path / FUNDING, 8, 16)
    funding_csv(tmp_path / "XRP-USDT-USDT-4h-funding_rate.csv", 8, 16)

    with pytest.raises(Refused, match=r"2 files hold the funding of XRP.*`funding:XRP/USDT:USDT=F"):
        load(bars)


def test_a_contract_without_funding_is_refused_with_what_to_add(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / BARS, 24)

    with pytest.raises(Refused) as caught:
        load(bars)

    assert str(caught.value) == (
        f"no funding rates of {PERP}: put {FUNDING} beside {bars}, name a file with "
        f"`funding:{PERP}=FILE`, or write `backtest: {{funding: 0.01%}}` (per 8 hours) in the rule "
        "file"
    )


def test_a_declared_rate_is_settled_on_the_grid_while_there_are_bars(tmp_path: Path) -> None:
    inside = load(bars_csv(tmp_path / BARS, 20, first=3), declared="0.0001")
    touching = load(bars_csv(tmp_path / BARS, 16), declared="-0.00025")

    assert hours_of(inside) == [8, 16]
    assert hours_of(touching) == [8, 16]  # what opens at a settlement did not hold through it
    assert inside.funding is not None
    assert touching.funding is not None
    assert inside.funding.rates.tolist() == [0.0001, 0.0001]
    assert inside.funding.source == "0.01% per 8 hours, as the rule file declares"
    assert touching.funding.source == "-0.025% per 8 hours, as the rule file declares"
    assert inside.funding.sha256 != touching.funding.sha256


def test_a_made_up_contract_has_a_made_up_rate() -> None:
    made, declared = load("synthetic:7").funding, load("synthetic:7", declared="0.001").funding

    assert made is not None
    assert declared is not None
    assert set(made.rates.tolist()) == {0.0001}
    assert made.source == "0.01% per 8 hours, made up"
    assert len(made.stamps_ms) == 3_000 // 8
    assert (made.stamps_ms % EIGHT == 0).all()
    assert set(declared.rates.tolist()) == {0.001}


@pytest.mark.parametrize(
    ("recorded", "holes", "first"),
    [((16, 24), 1, 8), ((8, 24), 1, 16), ((8, 16), 1, 24), ((56,), 3, 8)],
)
def test_a_settlement_that_is_not_recorded_is_declared_or_refused(
    recorded: tuple[int, ...], holes: int, first: int, tmp_path: Path
) -> None:
    bars = bars_csv(tmp_path / BARS, 30)
    funding_csv(tmp_path / FUNDING, *recorded)

    with pytest.raises(
        Refused, match=f"lacks {holes} settlements .*, the first at {iso(T0 + first * HOUR.ms)};"
    ):
        load(bars)
    filled = load(bars, declared="0.0005")

    assert sorted({round(hour) for hour in hours_of(filled)} & {8, 16, 24}) == [8, 16, 24]
    assert filled.funding is not None
    assert filled.funding.rates.tolist().count(0.0005) == holes
    assert (np.diff(filled.funding.stamps_ms) > 0).all()
    assert f"and 0.05% per 8 hours at {holes} settlements" in filled.funding.source


def test_the_settlement_at_the_end_of_the_bars_may_be_open(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / BARS, 24)
    funding_csv(tmp_path / FUNDING, 8, 16)

    assert [round(hour) for hour in hours_of(load(bars))] == [8, 16]


def test_a_rate_in_percent_is_refused(tmp_path: Path) -> None:
    path = funding_csv(tmp_path / FUNDING, 8, rate="0.5")

    with pytest.raises(
        Refused, match=r"the funding rate 0\.5 at 2020-.* is above 10%; rates are f"
    ):
        read_funding(path)


def test_spot_has_neither_funding_nor_mark(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / "XRP-USDT-1h.csv", 24)

    found = load_market_data([str(bars)], ("XRP/USDT",), (), HOUR, Decimal("0.1"), None)[0]

    assert found.funding is None
    assert found.mark is None


def test_a_contract_that_is_only_read_needs_no_funding(tmp_path: Path) -> None:
    bars_csv(tmp_path / "BTC-USDT-1h.csv", 24)
    bars_csv(tmp_path / BARS, 24)
    words = [str(tmp_path)]

    spot, read = load_market_data(words, ("BTC/USDT",), (PERP,), HOUR, None, None)
    assert (spot.symbol, read.symbol, read.funding) == ("BTC/USDT", PERP, None)

    funding_csv(tmp_path / FUNDING, 16)
    read = load_market_data(words, ("BTC/USDT",), (PERP,), HOUR, None, None)[1]
    assert [round(hour) for hour in hours_of(read)] == [16]


def test_mark_prices_are_those_of_the_bars_own_times(tmp_path: Path) -> None:
    bars = bars_csv(tmp_path / BARS, 4, first=2)
    mark = bars_csv(tmp_path / MARK, 3, first=3, volume="")

    partly = load(bars, declared="0")
    mark.rename(tmp_path / "own.csv")
    without, named = (
        load(bars, declared="0"),
        load(bars, f"mark:{PERP}={bars_csv(tmp_path / 'all.csv', 4, 2, '')}", declared="0"),
    )

    assert partly.mark is not None
    assert np.isnan(partly.mark[0])
    assert partly.mark.tolist()[1:] == [103.0, 104.0, 105.0]
    assert without.mark is None
    assert named.mark is not None
    assert named.mark.tolist() == [102.0, 103.0, 104.0, 105.0]


def test_real_funding_and_marks_are_taken(shared: Path) -> None:
    binance, unknown = shared / "data/binance/futures", shared / "data/unknown/futures"
    eight = Timeframe("8h", EIGHT)

    found = load_market_data([str(binance)], (PERP,), (), eight, None, None)[0]
    other = load(unknown / "XRP-USDT-USDT-1h.csv.gz", declared="0.0001")

    assert found.funding is not None
    assert len(found.funding.stamps_ms) == len(found.bars) == 91
    assert (found.funding.stamps_ms % EIGHT < 20).all()
    assert other.mark is not None
    assert np.isfinite(other.mark).sum() == 57  # the file of marks ends earlier
    assert np.nanmax(np.abs(other.mark / other.bars.close - 1.0)) < 0.05


def test_real_bars_older_than_their_funding_are_refused_without_a_declared_rate(
    shared: Path,
) -> None:
    five, words = Timeframe("5m", 300_000), [str(shared / "data/binance/futures")]

    with pytest.raises(Refused, match=r"lacks 8 settlements .*, the first at 2021-11-15T08:00:00Z"):
        load_market_data(words, (PERP,), (), five, None, None)
    found = load_market_data(words, (PERP,), (), five, Decimal("0.0001"), None)[0]

    assert found.funding is not None
    assert len(found.funding.stamps_ms) == 91 + 8
