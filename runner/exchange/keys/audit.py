"""Issues the third pass: this key may do what the file declares, and nothing else.

In: what the exchange tells about the key, what the file declares, an instant. Out: an `AuditedKey`,
or all that was found if any of it refuses. What cannot be read is refused; where nothing can be
asked, at test venues alone, the pass holds a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runner.exchange.keys import (
    binance,
    bingx,
    bitget,
    bybit,
    coinbase,
    deribit,
    gate,
    hyperliquid,
    kraken,
    kucoin,
    okx,
    waivers,
)
from runner.exchange.keys.addresses import own_ip
from runner.exchange.keys.asked import is_told_at
from runner.exchange.keys.finding import Finding, Verdict, declares_withdraw
from runner.exchange.keys.judge import judge
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import AccountDeclaration, Permission, Venue
from runner.model.values import dataclass

_MODULES = (
    binance,
    bingx,
    bitget,
    bybit,
    coinbase,
    deribit,
    gate,
    hyperliquid,
    kraken,
    kucoin,
    okx,
)
#: What is known of each exchange before it is asked.
EXCHANGES: Mapping[str, Exchange] = {it.EXCHANGE.name: it.EXCHANGE for it in _MODULES}
#: What a key's form there has to tick.
BOXES: Mapping[str, tuple[Grant, ...]] = {it.EXCHANGE.name: it.boxes() for it in _MODULES}
_READERS: Mapping[str, Callable[[object], Told | Finding]] = {
    it.EXCHANGE.name: it.read for it in _MODULES
}


@dataclass(frozen=True, slots=True)
class AuditedKey:
    """A key that may trade and cannot withdraw; constructed by `audit` only.

    At a test venue, whose money is none, the last is not known: `findings` say so.
    """

    exchange: str
    venue: Venue  # where it was looked at, and where alone it may be used
    account: str
    permissions: frozenset[Permission]
    findings: tuple[Finding, ...]  # ok, warning or cannot_verify

    def __post_init__(self) -> None:
        if not self.findings or refusals(self.findings):
            raise ValueError("a key that was refused, or not looked at, is no audited key")


def audit(
    exchange: str,
    venue: Venue,
    facts: object,
    declaration: AccountDeclaration,
    now_ms: int,
    own: tuple[str, ...] = (),
) -> AuditedKey | tuple[Finding, ...]:
    """`facts` as the exchange told them at this venue, stripped (`Client.key_facts`).

    `own`: from which addresses this machine calls, as far as that is known.
    """
    read = _READERS.get(exchange)
    if read is None:
        return (_not_audited(exchange),)
    if is_told_at(exchange, venue):
        told = read(facts)
        found = (told,) if isinstance(told, Finding) else judge(told, declaration, now_ms, own)
    else:
        found = (unseen(venue, declaration),)
    if refusals(found):
        return found
    return AuditedKey(exchange, venue, declaration.name, declaration.permissions, found)


def foreseen(declaration: AccountDeclaration, now_ms: int) -> tuple[Finding, ...]:
    """What will refuse any key of the exchange, as long as the file does not waive it."""
    return waivers.foreseen(EXCHANGES[declaration.exchange], declaration, now_ms)


def seen_from(declaration: AccountDeclaration, own: tuple[str, ...]) -> tuple[Finding, ...]:
    """Whether the file lists this machine's addresses; the exchange is not asked for its list."""
    told = Told(EXCHANGES[declaration.exchange], (), None)
    return tuple(own_ip(told, declaration, own))


def unseen(venue: Venue, declaration: AccountDeclaration) -> Finding:
    """What is left to say where nothing can be asked: what no file may declare, and a warning."""
    if Permission.WITHDRAW in declaration.permissions:
        return declares_withdraw()
    fact = (
        f"{declaration.exchange} does not tell at `{venue}` what a key may do: neither its "
        "permissions nor its addresses are audited"
    )
    return Finding("permissions", Verdict.WARNING, fact, f"use a key that was made for `{venue}`")


def refusals(found: tuple[Finding, ...]) -> list[Finding]:
    """Those that forbid the key."""
    return [finding for finding in found if finding.verdict is Verdict.REFUSED]


def warnings(found: tuple[Finding, ...]) -> list[Finding]:
    """Those that a person is told of at the start."""
    return [finding for finding in found if finding.verdict is Verdict.WARNING]


def _not_audited(exchange: str) -> Finding:
    known = ", ".join(f"`{name}`" for name in sorted(_READERS))
    fact = f"runner cannot look into keys of `{exchange}`"
    return Finding("permissions", Verdict.REFUSED, fact, f"not supported yet; there is {known}")
