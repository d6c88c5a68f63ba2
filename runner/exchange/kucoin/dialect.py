"""KuCoin: keys with a passphrase; its contracts have keys of the same kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.dialect import Spoken
from runner.exchange.kucoin.words import WORDS
from runner.exchange.reading import fields, whole
from runner.exchange.untraded import Untraded


class KuCoin(Untraded):
    """What it tells of a key."""

    __slots__ = ()

    async def key_facts(self) -> Mapping[str, Any]:
        """The whole answer, which `keys/kucoin.py` reads."""
        return await self._line.asking.read(
            "the key's permissions", "privateGetUserApiKey", {}, fields, verb="audit"
        )


SPOKEN = Spoken(
    dialect=KuCoin,
    words=WORDS,
    time=lambda _: Time("publicGetTimestamp", lambda it: whole(it, "data")),
    market_id=str,
    window_ms=5_000,  # further from its clock no request is taken (its error 400002)
)
