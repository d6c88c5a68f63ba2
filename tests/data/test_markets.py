"""Rules of markets: the lock, else the snapshot, else the file's own block; nothing is guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from runner.data.markets import market_rules
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid

SNAPSHOTS = Path(__file__).resolve().parents[2] / "runner" / "data" / "markets"


def a_market(symbol: str) -> Market:
    base, quote = symbol.split("/")
    tenth = Grid.of(Decimal("0.1"))
    return Market(symbol, base, quote, tenth, tenth, Decimal(1), Decimal(9), "the rule file")


def a_lock(folder: Path, symbol: str = "BTC/USDT", **entry: object) -> Path:
    whole = {
        "tick": "0.5",
        "step": "0.001",
        "min_quantity": "0.001",
        "min_notional": "10",
    }
    document = {
        "schema": 1,
        "exchange": "binance",
        "source": "markets.lock of 2026-01-01",
        "markets": {symbol: whole | entry},
    }
    path = folder / "markets.lock"
    path.write_text(json.dumps(document))
    return path


def test_the_shipped_snapshot_knows_the_market() -> None:
    market = market_rules("BTC/USDT", "binance", None, None)

    assert (market.base, market.quote) == ("BTC", "USDT")
    assert market.price == Grid(Decimal("0.01"), 1.0, 100.0)
    assert market.quantity == Grid(Decimal("0.00001"), 1.0, 100_000.0)
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.00001"), Decimal(5))
    assert market.source == "Binance spot exchangeInfo as recorded on 2025-08-07"


def test_the_lock_comes_first_and_the_rule_file_last(tmp_path: Path) -> None:
    lock, own = a_lock(tmp_path), a_market("BTC/USDT")

    assert market_rules("BTC/USDT", "binance", own, lock).source == "markets.lock of 2026-01-01"
    assert market_rules("BTC/USDT", "binance", own, None).source.startswith("Binance spot")
    assert market_rules("ETH/USDT", "binance", own, lock).source.startswith("Binance spot")
    assert market_rules("BTC/USDT", "kraken", own, lock) is own
    assert market_rules("BTC/USDT", "binance", own, tmp_path / "no.lock") is not own


def test_an_unknown_market_is_refused_with_what_to_write() -> None:
    with pytest.raises(Refused, match="`DOGE/EUR` on binance are known; write them in the rule"):
        market_rules("DOGE/EUR", "binance", None, None)


@pytest.mark.parametrize("value", [None, "much", "0", "-1", [], "1e-20"])
def test_a_lock_with_an_impossible_step_is_refused(value: object, tmp_path: Path) -> None:
    lock = a_lock(tmp_path, tick=value)

    with pytest.raises(Refused, match="no rules of `BTC/USDT` that can be read: it is damaged"):
        market_rules("BTC/USDT", "binance", None, lock)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2}', '{"schema": 1}'])
def test_a_lock_that_is_no_lock_is_refused(text: str, tmp_path: Path) -> None:
    lock = tmp_path / "markets.lock"
    lock.write_text(text)

    with pytest.raises(Refused, match=r"^\S+markets.lock (has no rules|is of schema 2)"):
        market_rules("BTC/USDT", "binance", None, lock)


def test_the_snapshot_repeats_what_binance_said(shared: Path) -> None:
    recorded = json.loads((shared / "facts/fixtures/binance/raw_markets.json").read_text())
    symbols = {entry["symbol"]: entry for entry in recorded["http"][0]["response"]["symbols"]}
    shipped = json.loads((SNAPSHOTS / "binance.json").read_text())["markets"]

    for symbol in shipped:
        market = market_rules(symbol, "binance", None, None)
        filters = {f["filterType"]: f for f in symbols[symbol.replace("/", "")]["filters"]}
        lot = filters["LOT_SIZE"]
        assert market.price.step == Decimal(filters["PRICE_FILTER"]["tickSize"])
        assert market.quantity.step == Decimal(lot["stepSize"])
        assert market.minimum_quantity == Decimal(lot["minQty"])
        assert market.minimum_notional == Decimal(filters["NOTIONAL"]["minNotional"])
