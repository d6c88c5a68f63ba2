"""The embedded exchange in this very process, for tests that inject faults: no socket, no wait.

In: a case's bars and faults. Out: `Enacted`, as a session left it in a journal that is then gone.
"""

from __future__ import annotations

import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from runner.core.strategy import Strategy
from runner.data.history import RunData
from runner.engine.enacting import Enacted, Looked, seen_at
from runner.engine.hindsight import revisited
from runner.engine.record import exit_reason, order_line, result_of
from runner.engine.replay import key_of
from runner.engine.session import Session, Watch
from runner.engine.stagedoor import StagedExchange, StagedVenue, StagedWorld
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.setup import NO_FUNDING, Setup, SymbolSetup
from runner.exchange.replay.setup import Funding as Rates
from runner.exchange.replay.tape import Tape
from runner.journal.database import Journal
from runner.model.markets import Market
from runner.rules.cases import Fault

T = TypeVar("T")

#: A journal waits for the disk at every commit; this one is thrown away.
_MEMORY = Path("/dev/shm")


def enact_with_faults(
    strategy: Strategy,
    markets: tuple[Market, ...],
    data: RunData,
    looked: Looked,
    faults: Sequence[Fault],
) -> Enacted:
    """A session on the exchange that misbehaves so; the journal answers what became of it."""
    venue = _venue(strategy, markets, data, faults)
    world = StagedWorld(venue)
    in_memory = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="runner-test-", dir=in_memory) as folder:
        path = Path(folder) / "journal.db"
        with Journal.open(path, world.now_ms) as journal:
            journal.take_lease()
            watch = Watch(lambda record: None, lambda seen: None)
            exchange = StagedExchange(venue)
            session = Session(strategy, markets, journal, exchange, world, watch, data)
            bars = driven(session.run())
            result = result_of(strategy, markets, journal, bars, data, "replay", 0)
            orders = [
                (order_line(one, bars.get(one.request.symbol)), exit_reason(one))
                for one in journal.orders()
            ]
        instants = [
            close
            for close in result.closed_at.tolist()
            if any(looked(symbol, close) for symbol in strategy.symbols)
        ]
        seen = {
            (trace.symbol, trace.closed_at): seen_at(trace, desk)
            for trace, _, desk in revisited(strategy, markets, data, path, instants)
        }
    equity = dict(zip(result.closed_at.tolist(), result.equity.tolist(), strict=True))
    of_symbol = {one.symbol: one.bars for one in data.markets}
    return Enacted(of_symbol, orders, equity, seen, venue.unmet())


def driven(work: Coroutine[Any, Any, T]) -> T:
    """Runs what never waits for anything; an event loop would open sockets of its own."""
    try:
        work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    work.close()
    raise AssertionError("a staged exchange answers at once")


def _venue(
    strategy: Strategy, markets: tuple[Market, ...], data: RunData, faults: Sequence[Fault]
) -> StagedVenue:
    setup = Setup(
        strategy.market_kind,
        tuple(SymbolSetup(market, "") for market in markets),
        strategy.timeframe.text,
        strategy.backtest.costs,
        strategy.backtest.initial,
        key_of(strategy.account),
        0,
    )
    tapes = tuple(
        Tape(
            one.bars,
            NO_FUNDING if one.funding is None else Rates(one.funding.stamps_ms, one.funding.rates),
        )
        for one in data.markets[: len(markets)]
    )
    return StagedVenue(setup, tapes, Ledger(Path(":memory:")), faults)
