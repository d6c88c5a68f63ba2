"""Gate: it lists all keys of the main account; others than the own one are dropped at the wire."""

from __future__ import annotations

from typing import Any

from runner.exchange.asking import Time
from runner.exchange.dialect import Spoken
from runner.exchange.gate.words import WORDS
from runner.exchange.reading import listed, whole
from runner.exchange.untraded import Untraded
from runner.model.errors import KeyRefused

_OF_NOBODY = (
    "gate does not list this key among those of the main account: make it there, at Gate → API Key "
    "Management"
)


class Gate(Untraded):
    """What it tells of a key."""

    __slots__ = ()

    async def key_facts(self) -> Any:
        """A list with the own key's entry, which `keys/gate.py` reads."""
        rows = await self._line.asking.read(
            "the key's permissions", "privateAccountGetMainKeys", {}, listed, verb="audit"
        )
        if not rows:
            raise KeyRefused(_OF_NOBODY)
        return rows


SPOKEN = Spoken(
    dialect=Gate,
    words=WORDS,
    time=lambda _: Time("publicSpotGetTime", lambda it: whole(it, "server_time")),
    market_id=str,
    window_ms=60_000,  # further from its clock no request is taken (apiv4, "Authentication")
)
