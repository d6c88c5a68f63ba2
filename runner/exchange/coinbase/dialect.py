"""Coinbase Advanced Trade: keys of its Developer Platform, a name and a private key in PEM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.coinbase.words import WORDS
from runner.exchange.dialect import Spoken
from runner.exchange.reading import fields, number
from runner.exchange.untraded import Untraded


class Coinbase(Untraded):
    """What it tells of a key."""

    __slots__ = ()

    async def key_facts(self) -> Mapping[str, Any]:
        """The answer, which `keys/coinbase.py` reads."""
        return await self._line.asking.read(
            "the key's permissions",
            "v3PrivateGetBrokerageKeyPermissions",
            {},
            fields,
            verb="audit",
        )


SPOKEN = Spoken(
    dialect=Coinbase,
    words=WORDS,
    time=lambda _: Time("v3PublicGetBrokerageTime", lambda it: int(number(it, "epochMillis"))),
    market_id=str,
    window_ms=120_000,  # a signed token ends then (docs.cdp.coinbase.com, authentication)
)
