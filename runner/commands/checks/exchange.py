"""What the exchange says to the file's key: asked, never told to change anything.

In: a strategy, what its references lead to, a clock. Out: checks, and the markets' rules of now.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from runner.commands.checks.keys import KeyInquiry
from runner.commands.checks.markets import Quoted
from runner.commands.checks.verdict import Check, Verdict, ok
from runner.core.strategy import Strategy
from runner.engine.feed import bars_needed
from runner.engine.rotation import Signer, signers_of
from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client, fingerprint
from runner.model.clock import Clock, iso
from runner.model.errors import KeyRefused, RunnerError, Unavailable
from runner.rules.in_words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from runner.commands.checks.calls import OwnLog
    from runner.exchange.transport import Transport
    from runner.model.secrets import Secret


@dataclass(frozen=True, slots=True)
class Seen:
    """What asking came to; `told`: the markets by symbol, as far as the exchange told of them."""

    checks: tuple[Check, ...]
    told: Mapping[str, Quoted]


async def look(
    strategy: Strategy,
    others: tuple[str, ...],
    credentials: Mapping[str, Secret],
    waiting: Mapping[str, Secret] | None,
    clock: Clock,
    transport: Transport | None,
    budgets: Path | None,
    log: OwnLog,
) -> Seen:
    """Everything that can be asked; `others` are symbols that the file only reads.

    `budgets`: where the runners of this machine count what they send; `None`: nothing is counted.
    `log`: what every call that has left is told to.
    """
    account = strategy.account

    def pace(secrets: Mapping[str, Secret]) -> Pace | None:
        if budgets is None:
            return None
        key = fingerprint(account.exchange, secrets)
        return Pace.shared(budgets, account.exchange, account.venue, key, clock, asyncio.sleep)

    async def opened(secrets: Mapping[str, Secret]) -> Client:
        return await Client.open(
            account.exchange,
            account.venue,
            secrets,
            account.permissions,
            strategy.market_kind,
            strategy.symbols,
            clock.wall_ms,
            transport,
            log.step,
            pace(secrets),
            log.record,
            (*credentials.values(), *(waiting or {}).values()),
        )

    signers = await signers_of(account, credentials, waiting, opened)
    inquiry = Inquiry(strategy, others, signers, clock)
    try:
        checks = [check async for check in inquiry.checks()]
    finally:
        for signer in signers:
            await signer.client.close()
    return Seen(tuple(checks), inquiry.told)


class Inquiry(KeyInquiry):
    """Asks by the doors of all keys; `told` fills up on the way."""

    def __init__(
        self,
        strategy: Strategy,
        others: tuple[str, ...],
        signers: tuple[Signer, ...],
        clock: Clock,
    ) -> None:
        super().__init__(strategy.account, signers, clock)
        self.strategy = strategy
        self.others = others
        self.told: dict[str, Quoted] = {}
        self._exchange = strategy.account.exchange

    async def checks(self) -> AsyncIterator[Check]:
        """The way there, the clock, each key, how the account stands, each market and its past."""
        async for check in self.of_keys():
            yield check
        if self.reached:
            async for check in self._of_markets(
                self.known[0].client if self.known else self.client
            ):
                yield check

    async def _of_markets(self, client: Client) -> AsyncIterator[Check]:
        for symbol in self.strategy.symbols:
            market = None
            try:
                market = await client.market(symbol)
            except RunnerError as error:
                yield _failed("market", f"{symbol} at {self._exchange}", error)
            rows = [check async for check in self._past(client, symbol)]
            if market is not None:
                self.told[symbol] = Quoted(market, await self._price(client, symbol))
                for check in await self._standing(client, symbol):
                    yield check
            for check in rows:
                yield check
        for symbol in self.others:
            async for check in self._past(client, symbol):
                yield check

    async def _standing(self, client: Client, symbol: str) -> list[Check]:
        """Position mode, margin mode and leverage of a contract, as they are; nothing is set."""
        if not self.strategy.is_futures or not self.known:
            return []
        subject = f"{symbol} at {self._exchange}"
        try:
            found = await client.standing(symbol)
        except RunnerError as error:
            return [_failed("position", subject, error)]
        if found.hedges:
            fact = "the account is in hedge mode; runner trades one way"
            help = "close its positions, then choose one-way mode in the exchange's preferences"
            return [Check("position", subject, Verdict.REFUSED, fact, help)]
        mode = "isolated" if found.isolated else "cross"
        fact = f"one-way mode, {mode} margin, leverage {found.leverage.normalize():f}x"
        if (found.isolated, found.leverage) != (True, self.strategy.leverage):
            fact += f"; a start sets isolated margin and {self.strategy.leverage:f}x"
        return [ok("position", subject, fact)]

    async def _past(self, client: Client, symbol: str) -> AsyncIterator[Check]:
        """One bar is asked for, as far back as values need to settle."""
        strategy, subject = self.strategy, f"{symbol} at {self._exchange}"
        needed, bar = bars_needed(strategy), strategy.timeframe
        now_ms = self.clock.wall_ms()
        try:
            rows = await client.bars(symbol, bar, max(now_ms - needed * bar.ms, 0), 1)
        except RunnerError as error:
            yield _failed("data", subject, error)
            return
        served = (now_ms - rows[0][0]) // bar.ms if rows else 0
        have = counted(min(served, needed), "bar")
        fact = f"{have} of {bar.text} of the {needed} that values need"
        if served >= needed - 1:  # the oldest one opened between two closes
            yield ok("data", subject, f"serves the {needed} bars of {bar.text} that values need")
        elif served < strategy.lookback + 2:
            help = "wait until there are more, or trade another symbol"
            yield Check("data", subject, Verdict.REFUSED, fact, help, 3)
        else:
            settled = iso(now_ms + (needed - served) * bar.ms)
            help = f"values depend on where history begins until {settled}"
            yield Check("data", subject, Verdict.WARNING, fact, help)

    async def _price(self, client: Client, symbol: str) -> Decimal | None:
        """The newest close that is served."""
        bar = self.strategy.timeframe
        try:
            rows = await client.bars(symbol, bar, self.clock.wall_ms() - 2 * bar.ms, 2)
        except RunnerError:
            return None
        return Decimal(repr(rows[-1][4])) if rows else None


def _failed(name: str, subject: str, error: RunnerError) -> Check:
    """No by the exchange's word, or nothing that can be said now."""
    if isinstance(error, KeyRefused | Unavailable):
        return Check(name, subject, Verdict.CANNOT_VERIFY, str(error), "", 3)
    return Check(name, subject, Verdict.REFUSED, str(error), "", error.exit_code)
