"""The third pass, asked for at the exchange: what the key may do there, judged."""

from __future__ import annotations

from collections.abc import Callable

from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey, audit
from runner.model.accounts import AccountDeclaration
from runner.model.errors import KeyRefused


async def audited(
    client: Client,
    declaration: AccountDeclaration,
    clock: Callable[[], int],
    own: tuple[str, ...] = (),
) -> AuditedKey:
    """The third pass, or Refused with what the key may do and what to change.

    `own`: from which addresses this machine calls, as far as that is known.
    """
    facts = await client.key_facts()
    verdict = audit(declaration.exchange, client.venue, facts, declaration, clock(), own)
    if isinstance(verdict, AuditedKey):
        return verdict
    refused = [finding for finding in verdict if finding.verdict == "refused"]
    texts = "; ".join(f"{finding.fact}: {finding.help}" for finding in refused or verdict)
    raise KeyRefused(f"the key of account `{declaration.name}` is refused: {texts}")
