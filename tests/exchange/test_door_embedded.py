"""The door in front of the exchange on this machine: the pair that `run --replay` trades with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from runner.engine.replay import issued
from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.replay.process import EmbeddedExchange
from runner.exchange.replay.setup import KeyProfile, save_bars
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue
from runner.model.bars import Timeframe
from runner.model.markets import MarketKind
from runner.model.orders import (
    Accepted,
    OrderState,
    OrderType,
    Pinned,
    Purpose,
    Rejected,
    Unknown,
)
from tests.exchange.asked import ENTRY, EXIT, STOP, TARGET
from tests.exchange.loopback import HOUR, START, a_setup, bars

SERIES = "100 100:101:99:100 110:111:109:110 120:141:119:130 130 130"
BUY = replace(ENTRY, quantity=Decimal("0.5"))
NEVER = replace(BUY, client_order_id="0" * 32)
PAIR = (
    replace(STOP, quantity=Decimal("0.5"), stop_price=Decimal("90.5")),
    replace(TARGET, quantity=Decimal("0.5"), price=Decimal("140.25")),
)
PERMISSIONS = frozenset({Permission.READ, Permission.SPOT})


class Desk:
    """A client, the exchange it trades at, and its clock."""

    def __init__(self, client: Client, exchange: EmbeddedExchange, now: list[int]) -> None:
        self.client, self.exchange, self.now = client, exchange, now

    async def advance(self) -> None:
        clock = await self.exchange.clock()
        self.now[0] = (await self.exchange.advance(clock.step)).now_ms

    @property
    def pinned(self) -> Pinned:
        return Pinned(self.now[0], 5_000)


def trading(
    folder: Path, act: Callable[[Desk], Awaitable[Any]], key: KeyProfile | None = None
) -> Any:
    async def run() -> Any:
        setup = a_setup(save_bars(folder, bars(SERIES)), key=key)
        exchange = await asyncio.to_thread(EmbeddedExchange.start, folder, setup)
        now = [(await exchange.advance(0)).now_ms]
        credentials = {"api_key": exchange.api_key, "api_secret": exchange.api_secret}
        client = await Client.open(
            "binance",
            Venue.LIVE,
            credentials,
            PERMISSIONS,
            MarketKind.SPOT,
            ("BTC/USDT",),
            lambda: now[0],
            exchange.transport(),
            lambda _: None,
            None,
            lambda _: None,
        )
        try:
            return await act(Desk(client, exchange, now))
        finally:
            await client.close()
            await exchange.stop()

    return asyncio.run(run())


def test_a_purchase_its_protection_and_what_becomes_of_them(tmp_path: Path) -> None:
    async def act(desk: Desk) -> None:
        client = desk.client
        market = await client.market("BTC/USDT")
        assert (market.price.step, market.minimum_notional) == (Decimal("0.01"), Decimal(5))
        rows = await client.bars("BTC/USDT", Timeframe("1h", HOUR), START, 10)
        assert rows[0][:2] == (START, 100.0)

        bought = await client.submit((BUY,), desk.pinned)
        assert isinstance(bought, Accepted)
        [entry] = bought.reports
        assert entry.state is OrderState.FILLED
        assert await client.order(BUY) == entry
        assert await client.find(BUY, START) == entry

        placed = await client.submit(PAIR, desk.pinned)
        assert isinstance(placed, Accepted)
        assert list(reversed(placed.reports)) == await client.open_orders("BTC/USDT")
        assert (await client.balances())["BTC"].locked == Decimal("0.5")
        while await client.open_orders("BTC/USDT"):
            await desk.advance()
        stop, target = [await client.order(leg) for leg in PAIR]
        assert stop is not None
        assert target is not None
        assert (stop.state, stop.execution) == (OrderState.EXPIRED, None)
        assert target.state is OrderState.FILLED
        assert target.execution is not None
        assert target.execution.price == Decimal("140.25")
        assert await client.order(NEVER) is None
        assert await client.find(NEVER, START) is None

    trading(tmp_path, act)


def test_a_pair_is_canceled_and_the_position_sold(tmp_path: Path) -> None:
    async def act(desk: Desk) -> None:
        await desk.client.submit((BUY,), desk.pinned)
        await desk.client.submit(PAIR, desk.pinned)

        canceled = await desk.client.cancel(PAIR, desk.pinned)
        again = await desk.client.cancel(PAIR, desk.pinned)
        sold = await desk.client.submit((replace(EXIT, quantity=Decimal("0.5")),), desk.pinned)

        assert isinstance(canceled, Accepted)
        assert [report.state for report in canceled.reports] == [OrderState.CANCELED] * 2
        assert isinstance(again, Rejected)
        assert isinstance(sold, Accepted)
        assert (await desk.client.balances())["BTC"].total == 0

    trading(tmp_path, act)


def test_single_stops_and_targets_rest_and_are_canceled(tmp_path: Path) -> None:
    async def act(desk: Desk) -> None:
        await desk.client.submit((BUY,), desk.pinned)
        for leg in PAIR:
            placed = await desk.client.submit((leg,), desk.pinned)
            canceled = await desk.client.cancel((leg,), desk.pinned)

            assert isinstance(placed, Accepted)
            assert placed.reports[0].state is OrderState.ACCEPTED
            assert isinstance(canceled, Accepted)
            assert canceled.reports[0].client_order_id == leg.client_order_id

    trading(tmp_path, act)


def test_spending_and_refusals(tmp_path: Path) -> None:
    spend = replace(BUY, quantity=None, spend=Decimal("123.45678901"), purpose=Purpose.ENTRY)
    too_much = replace(BUY, client_order_id="2" * 32, quantity=Decimal(5000))
    stop_of_nothing = replace(PAIR[0], client_order_id="3" * 32, type=OrderType.STOP)

    async def act(desk: Desk) -> None:
        stopped = await desk.client.submit((stop_of_nothing,), desk.pinned)
        bought = await desk.client.submit((spend,), desk.pinned)
        twice = await desk.client.submit((spend,), desk.pinned)
        denied = await desk.client.submit((too_much,), desk.pinned)
        stale = await desk.client.submit((BUY,), Pinned(desk.now[0] - HOUR, 5_000))

        assert isinstance(stopped, Rejected)
        assert isinstance(bought, Accepted)
        assert isinstance(twice, Unknown)
        assert isinstance(denied, Rejected)
        assert denied.code in ("-2010", "-1013")
        assert isinstance(stale, Rejected)
        assert stale.code == "-1021"

    trading(tmp_path, act)


def test_the_issued_key_passes_the_audit_and_a_wider_one_does_not(tmp_path: Path) -> None:
    account = AccountDeclaration(
        "main", "binance", Venue.LIVE, (), PERMISSIONS, (), Limits(None, None, None)
    )
    account = issued(account)

    async def act(desk: Desk) -> Any:
        return audit("binance", Venue.LIVE, await desk.client.key_facts(), account, 2 * 10**12)

    good = trading(tmp_path / "good", act)
    bad = trading(tmp_path / "bad", act, KeyProfile(withdrawals=True, ip_bound=False, futures=True))

    assert isinstance(good, AuditedKey)
    assert {finding.name for finding in bad if finding.verdict == "refused"} == {
        "withdraw",
        "ip_bound",
        "permissions",
    }
