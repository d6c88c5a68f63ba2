"""A small market on the embedded exchange, and an unmodified ccxt client that trades on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import ccxt.async_support as ccxt
import numpy as np

from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.process import Clock, EmbeddedExchange
from runner.exchange.replay.setup import KeyProfile, Setup, save_bars
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.model.bars import Bars, Timeframe
from runner.model.errors import Unavailable
from runner.model.markets import Costs, Market
from runner.model.money import Grid

T = TypeVar("T")
HOUR = 3_600_000
START = 1_704_067_200_000  # 2024-01-01T00:00:00Z
SYMBOL = "BTC/USDT"


def bars(text: str) -> Bars:
    """Hourly bars as `open:high:low:close`, or one price for all four; `-` is a missing bar."""
    rows = [
        (START + HOUR * number, *_prices(word))
        for number, word in enumerate(text.split())
        if word != "-"
    ]
    table = np.array(rows, dtype=np.float64).T
    opened = table[0].astype(np.int64)
    timeframe = Timeframe("1h", HOUR)
    volume = np.ones(len(rows))
    return Bars(SYMBOL, timeframe, opened, table[1], table[2], table[3], table[4], volume)


def _prices(word: str) -> list[float]:
    prices = [float(price) for price in word.split(":")]
    return prices * 4 if len(prices) == 1 else prices


def a_setup(
    folder: str = "", *, slippage: str = "0", key: KeyProfile | None = None, cash: str = "1000"
) -> Setup:
    """Ticks of 0.01, steps of 0.001, notional from 5 on; fees 0.1 and 0.2 percent."""
    grids = (Grid.of(Decimal("0.01")), Grid.of(Decimal("0.001")))
    market = Market(SYMBOL, "BTC", "USDT", *grids, Decimal("0.001"), Decimal(5), "these tests")
    costs = Costs(Decimal("0.001"), Decimal("0.002"), Decimal(slippage))
    return Setup(folder, "1h", market, costs, Decimal(cash), key or KeyProfile(), 7)


def a_venue(folder: Path, series: str, **options: Any) -> Venue:
    """The venue alone, without a process around it."""
    return Venue(a_setup(**options), Tape(bars(series), -1), Ledger(folder / "ledger.db"))


@dataclass
class Desk:
    """One running exchange with its ccxt client; everything it does is done when it returns."""

    folder: Path
    setup: Setup
    loop: asyncio.AbstractEventLoop
    exchange: EmbeddedExchange
    client: Any
    session: aiohttp.ClientSession
    clock: Clock

    def wait(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def advance(self) -> Clock:
        """The next bar closes."""
        self.clock = self.wait(self.exchange.advance(self.clock.now_ms))
        return self.clock

    def signed(self, **parameters: Any) -> dict[str, Any]:
        """Parameters of a request that is signed at the simulated time."""
        return {"timestamp": self.clock.now_ms, **parameters}

    def market(self, side: str, quantity: str, name: str) -> Any:
        parameters = self.signed(clientOrderId=name)
        return self.wait(
            self.client.create_order(SYMBOL, "market", side, quantity, None, parameters)
        )

    def pair(self, quantity: str, stop: str, target: str, name: str) -> Any:
        """A limit above and a stop below."""
        request = self.signed(
            symbol="BTCUSDT",
            side="SELL",
            quantity=quantity,
            aboveType="LIMIT_MAKER",
            abovePrice=target,
            aboveClientOrderId=name + "-target",
            belowType="STOP_LOSS",
            belowStopPrice=stop,
            belowClientOrderId=name + "-stop",
            listClientOrderId=name,
        )
        return self.wait(self.client.privatePostOrderListOco(request))

    def order(self, name: str) -> Any:
        request = self.signed(symbol="BTCUSDT", origClientOrderId=name)
        return self.wait(self.client.privateGetOrder(request))

    def balance(self) -> Any:
        return self.wait(self.client.fetch_balance(self.signed()))

    def state(self) -> dict[str, Any]:
        return self.wait(self.exchange.state())

    def kill(self) -> None:
        """SIGKILL, at a moment when nothing is asked."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.exchange.pid, signal.SIGKILL)

    def restart(self, faults: Path | None = None) -> None:
        """The exchange comes back from its ledger; the client saw nothing but a broken line."""
        self.wait(self.exchange.close())
        self.exchange = EmbeddedExchange.start(self.folder, self.setup, faults)
        self.clock = self.wait(self.exchange.clock())


@contextlib.contextmanager
def a_desk(folder: Path, series: str, faults: Path | None = None, **options: Any) -> Iterator[Desk]:
    """An exchange over `series`, its clock at the first bar's close; gone at the end."""
    run = folder / "run"
    setup = replace(a_setup(**options), bars_folder=save_bars(run, bars(series)))
    exchange = EmbeddedExchange.start(run, setup, faults)
    loop = asyncio.new_event_loop()
    desk = loop.run_until_complete(_open(run, setup, exchange, loop))
    try:
        with contextlib.suppress(Unavailable):  # a fault may be placed here
            desk.clock = desk.wait(exchange.advance(0))
            desk.wait(desk.client.load_markets())
        yield desk
    finally:
        loop.run_until_complete(desk.session.close())
        desk.client.session = None
        loop.run_until_complete(desk.exchange.stop())
        loop.close()


async def _open(
    run: Path, setup: Setup, exchange: EmbeddedExchange, loop: asyncio.AbstractEventLoop
) -> Desk:
    transport = exchange.transport()
    connector = aiohttp.TCPConnector(
        ssl=transport.ssl_context, resolver=transport.resolver, use_dns_cache=False
    )
    session = aiohttp.ClientSession(connector=connector)
    client = ccxt.binance(
        {
            "apiKey": exchange.api_key.reveal(),
            "secret": exchange.api_secret.reveal(),
            "enableRateLimit": False,
            "session": session,
            "options": {
                "fetchMarkets": {"types": ["spot"]},
                "fetchCurrencies": False,
                "fetchMargins": False,
            },
        }
    )
    client.ssl_context = transport.ssl_context
    client.asyncio_loop = loop
    return Desk(run, setup, loop, exchange, client, session, Clock(START, False))
