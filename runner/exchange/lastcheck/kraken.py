"""The last look at Kraken's question about a key, which is HTTP POST as its orders are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.model.errors import Halt

_URL = "https://api.kraken.com/0/private/GetApiKeyInfo"
_BODY = re.compile(rb"nonce=[0-9]{13,19}")


def check_question(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> None:
    """It is this question and no other, and says nothing beside its nonce."""
    if (method, url) != ("POST", _URL) or not _BODY.fullmatch(body or b""):
        raise Halt("the request is not kraken's question about a key; nothing was sent")
