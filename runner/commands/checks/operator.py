"""What the operator's settings mean for a rule file: how far it may go, and from where it calls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from runner.commands.checks.verdict import Check, Verdict, ok
from runner.core.strategy import Strategy
from runner.exchange.keys.audit import seen_from
from runner.exchange.ownaddress import own_addresses
from runner.model.accounts import AccountDeclaration, Limits
from runner.rules.compile import Loaded
from runner.rules.settings import Settings
from runner.rules.within import caps_in_effect, within


def settings_checks(settings: Settings, own: Loaded, strategy: Strategy) -> Iterator[Check]:
    """`own`: the file as it is written; `strategy`: as the settings let it be."""
    yield _reach(settings, own, strategy)
    if own.strategy is not None:
        yield _limits(settings, own.strategy.account.limits, strategy)
    yield from egress_checks(settings, strategy.account)


def _reach(settings: Settings, own: Loaded, strategy: Strategy) -> Check:
    """Paper is always open; whether a key may be used is told by the run of its venue."""
    venue = strategy.account.venue
    found = within(own, settings, venue.value).diagnostics
    closed = [it for it in found if it.code in ("R310", "R311")]
    subject = f"venue: {venue}"
    if not closed:
        return ok("settings", subject, f"`--environment {venue}` is open to the file")
    fact = f"runs on paper, and not with its key: {closed[0].message}"
    return Check("settings", subject, Verdict.WARNING, fact, closed[0].help)


def _limits(settings: Settings, written: Limits, strategy: Strategy) -> Check:
    caps = [f"`{it.name}` {it.text}" for it in caps_in_effect(written, strategy, settings)]
    fact = f"tightened: {', '.join(caps)}" if caps else "none of the file's is above the settings'"
    return ok("settings", f"limits of {strategy.account.name}", fact)


def egress_checks(settings: Settings, account: AccountDeclaration) -> Iterator[Check]:
    """The file's list alone: the exchange's is compared when the key is audited."""
    if not settings.egress.addresses and not settings.egress.url:
        return
    subject = account.name
    own = asyncio.run(own_addresses(settings.egress))
    if not own:
        fact = "what `egress` of the settings asks does not answer with an address"
        help = "the answer must be the address alone; or write `egress: {addresses: […]}`"
        yield Check("own_ip", subject, Verdict.CANNOT_VERIFY, fact, help)
    for finding in seen_from(account, own) if own else ():
        yield Check("own_ip", subject, Verdict(finding.verdict), finding.fact, finding.help)
