"""What the exchange says to each key of an account: the same for every exchange that is known.

In: an account, doors for its keys, a clock. Out: checks. Nothing is asked but the exchange's clock
and what it tells of keys; where one code means three things, the balances.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from runner.commands.checks.verdict import Check, Verdict, ok
from runner.engine.rotation import NEXT, Signer, signers_of, unused_line
from runner.engine.skew import skew_of
from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client, fingerprint
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.model.accounts import AccountDeclaration
from runner.model.clock import Clock
from runner.model.errors import KeyRefused, RunnerError
from runner.model.markets import MarketKind

if TYPE_CHECKING:
    from pathlib import Path

    from runner.commands.checks.calls import OwnLog
    from runner.exchange.transport import Transport
    from runner.model.secrets import Secret

_OFFLINE = "`--offline` leaves the exchange out"


def not_asked(name: str, subject: str, why: object) -> Check:
    """The world is not ready for the question."""
    return Check(name, subject, Verdict.CANNOT_VERIFY, f"not asked: {why}", _OFFLINE, 3)


async def look_at_keys(
    account: AccountDeclaration,
    credentials: Mapping[str, Secret],
    waiting: Mapping[str, Secret] | None,
    clock: Clock,
    transport: Transport | None,
    budgets: Path | None,
    log: OwnLog,
) -> tuple[Check, ...]:
    """All that is asked where no orders are sent; `budgets` and `log`: as of `exchange.look`."""

    async def opened(secrets: Mapping[str, Secret]) -> Client:
        key, pace = fingerprint(account.exchange, secrets), None
        if budgets is not None:
            site = account.exchange, account.venue
            pace = Pace.shared(budgets, *site, key, clock, asyncio.sleep)
        return await Client.open(
            account.exchange,
            account.venue,
            secrets,
            account.permissions,
            MarketKind.SPOT,  # no market is asked for
            (),
            clock.wall_ms,
            transport,
            log.step,
            pace,
            log.record,
            (*credentials.values(), *(waiting or {}).values()),
        )

    signers = await signers_of(account, credentials, waiting, opened)
    try:
        return tuple([check async for check in KeyInquiry(account, signers, clock).of_keys()])
    finally:
        for signer in signers:
            await signer.client.close()


class KeyInquiry:
    """Asks by the doors of all keys; `known` and `reached` are filled in on the way."""

    def __init__(
        self, account: AccountDeclaration, signers: tuple[Signer, ...], clock: Clock
    ) -> None:
        self.account = account
        self.signers = signers
        self.clock = clock
        self.client = signers[-1].client
        self.reached = False
        self.known: list[Signer] = []  # keys that the exchange knows
        self._passed: dict[str, Signer] = {}  # keys that the audit accepts, by their place

    async def of_keys(self) -> AsyncIterator[Check]:
        """The way there, the clock, each key, and which of them signs."""
        exchange, client = self.account.exchange, self.client
        where = f"{exchange} {client.venue}"
        try:
            skew = await skew_of(client.server_time, self.clock)
        except RunnerError as error:
            yield Check("exchange", where, Verdict.CANNOT_VERIFY, str(error), _OFFLINE, 3)
            return
        self.reached = True
        yield ok("exchange", where, "answers")
        refusal = skew.refusal(client.window_ms)
        if refusal is not None:
            yield Check("clock", exchange, Verdict.REFUSED, refusal, "", 3)
        else:
            side = "behind" if skew.offset_ms > 0 else "ahead of"
            fact = f"this clock is {abs(skew.offset_ms)} ms {side} the exchange's"
            yield ok("clock", exchange, f"{fact}, give or take {skew.uncertainty_ms} ms")
        for signer in reversed(self.signers):
            for check in await self._of_key(signer):
                yield check
        for check in await self._of_both():
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
            self.known.append(signer)
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
        before, name = self.signers[-1], self.account.name
        try:
            theirs = await after.client.account_id()
            ours = await before.client.account_id() if before in self.known else ""
        except RunnerError as error:
            return [not_asked("next", name, error)]
        if after.client.fingerprint == before.client.fingerprint:
            fact = "`next` and `credentials` hold the very same key"
            return [Check("next", name, Verdict.WARNING, fact, "make a new key, or remove `next`")]
        if theirs and ours and theirs != ours:
            fact = "the key in `next` is of another account: it does not take over"
            return [Check("next", name, Verdict.WARNING, fact, "make it in the same account")]
        return [Check("next", name, Verdict.WARNING, unused_line(after, before))]


def _lenient(check: Check) -> Check:
    """What is wrong with a key that does not sign yet keeps nothing from trading."""
    if check.verdict is Verdict.REFUSED:
        return replace(check, verdict=Verdict.WARNING)
    return replace(check, exit_code=1)
