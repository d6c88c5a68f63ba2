"""A person's words on a trader that holds a ladder, waits for an entry, or is paused."""

from __future__ import annotations

import pytest

from runner.commands.files import markets_for
from runner.core import codes
from runner.core.strategy import Strategy
from runner.core.trader import Trader
from runner.data.history import MarketData, RunData
from runner.data.synthetic import synthetic
from runner.engine.backtest import simulate
from runner.engine.byhand import obey, opening_rows, stop_opening
from runner.journal.history import Word
from runner.model.bars import Bars
from runner.model.errors import Halt
from runner.rules.compile import load
from tests.conftest import ROOT

LADDER = ROOT / "rules" / "dca.yaml"


def a_word(verb: str, argument: str = "", number: int = 1) -> Word:
    return Word(verb, argument, 1_700_000_000_000, number)


def strategy_of() -> Strategy:
    strategy = load(LADDER).strategy
    assert strategy is not None
    return strategy


def holding_a_ladder(strategy: Strategy) -> Trader:
    """The trader at the first bar after which a position and safety orders rest."""
    bars = synthetic(7, strategy.symbols[0], strategy.timeframe, 2_000)
    for count in range(300, len(bars), 10):
        trader = simulated(strategy, bars.until(count))
        if len(opening_rows(trader.desks[0])) > 1 and trader.desks[0].position.quantity > 0.0:
            return trader
    raise AssertionError("these bars build no ladder")


def simulated(strategy: Strategy, bars: Bars) -> Trader:
    data = RunData((MarketData(bars.symbol, bars, "", "made up", None, None),), {})
    return simulate(strategy, data, markets_for(strategy, LADDER)).trader


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return strategy_of()


@pytest.fixture
def trader(strategy: Strategy) -> Trader:
    return holding_a_ladder(strategy)


def living(trader: Trader) -> list[int]:
    """Purposes of all orders that may still fill."""
    rows = trader.log.array()
    alive = rows[rows[:, codes.STATE] == codes.RESTING]
    return sorted({int(purpose) for purpose in alive[:, codes.PURPOSE]})


def test_halted_the_safety_orders_go_and_the_protection_stays(
    strategy: Strategy, trader: Trader
) -> None:
    assert living(trader) == [codes.ADD, codes.STOP, codes.TARGET]

    obey(trader, strategy, a_word("halt"), {})
    stop_opening(trader)

    assert trader.halted
    assert living(trader) == [codes.STOP, codes.TARGET]
    assert trader.desks[0].ladder_notional == 0.0


def test_closed_nothing_of_the_symbol_is_left_to_fill_but_the_exit(
    strategy: Strategy, trader: Trader
) -> None:
    desk = trader.desks[0]

    obey(trader, strategy, a_word("close", strategy.symbols[0], number=3), {})
    obey(trader, strategy, a_word("close", strategy.symbols[0], number=4), {})

    assert living(trader) == [codes.LEAVE]
    row = trader.log.array()[desk.exit_row]
    assert row[codes.QUANTITY] == desk.position.quantity
    assert (row[codes.ATTEMPT], row[codes.REASON]) == (3, codes.BY_HAND)
    assert not trader.halted


def test_one_safety_order_is_canceled_by_its_id(strategy: Strategy, trader: Trader) -> None:
    first, *others = opening_rows(trader.desks[0])

    obey(trader, strategy, a_word("cancel", "theirs"), {"theirs": first})
    obey(trader, strategy, a_word("cancel", "unknown"), {"theirs": first})

    assert opening_rows(trader.desks[0]) == others
    obey(trader, strategy, a_word("cancel", "all"), {})
    assert opening_rows(trader.desks[0]) == []


def test_a_person_ends_the_halt_and_every_pause(strategy: Strategy, trader: Trader) -> None:
    trader.halted = True
    for pause in trader.guards.pauses:
        pause.ends = float("inf")

    obey(trader, strategy, a_word("resume"), {})

    assert not trader.halted
    assert [pause.ends for pause in trader.guards.pauses] == [0.0]


def test_a_word_of_a_later_runner_is_not_guessed_at(strategy: Strategy, trader: Trader) -> None:
    with pytest.raises(Halt, match="use the runner that wrote it"):
        obey(trader, strategy, a_word("double"), {})
