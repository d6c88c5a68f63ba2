"""Prints which core ran and a digest of all that it left: `python -m tests.core.fingerprint`.

Every size mode, protection and fate of an order occurs; a difference in one bit changes the digest.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

from runner.commands.files import market_for, strategy_from
from runner.core import kernel
from runner.core.strategy import Fire, SizeMode, Strategy
from runner.data.synthetic import synthetic
from runner.engine.backtest import simulate
from runner.model.markets import Costs, Market
from tests.conftest import ROOT
from tests.engine.values import HOUR, a_market, a_strategy

COSTS = Costs(Decimal("0.0004"), Decimal("0.0011"), Decimal("0.0003"))


def strategies() -> list[Strategy]:
    """One for each way to size, protect and leave."""
    rise, fall = "close > sma(close, 7)", "close < sma(close, 9)"
    return [
        a_strategy(rise, fall, (SizeMode.SPEND_FRACTION, "1"), costs=COSTS),
        a_strategy(rise, None, (SizeMode.SPEND, "2500.55"), "0.01 * close", r="1.3", costs=COSTS),
        a_strategy(
            rise, fall, (SizeMode.RISK, "0.004"), "1.7 * atr(14)", "3 * atr(14)", costs=COSTS
        ),
        a_strategy(rise, fall, (SizeMode.EQUITY, "0.97"), "1.3%", "2.1%", costs=COSTS),
        a_strategy(rise, fall, (SizeMode.QUANTITY, "0.0123"), None, "0.01 * close", costs=COSTS),
        a_strategy(
            "close > open", fall, (SizeMode.NOTIONAL, "4000"), fire=Fire.WHILE_TRUE, costs=COSTS
        ),
    ]


def examples() -> list[tuple[Strategy, Market]]:
    """The shipped rule files on their own markets."""
    files = sorted((ROOT / "rules").glob("*.yaml"))
    return [(strategy := strategy_from(file), market_for(strategy, file)) for file in files]


def fingerprint() -> str:
    """SHA-256 over the logs, equity curves and fees of all strategies and examples."""
    digest = sha256()
    for seed in (3, 4):
        bars = synthetic(seed, "BTC/USDT", HOUR, 2000)
        unusual = [(strategy, a_market()) for strategy in strategies()]
        for strategy, market in [*unusual, *examples()]:
            simulation = simulate(strategy, bars, market)
            assert len(simulation.log) > 4
            digest.update(simulation.log.tobytes())
            digest.update(simulation.equity.tobytes())
            digest.update(repr(float(simulation.fees)).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    print(kernel.__file__.rpartition(".")[2], fingerprint())
