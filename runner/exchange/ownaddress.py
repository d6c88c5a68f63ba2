"""From which addresses this machine calls: what the operator says, or what an address answers.

Nobody is asked whom the operator has not named. The one asked is told nothing: no key, no name.
"""

from __future__ import annotations

from ipaddress import ip_address

from runner.exchange.connecting import aiohttp, connector
from runner.exchange.transport import Transport
from runner.model.accounts import Egress

_TIMEOUT_S = 10.0
_LONGEST = 64  # an address of version 6 has 39 characters


async def own_addresses(egress: Egress, transport: Transport | None = None) -> tuple[str, ...]:
    """All that is known; empty where nobody says, or what is said is no address."""
    if not egress.url:
        return egress.addresses
    try:
        text = await _answer(egress.url, transport)
        return (str(ip_address(text.strip())),)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return ()


async def _answer(url: str, transport: Transport | None) -> str:
    """The text of a short answer; ValueError where it is another one."""
    way, timeout = connector(transport), aiohttp.ClientTimeout(total=_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(connector=way, timeout=timeout) as http,
        http.get(url, allow_redirects=False, headers={"User-Agent": "runner"}) as response,
    ):
        content = b""
        while len(content) <= _LONGEST and (part := await response.content.read(_LONGEST)):
            content += part  # half an address may be one, too
        if response.status != 200 or len(content) > _LONGEST:
            raise ValueError("no address")
        return content.decode("ascii")
