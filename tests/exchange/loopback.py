"""A small market on the embedded exchange, and an unmodified ccxt client that trades on it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import ccxt.async_support as ccxt
import numpy as np

from runner.exchange.replay.acceptance import set_isolated, set_leverage
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.orders import Kind, Ticket
from runner.exchange.replay.play import Player
from runner.exchange.replay.process import Clock, EmbeddedExchange
from runner.exchange.replay.setup import (
    NO_FUNDING,
    Funding,
    KeyProfile,
    Setup,
    SymbolSetup,
    save_bars,
    save_funding,
)
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.model.bars import Bars, Timeframe
from runner.model.errors import Unavailable
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid

T = TypeVar("T")
HOUR = 3_600_000
START = 1_704_067_200_000  # 2024-01-01T00:00:00Z
SYMBOL, OTHER = "BTC/USDT", "ETH/USDT"
CONTRACT, OTHER_CONTRACT = "BTC/USDT:USDT", "ETH/USDT:USDT"
SYMBOLS = {
    MarketKind.SPOT: (SYMBOL, OTHER),
    MarketKind.FUTURES: (CONTRACT, OTHER_CONTRACT),
}
CCXT_TYPES = {MarketKind.SPOT: "spot", MarketKind.FUTURES: "linear"}


def bars(text: str, symbol: str = SYMBOL) -> Bars:
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
    return Bars(symbol, timeframe, opened, table[1], table[2], table[3], table[4], volume)


def _prices(word: str) -> list[float]:
    prices = [float(price) for price in word.split(":")]
    return prices * 4 if len(prices) == 1 else prices


def funding(*rates: tuple[int, float]) -> Funding:
    """Rates at hours after the start."""
    stamps = np.array([START + hour * HOUR for hour, _ in rates], dtype=np.int64)
    return Funding(stamps, np.array([rate for _, rate in rates]))


def a_market(symbol: str) -> Market:
    """Ticks of 0.01, steps of 0.001, notional from 5 on; contracts liquidate at one percent."""
    base, _, quote = symbol.partition(":")[0].partition("/")
    grids = (Grid.of(Decimal("0.01")), Grid.of(Decimal("0.001")))
    tier = (Decimal("0.01"), Decimal(50)) if ":" in symbol else (None, None)
    return Market(symbol, base, quote, *grids, Decimal("0.001"), Decimal(5), "these tests", *tier)


def a_setup(
    folder: str = "",
    *symbols: SymbolSetup,
    kind: MarketKind = MarketKind.SPOT,
    slippage: str = "0",
    key: KeyProfile | None = None,
    cash: str = "1000",
) -> Setup:
    """One market unless told otherwise; fees 0.1 and 0.2 percent."""
    costs = Costs(Decimal("0.001"), Decimal("0.002"), Decimal(slippage))
    one = SymbolSetup(a_market(SYMBOLS[kind][0]), folder)
    return Setup(
        kind, symbols or (one,), "1h", costs, Decimal(cash), key or KeyProfile.trading(kind), 7
    )


class Room:
    """The venue alone, without a process around it; contracts are isolated, of leverage 10."""

    def __init__(
        self,
        folder: Path,
        *series: str,
        kind: MarketKind = MarketKind.SPOT,
        rates: Funding = NO_FUNDING,
        **options: Any,
    ) -> None:
        self.path = folder / "ledger.db"
        names = SYMBOLS[kind]
        markets = [SymbolSetup(a_market(name), "") for name, _ in zip(names, series, strict=False)]
        self.setup = a_setup("", *markets, kind=kind, **options)
        self._bars = [bars(text, name) for text, name in zip(series, names, strict=False)]
        self._rates = rates
        self.open()
        if kind is MarketKind.FUTURES:
            for symbol in self.venue.symbols:
                set_isolated(self.venue, symbol)
                set_leverage(self.venue, symbol, 10)

    def open(self) -> None:
        """A process that starts on what the ledger holds."""
        tapes = tuple(Tape(one, self._rates) for one in self._bars)
        self.venue = Venue(self.setup, tapes, Ledger(self.path))
        self.player = Player(self.venue)

    def restart(self) -> None:
        """The process was killed and another goes on."""
        self.venue.ledger.close()
        self.open()

    def advance(self) -> tuple[float, bool]:
        """To the next stop: hours since the start, and whether it lies within a bar."""
        clock = self.venue.timeline
        self.player.advance(clock.step)
        return (clock.now_ms - START) / HOUR, clock.in_bar

    def fills(self) -> list[tuple[str, float, float]]:
        """Name, price and quantity of every fill, in order."""
        state = self.venue.ledger.everything()
        names = {order["order_id"]: order["client_order_id"] for order in state["orders"]}
        return [(names[row["order_id"]], row["price"], row["quantity"]) for row in state["fills"]]

    def status(self, name: str) -> str:
        order = self.venue.ledger.order_named(name)
        assert order is not None
        return order.status


def market(side: str, quantity: float, name: str, **more: Any) -> Ticket:
    return Ticket(name, "BTCUSDT", side, Kind.MARKET, quantity, **({"reduces": False} | more))


def limit(side: str, quantity: float, price: float, name: str, **more: Any) -> Ticket:
    return Ticket(name, "BTCUSDT", side, Kind.LIMIT, quantity, price=price, **more)


def stop(side: str, quantity: float, price: float, name: str, **more: Any) -> Ticket:
    kind = more.pop("kind", Kind.STOP_LOSS)
    return Ticket(name, "BTCUSDT", side, kind, quantity, stop_price=price, **more)


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
        """To the next stop of the clock."""
        self.clock = self.wait(self.exchange.advance(self.clock.step))
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
def a_desk(
    folder: Path,
    *series: str,
    faults: Path | None = None,
    kind: MarketKind = MarketKind.SPOT,
    rates: Funding | None = None,
    **options: Any,
) -> Iterator[Desk]:
    """An exchange over one or two series, its clock at the first close; gone at the end."""
    run = folder / "run"
    symbols = [
        SymbolSetup(
            a_market(name),
            save_bars(run, bars(text, name)),
            None if rates is None else save_funding(run, name, rates),
        )
        for text, name in zip(series, SYMBOLS[kind], strict=False)
    ]
    setup = a_setup("", *symbols, kind=kind, **options)
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
                "fetchMarkets": {
                    "types": ["linear" if setup.kind is MarketKind.FUTURES else "spot"]
                },
                "fetchCurrencies": False,
                "fetchMargins": False,
            },
        }
    )
    client.ssl_context = transport.ssl_context
    client.asyncio_loop = loop
    return Desk(run, setup, loop, exchange, client, session, Clock(0, START, False, False))
