"""Rules of markets: the lock, else the snapshot, else the file's own block; nothing is guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from runner.data.markets import market_rules, refuse_leverage
from runner.model.errors import Refused
from runner.model.markets import Market, MarketKind
from runner.model.money import Grid

SNAPSHOTS = Path(__file__).resolve().parents[2] / "runner" / "data" / "markets"


def a_market(symbol: str) -> Market:
    base, quote = symbol.split(":")[0].split("/")
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
    assert market_rules("BTC/USDT", "kraken", own, lock) == own
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


def test_the_rule_files_rules_hold_for_each_symbol_that_no_document_knows() -> None:
    own = replace(a_market("XRP/USDT:USDT"), maintenance=Decimal("0.01"), max_leverage=Decimal(20))

    other = market_rules("ADA/USDT:USDT", "binance", own, None)

    assert other == replace(own, symbol="ADA/USDT:USDT", base="ADA")
    assert market_rules("XRP/USDT:USDT", "binance", own, None) == own


def test_the_snapshot_of_contracts_has_their_margin_where_it_is_known() -> None:
    own = replace(a_market("ETH/USDT:USDT"), maintenance=Decimal("0.01"), max_leverage=Decimal(20))

    btc = market_rules("BTC/USDT:USDT", "binance", own, None)
    eth = market_rules("ETH/USDT:USDT", "binance", own, None)

    assert (btc.base, btc.quote, btc.kind) == ("BTC", "USDT", MarketKind.FUTURES)
    assert (btc.maintenance, btc.max_leverage) == (Decimal("0.004"), Decimal(125))
    assert btc.source.endswith("first leverage bracket as in Binance's documentation")
    assert eth.price.step == Decimal("0.01")
    assert (eth.maintenance, eth.max_leverage) == (Decimal("0.01"), Decimal(20))
    assert eth.source.endswith("as recorded on 2025-08-07, margin from the rule file")


@pytest.mark.parametrize(
    ("symbol", "own", "said"),
    [
        (
            "ETH/USDT:USDT",
            None,
            "no maintenance margin of `ETH/USDT:USDT` is known (Binance USD-M exchangeInfo as "
            "recorded on 2025-08-07); write it in the rule file: `backtest: {market: {tick: 0.01, "
            "step: 0.001, min_quantity: 0.001, min_notional: 20, maintenance: 0.5%, "
            "max_leverage: 20x}}`",
        ),
        (
            "XRP/USDT:USDT",
            None,
            "no rules of the market `XRP/USDT:USDT` on binance are known; write them in the rule "
            "file: `backtest: {market: {tick: 0.01, step: 0.0001, min_quantity: 0.0001, "
            "min_notional: 5, maintenance: 0.5%, max_leverage: 20x}}`",
        ),
        (
            "XRP/USDT:USDT",
            a_market("XRP/USDT:USDT"),
            "no maintenance margin of `XRP/USDT:USDT` is known (the rule file); write it in the "
            "rule file: `backtest: {market: {tick: 0.1, step: 0.1, min_quantity: 1, "
            "min_notional: 9, maintenance: 0.5%, max_leverage: 20x}}`",
        ),
    ],
)
def test_a_contract_without_a_maintenance_margin_is_refused(
    symbol: str, own: Market | None, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        market_rules(symbol, "binance", own, None)

    assert str(caught.value) == said


@pytest.mark.parametrize(
    "margin",
    [{"maintenance": "1"}, {"maintenance": "0"}, {"maintenance": "nan"}, {"max_leverage": "0.5"}],
)
def test_a_lock_with_an_impossible_margin_is_refused(
    margin: dict[str, str], tmp_path: Path
) -> None:
    lock = a_lock(tmp_path, "BTC/USDT:USDT", **margin)

    with pytest.raises(Refused, match="no rules of `BTC/USDT:USDT` that can be read"):
        market_rules("BTC/USDT:USDT", "binance", None, lock)


def test_a_lock_may_know_the_margin(tmp_path: Path) -> None:
    lock = a_lock(tmp_path, "BTC/USDT:USDT", maintenance="0.005", max_leverage="100")

    market = market_rules("BTC/USDT:USDT", "binance", None, lock)

    assert (market.maintenance, market.max_leverage) == (Decimal("0.005"), Decimal(100))
    assert market.source == "markets.lock of 2026-01-01"


@pytest.mark.parametrize(
    ("leverage", "maintenance", "said"),
    [
        ("21", "0.01", r"leverage is 21x; XRP/USDT:USDT allows 20x \(the rule file\): lower"),
        ("20", "0.05", "at a maintenance margin of 5% every position in XRP/USDT:USDT would be"),
    ],
)
def test_a_leverage_that_the_market_cannot_bear_is_refused(
    leverage: str, maintenance: str, said: str
) -> None:
    market = replace(
        a_market("XRP/USDT:USDT"), maintenance=Decimal(maintenance), max_leverage=Decimal(20)
    )

    with pytest.raises(Refused, match=said):
        refuse_leverage(market, Decimal(leverage))
    refuse_leverage(market, Decimal(19))
    refuse_leverage(a_market("BTC/USDT"), Decimal(1))


def test_the_snapshot_of_contracts_repeats_what_binance_said(shared: Path) -> None:
    recorded = json.loads((shared / "facts/fixtures/binance/raw_markets.json").read_text())
    said = next(answer["response"] for answer in recorded["http"] if "fapi" in answer["url"])
    shipped = json.loads((SNAPSHOTS / "binance-futures.json").read_text())

    assert datetime.fromtimestamp(said["serverTime"] / 1000, UTC).date() == date(2025, 8, 7)
    assert shipped["source"].endswith("as recorded on 2025-08-07")
    assert set(shipped["markets"]) == {
        f"{one['baseAsset']}/{one['quoteAsset']}:{one['marginAsset']}" for one in said["symbols"]
    }
    for one in said["symbols"]:
        entry = shipped["markets"][f"{one['baseAsset']}/{one['quoteAsset']}:{one['marginAsset']}"]
        filters = {f["filterType"]: f for f in one["filters"]}
        assert Decimal(entry["tick"]) == Decimal(filters["PRICE_FILTER"]["tickSize"])
        assert Decimal(entry["step"]) == Decimal(filters["LOT_SIZE"]["stepSize"])
        assert Decimal(entry["min_quantity"]) == Decimal(filters["LOT_SIZE"]["minQty"])
        assert Decimal(entry["min_notional"]) == Decimal(filters["MIN_NOTIONAL"]["notional"])


def test_the_first_bracket_is_the_documented_one(shared: Path) -> None:
    recorded = json.loads((shared / "facts/fixtures/binance/fetchPositions.json").read_text())
    bracket = recorded["cases"][0]["http"][0]["response"][0]["brackets"][0]
    shipped = json.loads((SNAPSHOTS / "binance-futures.json").read_text())["markets"]

    assert float(shipped["BTC/USDT:USDT"]["maintenance"]) == bracket["maintMarginRatio"]
    assert int(shipped["BTC/USDT:USDT"]["max_leverage"]) == bracket["initialLeverage"]


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
