"""Issues the third pass: this key may do what the file declares, and nothing else.

In: what the exchange tells about the key, what the file declares. Out: an `AuditedKey`, or all that
was found if any of it refuses. What cannot be read is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.exchange.keys import binance
from runner.exchange.keys.finding import Finding, Verdict
from runner.model.accounts import AccountDeclaration, Permission

_AUDITS: Mapping[str, Callable[[object, AccountDeclaration], tuple[Finding, ...]]] = {
    "binance": binance.findings,
}


@dataclass(frozen=True, slots=True)
class AuditedKey:
    """A key that may trade and cannot withdraw; constructed by `audit` only."""

    exchange: str
    account: str
    permissions: frozenset[Permission]
    findings: tuple[Finding, ...]  # ok, warning or cannot_verify

    def __post_init__(self) -> None:
        if not self.findings or refusals(self.findings):
            raise ValueError("a key that was refused, or not looked at, is no audited key")


def audit(
    exchange: str, facts: object, declaration: AccountDeclaration
) -> AuditedKey | tuple[Finding, ...]:
    """`facts` as the exchange told them (`Client.key_facts`)."""
    look = _AUDITS.get(exchange)
    if look is None:
        return (_not_audited(exchange),)
    found = look(facts, declaration)
    if refusals(found):
        return found
    return AuditedKey(exchange, declaration.name, declaration.permissions, found)


def refusals(found: tuple[Finding, ...]) -> list[Finding]:
    """Those that forbid the key."""
    return [finding for finding in found if finding.verdict is Verdict.REFUSED]


def _not_audited(exchange: str) -> Finding:
    known = ", ".join(f"`{name}`" for name in sorted(_AUDITS))
    fact = f"runner cannot look into keys of `{exchange}`"
    return Finding("permissions", Verdict.REFUSED, fact, f"not supported yet; there is {known}")
