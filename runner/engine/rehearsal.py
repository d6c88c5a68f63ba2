"""What a paper account begins with: the embedded exchange's setup, made once for each journal.

In: live candles up to the newest close, the markets' rules. Out: the setup in the run's folder.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from runner.engine.beginning import Run
from runner.engine.due import newest_close
from runner.engine.feed import bars_needed
from runner.engine.live import Outside
from runner.engine.replay import key_of
from runner.exchange.client import Client
from runner.exchange.replay.setup import (
    SETUP_FILE,
    Funding,
    Setup,
    SymbolSetup,
    save_bars,
    save_funding,
    setup_of,
)
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.bars import Bars
from runner.model.errors import Halt, Unavailable
from runner.model.markets import Market

EXCHANGE_FOLDER = "exchange"

#: Funding is settled every eight hours; a declared rate is written down for so long ahead.
_PERIOD_MS = timedelta(hours=8) // timedelta(milliseconds=1)
_AHEAD = 10 * 365 * 3

#: Candles per call: Binance serves at most 1,000 (exchanges.md 4.3).
_PAGE = 1000


async def setup_for(
    run: Run, markets: tuple[Market, ...], journal: Journal, prices: Client, outside: Outside
) -> tuple[Path, Setup]:
    """The folder of the embedded exchange and its setup; made from live candles the first time."""
    folder = run.folder / EXCHANGE_FOLDER
    path = folder / SETUP_FILE
    _expect_one_past(journal, path)
    with in_our_words(folder):
        if path.exists():
            return folder, setup_of(path.read_text())
    history = [await _history(run, symbol, prices, outside) for symbol in run.strategy.symbols]
    with in_our_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder, _setup(run, markets, history, folder, outside)


def _expect_one_past(journal: Journal, path: Path) -> None:
    """Journal and ledger begin together: one that is new beside one that is not has been lost."""
    if path.exists() and not journal.identity():
        raise Halt(
            f"the journal beside `{path.parent}` is gone while its exchange has moved on: restore "
            f"it from a backup, or move `{path.parent}` away to start over"
        )
    if not path.exists() and journal.orders():
        raise Halt(
            f"the paper account in `{path.parent}` is gone while its journal has orders: restore "
            "it from a backup, or move the journal away to start over"
        )


async def _history(run: Run, symbol: str, prices: Client, outside: Outside) -> Bars:
    """Closed bars of one symbol, as many as values need to settle."""
    timeframe = run.strategy.timeframe
    newest = newest_close(outside.clock.wall_ms() - run.times.delay_ms, timeframe.ms)
    since = max(newest - (bars_needed(run.strategy) + 1) * timeframe.ms, 0)
    rows = []
    while True:
        page = await prices.bars(symbol, timeframe, since, _PAGE)
        rows += [row for row in page if row[0] + timeframe.ms <= newest]
        if len(page) < _PAGE:
            break
        since = page[-1][0] + 1
    if not rows:
        raise Unavailable(
            f"{run.strategy.account.exchange} serves no bars of {symbol} yet: try again later"
        )
    table = np.array(rows, np.float64).T
    return Bars(symbol, timeframe, table[0].astype(np.int64), *table[1:])


def _setup(
    run: Run, markets: tuple[Market, ...], history: list[Bars], folder: Path, outside: Outside
) -> Setup:
    strategy = run.strategy
    rate = strategy.backtest.funding
    if strategy.is_futures and rate is None:
        outside.tell(
            f"{strategy.name}: paper charges no funding; write `backtest: {{funding: 0.01%}}` (per "
            "8 hours) for it to"
        )
    return Setup(
        kind=strategy.market_kind,
        symbols=tuple(
            SymbolSetup(market, save_bars(folder, bars), _funding(folder, bars, rate))
            for market, bars in zip(markets, history, strict=True)
        ),
        timeframe=strategy.timeframe.text,
        costs=strategy.backtest.costs,
        initial=strategy.backtest.initial,
        key=key_of(strategy.account),
        seed=0,
    )


def _funding(folder: Path, bars: Bars, rate: Decimal | None) -> str | None:
    """The declared rate at every settlement to come; only of contracts."""
    if rate is None or ":" not in bars.symbol:
        return None
    first = int(bars.opened_at[0]) // _PERIOD_MS + 1
    stamps = np.arange(first, first + _AHEAD, dtype=np.int64) * _PERIOD_MS
    return save_funding(folder, bars.symbol, Funding(stamps, np.full(_AHEAD, float(rate))))
