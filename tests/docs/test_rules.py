"""The strategies of `rules/` are right to the last warning, and they trade."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runner.commands.files import data_for, markets_for
from runner.engine.backtest import result_of, simulate
from runner.model.orders import OrderState, Purpose
from runner.model.results import Result
from runner.rules.compile import load
from runner.rules.owners import second_owners
from tests.conftest import EXAMPLES

XRP = "XRP/USDT:USDT"
XRP_RULES = (
    "  market: {tick: 0.0001, step: 0.1, min_quantity: 0.1, min_notional: 5, "
    "maintenance: 0.5%, max_leverage: 50x}\n"
)


@dataclass(frozen=True)
class Recorded:
    """Real candles that an example is tried on, and what it must say to fit them."""

    data: tuple[str, ...]
    instead: dict[str, str] = field(default_factory=dict)
    added: str = ""


def contracts(symbol: str) -> dict[str, str]:
    return {"BTC/USDT:USDT": symbol}


HOURS = Recorded(("BTC/USDT=binance/spot/BTC-USDT-1h.csv.gz",))
FIVE_MINUTES = (f"{XRP}=binance/futures/XRP-USDT-USDT-5m.csv.gz",)
RECORDED = {
    "breakout": HOURS,
    "dca": HOURS,
    "ema-cross": Recorded(
        (
            "BTC/USDT:USDT=bybit/futures/BTC-USDT-USDT-1m-20221213.csv.gz",
            "ADA/USDT:USDT=binance/futures/ADA-USDT-USDT-1m-20221213.csv.gz",
        ),
        {
            "ETH/USDT:USDT": "ADA/USDT:USDT",
            "timeframe: 1h": "timeframe: 1m",
            "timeframe: 4h": "timeframe: 3m",
            "timeframe: 1d": "timeframe: 5m",
            "tick: 0.01, step: 0.001,": "tick: 0.0001, step: 1,",
            "min_quantity: 0.001": "min_quantity: 1",
        },
    ),
    "rsi-reversion": HOURS,
    "squeeze": HOURS,
    "supertrend": Recorded(
        FIVE_MINUTES, contracts(XRP) | {"timeframe: 1h": "timeframe: 5m"}, XRP_RULES
    ),
    "turtle": Recorded(("bitvavo/spot",)),
    "vwap-session": Recorded(FIVE_MINUTES, contracts(XRP), XRP_RULES),
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


def backtested(file: Path, data: tuple[str, ...], state: Path) -> Result:
    loaded = load(file)
    assert loaded.diagnostics == ()
    strategy = loaded.strategy
    assert strategy is not None
    run = data_for(strategy, data, state)
    return result_of(simulate(strategy, run, markets_for(strategy, file)), with_orders=True)


def trades(result: Result) -> bool:
    """Some came to an end, and more entries were sent than denied."""
    entries = [line for line in result.orders if line.purpose is Purpose.ENTRY]
    denied = [line for line in entries if line.status is OrderState.DENIED]
    return len(result.trades) > 0 and 2 * len(denied) < len(entries)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_trades_on_made_up_prices(file: Path, state: Path) -> None:
    assert trades(backtested(file, ("synthetic:7",), state))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_trades_on_real_prices(
    file: Path, state: Path, shared: Path, tmp_path: Path
) -> None:
    recorded = RECORDED[file.stem]
    text = file.read_text(encoding="utf-8")
    for old, new in recorded.instead.items():
        assert old in text
        text = text.replace(old, new)
    fitted = tmp_path / file.name
    fitted.write_text(text + recorded.added, encoding="utf-8")

    assert trades(backtested(fitted, tuple(at(shared, word) for word in recorded.data), state))


def at(shared: Path, word: str) -> str:
    symbol, equals, file = word.rpartition("=")
    return f"{symbol}{equals}{shared / 'data' / file}"


def test_no_two_examples_trade_one_symbol_with_one_key() -> None:
    assert list(second_owners(load(file) for file in EXAMPLES)) == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_tells_the_editor_its_schema_and_the_reader_what_to_type(file: Path) -> None:
    first, *rest = file.read_text(encoding="utf-8").splitlines()

    assert first == "# yaml-language-server: $schema=../schemas/rule.schema.json"
    assert any(line.startswith(f"#   runner validate rules/{file.name} ") for line in rest)
    assert f"name: {file.stem} " in "\n".join(rest)
