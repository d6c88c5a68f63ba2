"""Kraken spot: `GetApiKeyInfo` is HTTP POST, and leaves by a last check of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.dialect import Spoken
from runner.exchange.kraken.words import WORDS
from runner.exchange.lastcheck.kraken import check_question
from runner.exchange.reading import fields, whole
from runner.exchange.untraded import Untraded


class Kraken(Untraded):
    """What it tells of a key."""

    __slots__ = ()

    async def key_facts(self) -> Mapping[str, Any]:
        """The whole answer, which `keys/kraken.py` reads."""
        return await self._line.asking.read(
            "the key's permissions",
            "privatePostGetApiKeyInfo",
            {},
            fields,
            verb="audit",
            check=check_question,
        )


def _time(document: Any) -> int:
    return whole(fields(document).get("result"), "unixtime") * 1_000


SPOKEN = Spoken(
    dialect=Kraken,
    words=WORDS,
    time=lambda _: Time("publicGetTime", _time),
    market_id=str,
    window_ms=60_000,  # nothing is timed there; what is told of a key is judged by this clock
)
