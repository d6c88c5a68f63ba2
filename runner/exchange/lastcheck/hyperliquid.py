"""The last look at questions to Hyperliquid, which are HTTP POST as its orders are.

Orders, transfers and withdrawals go to `/exchange`; a question goes to `/info` and holds its kind
and an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from runner.model.accounts import Venue
from runner.model.errors import Halt

_URLS = {
    Venue.LIVE: "https://api.hyperliquid.xyz/info",
    Venue.TESTNET: "https://api.hyperliquid-testnet.xyz/info",
}
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")


def check_time(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> None:
    """It asks for the clock, at either venue, and says nothing else."""
    asked = _said(method, url, tuple(_URLS.values()), body)
    if asked != {"type": "exchangeStatus"}:
        raise _other()


def check_question(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, venue: Venue
) -> None:
    """It asks about one address, and holds nothing that is as long as a private key."""
    asked = _said(method, url, (_URLS[venue],), body)
    if set(asked) != {"type", "user"} or asked["type"] not in ("extraAgents", "userRole"):
        raise _other()
    if not isinstance(asked["user"], str) or not _ADDRESS.fullmatch(asked["user"]):
        raise Halt("the question names no address; nothing was sent")


def _said(method: str, url: str, urls: tuple[str, ...], body: bytes | None) -> dict[str, object]:
    try:
        asked = json.loads(body or b"")
    except ValueError:
        asked = None
    if method != "POST" or url not in urls or not isinstance(asked, dict):
        raise _other()
    return asked


def _other() -> Halt:
    return Halt("the request is none of the questions to hyperliquid; nothing was sent")
