"""Hyperliquid: an agent signs for a wallet. Both are asked about by address; no key is sent.

The agent's address is derived from its private key by the library (`OWN_AGENT`), which asks and
does not sign. All questions are HTTP POST to one path, and leave by a last check of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.dialect import Spoken
from runner.exchange.hyperliquid.words import WORDS
from runner.exchange.keys.hyperliquid import AGENTS, ROLE
from runner.exchange.lastcheck.hyperliquid import check_question, check_time
from runner.exchange.library import OWN_AGENT, OWN_WALLET
from runner.exchange.reading import fields, listed, whole
from runner.exchange.untraded import Untraded

_INFO = "publicPostInfo"


class Hyperliquid(Untraded):
    """What it tells of an agent."""

    __slots__ = ()

    async def key_facts(self) -> Mapping[str, Any]:
        """Whose the private key is, and the wallet's entry of it; `keys/hyperliquid.py` reads."""
        role = await self._told(ROLE, OWN_AGENT, fields)
        return {ROLE: role, AGENTS: await self._told(AGENTS, OWN_WALLET, listed)}

    async def _told(self, question: str, user: object, read: Any) -> Any:
        check = partial(check_question, venue=self._line.venue)
        asked = {"type": question, "user": user}
        return await self._line.asking.read(
            "the agent's rights", _INFO, asked, read, verb="audit", check=check
        )


def _time(document: Any) -> int:
    time = fields(document).get("time")
    return int(time) if isinstance(time, str) and time.isdecimal() else whole(document, "time")


SPOKEN = Spoken(
    dialect=Hyperliquid,
    words=WORDS,
    time=lambda _: Time(_INFO, _time, {"type": "exchangeStatus"}, check_time),
    market_id=str,
    window_ms=60_000,  # nothing is timed there; what is told of a key is judged by this clock
)
