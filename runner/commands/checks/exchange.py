"""What the exchange says to the file's key: asked, never told to change anything.

In: a strategy, what its references lead to, a clock. Out: checks, and the markets' rules of now.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from runner.commands.checks.markets import Quoted
from runner.commands.checks.verdict import Check, Verdict, ok
from runner.core.strategy import Strategy
from runner.engine.feed import bars_needed
from runner.engine.rotation import NEXT, Signer, signers_of, unused_line
from runner.engine.skew import skew_of
from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client, fingerprint
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.model.clock import Clock, iso
from runner.model.errors import KeyRefused, RunnerError, Unavailable
from runner.rules.in_words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from runner.commands.checks.calls import OwnLog
    from runner.exchange.transport import Transport
    from runner.model.secrets import Secret

_OFFLINE = "`--offline` leaves the exchange out"


@dataclass(frozen=True, slots=True)
class Seen:
    """What asking came to; `told`: the markets by symbol, as far as the exchange told of them."""

    checks: tuple[Check, ...]
    told: Mapping[str, Quoted]


def not_asked(name: str, subject: str, why: object) -> Check:
    """The world is not ready for the question."""
    return Check(name, subject, Verdict.CANNOT_VERIFY, f"not asked: {why}", _OFFLINE, 3)


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

    signers = await signers_of(strategy, credentials, waiting, opened)
    inquiry = Inquiry(strategy, others, signers, clock)
    try:
        checks = [check async for check in inquiry.checks()]
    finally:
        for signer in signers:
            await signer.client.close()
    return Seen(tuple(checks), inquiry.told)


class Inquiry:
    """Asks by the doors of all keys; `told` fills up on the way."""

    def __init__(
        self,
        strategy: Strategy,
        others: tuple[str, ...],
        signers: tuple[Signer, ...],
        clock: Clock,
    ) -> None:
        self.strategy = strategy
        self.others = others
        self.signers = signers
        self.clock = clock
        self.told: dict[str, Quoted] = {}
        self._exchange = strategy.account.exchange
        self._passed: dict[str, Signer] = {}  # keys that the audit accepts, by their place
        self._known: list[Signer] = []  # keys that the exchange knows

    async def checks(self) -> AsyncIterator[Check]:
        """The way there, the clock, each key, how the account stands, each market and its past."""
        client = self.signers[-1].client
        where = f"{self._exchange} {client.venue}"
        try:
            skew = await skew_of(client.server_time, self.clock)
        except RunnerError as error:
            yield Check("exchange", where, Verdict.CANNOT_VERIFY, str(error), _OFFLINE, 3)
            return
        yield ok("exchange", where, "answers")
        refusal = skew.refusal(client.window_ms)
        if refusal is not None:
            yield Check("clock", self._exchange, Verdict.REFUSED, refusal, "", 3)
        else:
            side = "behind" if skew.offset_ms > 0 else "ahead of"
            fact = f"this clock is {abs(skew.offset_ms)} ms {side} the exchange's"
            yield ok("clock", self._exchange, f"{fact}, give or take {skew.uncertainty_ms} ms")
        for signer in reversed(self.signers):
            for check in await self._of_key(signer):
                yield check
        for check in await self._of_both():
            yield check
        async for check in self._of_markets(self._known[0].client if self._known else client):
            yield check

    async def _of_key(self, signer: Signer) -> list[Check]:
        """The audit's findings; a next key that is refused keeps nothing from trading."""
        name, account = ("next" if signer.place == NEXT else "key"), signer.declaration
        subject = account.name
        try:
            facts = await signer.client.key_facts()
        except KeyRefused as refusal:
            found = [
                Check(name, subject, Verdict.REFUSED, str(refusal)),
                *await self._narrowed(name, subject, signer, str(refusal)),
            ]
        except RunnerError as error:
            return [Check(name, subject, Verdict.CANNOT_VERIFY, str(error), "", 3)]
        else:
            self._known.append(signer)
            now_ms = self.clock.wall_ms()
            verdict = audit(account.exchange, signer.client.venue, facts, account, now_ms)
            findings = verdict.findings if isinstance(verdict, AuditedKey) else verdict
            if not refusals(findings):
                self._passed[signer.place] = signer
            found = [
                Check(name, f"{subject} {it.name}", Verdict(it.verdict), it.fact, it.help)
                for it in findings
            ]
        return [_lenient(check) for check in found] if signer.place == NEXT else found

    async def _narrowed(self, name: str, subject: str, signer: Signer, refusal: str) -> list[Check]:
        """Where one code means three things, another question leaves fewer of them."""
        client = signer.client
        vague = {client.key_faults[code] for code in client.vague}
        if refusal not in vague:
            return []
        try:
            await signer.client.balances()
        except KeyRefused:
            fact = "the balances are refused to it as well: it is not one permission that it lacks"
            help = "look at the key itself, this machine's address on its list, and `venue`"
        except RunnerError as error:
            return [not_asked(name, subject, error)]
        else:
            fact = "the balances are told to it: key, address and `venue` are right"
            help = "tick reading, which the exchange tells of a key's permissions by"
        return [Check(name, subject, Verdict.REFUSED, fact, help)]

    async def _of_both(self) -> list[Check]:
        """Which key signs, where there are two; the old one is deleted by a person."""
        after = self._passed.get(NEXT)
        if after is None:
            return []
        before, name = self.signers[-1], self.strategy.account.name
        try:
            theirs = await after.client.account_id()
            ours = await before.client.account_id() if before in self._known else ""
        except RunnerError as error:
            return [not_asked("next", name, error)]
        if after.client.fingerprint == before.client.fingerprint:
            fact = "`next` and `credentials` hold the very same key"
            return [Check("next", name, Verdict.WARNING, fact, "make a new key, or remove `next`")]
        if theirs and ours and theirs != ours:
            fact = "the key in `next` is of another account: it does not take over"
            return [Check("next", name, Verdict.WARNING, fact, "make it in the same account")]
        return [Check("next", name, Verdict.WARNING, unused_line(after, before))]

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
        if not self.strategy.is_futures or not self._known:
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


def _lenient(check: Check) -> Check:
    """What is wrong with a key that does not sign yet keeps nothing from trading."""
    if check.verdict is Verdict.REFUSED:
        return replace(check, verdict=Verdict.WARNING)
    return replace(check, exit_code=1)
