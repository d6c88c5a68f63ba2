"""What the commands hand to a run: every symbol's data, inputs and market rules."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from runner.commands.files import data_for, markets_for, symbols_read_only
from runner.core.strategy import InputFile
from runner.data.store import dataset
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid
from tests.data.contracts import HOUR, PERP, a_strategy, bars_csv


def test_symbols_come_in_file_order_and_then_those_that_indicators_name(tmp_path: Path) -> None:
    strategy = a_strategy(
        ("ETH/USDT", "BTC/USDT"), reads=("XRP/USDT", None, "BTC/USDT", "XRP/USDT", "LTC/USDT")
    )

    data = data_for(strategy, ["synthetic:3"], tmp_path)

    assert symbols_read_only(strategy) == ("XRP/USDT", "LTC/USDT")
    assert [used.symbol for used in data.used()] == [
        "ETH/USDT",
        "BTC/USDT",
        "XRP/USDT",
        "LTC/USDT",
    ]
    assert {used.source for used in data.used()} == {"synthetic:3"}


def test_each_symbol_needs_bars_for_a_decision(tmp_path: Path) -> None:
    bars_csv(tmp_path / "BTC-USDT-1h.csv", 9)
    short = bars_csv(tmp_path / "ETH-USDT-1h.csv", 8)

    with pytest.raises(Refused) as caught:
        data_for(a_strategy(reads=["ETH/USDT"], lookback=7), [str(tmp_path)], tmp_path / "state")

    assert str(caught.value) == (
        f"no decision possible: {short} holds 8 bars and `probe` needs 9 for its first decision; "
        "name data with more bars"
    )


def test_inputs_lie_beside_the_rule_file(tmp_path: Path) -> None:
    (tmp_path / "rules" / "more").mkdir(parents=True)
    (tmp_path / "rules" / "more" / "fear.csv").write_text("date,value\n2024-01-01,25\n")
    fear = InputFile("fear", "more/fear.csv", "value", 1000)
    strategy = a_strategy(path=str(tmp_path / "rules" / "probe.yaml"), inputs=[fear])

    known_at, values = data_for(strategy, ["synthetic:3"], tmp_path).inputs["fear"]

    assert known_at.tolist() == [1_704_067_201_000]
    assert values.tolist() == [25.0]
    with pytest.raises(
        Refused, match=r"rules/gone\.csv does not exist; name a CSV file of input v"
    ):
        data_for(
            replace(strategy, inputs=(replace(fear, path="gone.csv"),)), ["synthetic:3"], tmp_path
        )


def test_the_digest_is_of_everything_that_is_read(tmp_path: Path) -> None:
    strategy, words = a_strategy(), ["synthetic:3"]
    alone = data_for(strategy, words, tmp_path)
    values = np.array([1]), np.array([2.0])
    contract = data_for(a_strategy([PERP]), words, tmp_path)
    marked = replace(contract, markets=(replace(contract.markets[0], mark=np.zeros(3)),))
    digests = [
        alone.digest(),
        replace(alone, inputs={"fear": values}).digest(),
        replace(alone, inputs={"greed": values}).digest(),
        data_for(a_strategy(reads=["ETH/USDT"]), words, tmp_path).digest(),
        contract.digest(),
        marked.digest(),
        data_for(a_strategy([PERP], funding="0.0003"), words, tmp_path).digest(),
    ]

    assert alone.digest() == dataset(words, "BTC/USDT", HOUR, None).sha256
    assert len(set(digests)) == len(digests)


def test_there_are_rules_for_each_symbol_that_is_traded(tmp_path: Path) -> None:
    tenth = Grid.of(Decimal("0.1"))
    own = Market(
        PERP, "XRP", "USDT", tenth, tenth, Decimal(1), Decimal(5), "the rule file",
        Decimal("0.01"), Decimal(20),
    )  # fmt: skip
    symbols = (PERP, "ADA/USDT:USDT", "BTC/USDT:USDT")
    strategy = a_strategy(symbols, market=own, leverage="3", reads=["DOGE/USDT:USDT"])

    markets = markets_for(strategy, tmp_path / "probe.yaml")

    assert [market.symbol for market in markets] == list(symbols)
    assert [market.base for market in markets] == ["XRP", "ADA", "BTC"]
    assert [str(market.maintenance) for market in markets] == ["0.01", "0.01", "0.004"]
    with pytest.raises(Refused, match="leverage is 25x; XRP/USDT:USDT allows 20x"):
        markets_for(replace(strategy, leverage=Decimal(25)), tmp_path / "probe.yaml")


def test_a_portfolio_of_real_bars_is_read_twice_alike(shared: Path, tmp_path: Path) -> None:
    names = ("BTC-EUR-1h", "ETH-EUR-1h", "XRP-EUR-1h")
    for name in names:
        shutil.copy(shared / "data/bitvavo/spot" / f"{name}.csv.gz", tmp_path)
    strategy = a_strategy(("BTC/EUR", "ETH/EUR"), reads=["XRP/EUR"])

    first, second = (data_for(strategy, [str(tmp_path)], tmp_path / "state") for _ in range(2))

    assert first.digest() == second.digest()
    assert [used.bars for used in first.used()] == [used.bars for used in second.used()]
    assert all(used.bars > 1_000 for used in first.used())
