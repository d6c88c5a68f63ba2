"""Replay equals backtest in SPEC section 3's sense: every order, exit and protection there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.core.strategy import Strategy
from runner.data.history import RunData
from runner.engine.backtest import result_of, simulate
from runner.model.accounts import BUNDLES, Permission
from runner.model.exchanges import NAMES
from runner.model.markets import Market
from runner.model.orders import ExitReason
from runner.model.results import Result
from tests.engine.replayed import expect_equal, made_up
from tests.engine.rulebook import RULES, Rules
from tests.engine.values import a_market

ALONE, TOGETHER = 110, 50  # bars

PROTECTIONS = [
    ("pauses", "  - cooldown: {for: 2 bars}\n"),
    ("pauses", "  - stoploss_guard: {trades: 3, within: 12h, pause: 8h}\n"),
    ("pauses", "  - daily_loss: {max: 0.3%, pause: until_next_day}\n"),
    ("a drawdown closes", "protections:\n  - max_drawdown: {max: 0.8%, within: 3d, pause: 12h, "
     "positions: close}\n"),
    ("hours", "  session_end: day\n"),
    ("hours", "  sessions: [day]\n"),
]  # fmt: skip

#: What the table of rules has to bring about within the bars that are replayed.
ORDERS = {
    "entry market filled", "entry market denied", "entry market rejected",
    "entry limit filled", "entry limit canceled", "entry limit rejected",
    "entry stop filled", "entry stop canceled", "entry stop denied",
    "add market filled", "add limit rejected", "add limit filled", "add limit canceled",
    "exit market filled",
    "protect stop filled", "protect stop expired", "protect stop canceled",
    "protect limit filled", "protect limit expired", "protect limit canceled",
}  # fmt: skip


def rules_of(strategy: Strategy) -> tuple[Market, ...]:
    return tuple(a_market(symbol) for symbol in strategy.symbols)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("symbols", "count"), [(1, ALONE), (5, TOGETHER)])
def test_a_replay_equals_its_backtest(symbols: int, count: int, name: str, tmp_path: Path) -> None:
    strategy, data = setting(RULES[name], symbols, count)

    result = expect_equal(strategy, data, rules_of(strategy), tmp_path)

    assert result.trades


#: Where the key of another exchange may do the same in its own words.
BUNDLED = (Permission.READ, Permission.TRADE_BUNDLE)


@pytest.mark.parametrize("exchange", sorted({*NAMES} - {"binance"}))
@pytest.mark.parametrize("name", [next(iter(RULES)), list(RULES)[-1]])
def test_a_file_of_any_exchange_is_replayed_here(exchange: str, name: str, tmp_path: Path) -> None:
    strategy, data = setting(RULES[name], 1, ALONE)
    account = replace(strategy.account, exchange=exchange)
    if exchange in BUNDLES:
        account = replace(account, permissions=frozenset(BUNDLED))

    result = expect_equal(replace(strategy, account=account), data, rules_of(strategy), tmp_path)

    assert result.trades


def setting(rules: Rules, symbols: int, count: int) -> tuple[Strategy, RunData]:
    strategy = rules.strategy(symbols)
    return strategy, made_up(strategy, count, jumps=rules.jumps)


def backtest(rules: Rules, symbols: int, count: int) -> Result:
    strategy, data = setting(rules, symbols, count)
    return result_of(simulate(strategy, data, rules_of(strategy)), with_orders=True)


@pytest.fixture(scope="module")
def backtests() -> list[Result]:
    """What the replays above are compared with."""
    shapes = [(1, ALONE), (5, TOGETHER)]
    return [backtest(rules, *shape) for rules in RULES.values() for shape in shapes]


def test_every_order_and_its_fate_is_among_them(backtests: list[Result]) -> None:
    seen = {
        f"{line.purpose} {line.type} {line.status}"
        for result in backtests
        for line in result.orders
    }

    assert seen >= ORDERS


def test_every_exit_is_among_them(backtests: list[Result]) -> None:
    seen = {trade.exit_reason for result in backtests for trade in result.trades}

    assert seen == set(ExitReason) - {ExitReason.MANUAL}


@pytest.mark.parametrize(("name", "line"), PROTECTIONS)
def test_a_protection_changes_what_is_traded(name: str, line: str) -> None:
    rules = RULES[name]
    assert line in rules.body
    without = replace(rules, body=rules.body.replace(line, ""))

    assert backtest(rules, 1, ALONE).orders != backtest(without, 1, ALONE).orders


def test_one_protection_halts_for_good(backtests: list[Result]) -> None:
    assert {result.halted for result in backtests} == {None, "stoploss_guard"}
