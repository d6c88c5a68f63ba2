"""aiohttp as every request to an exchange uses it: with authorities that are named.

aiohttp reads the system's list of authorities while it is imported, for requests that name none: a
tenth of a whole live start. Here it is imported without. Its own context trusts nobody then: what
forgot to name authorities reaches no server. Whoever needs aiohttp takes it from here, so that this
import comes first.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import certifi

from runner.exchange.transport import Transport

__all__ = ["aiohttp", "connector"]


@contextmanager
def _nobody_trusted() -> Iterator[None]:
    made = ssl.create_default_context

    def bare(*_: Any, **__: Any) -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    vars(ssl)["create_default_context"] = bare
    try:
        yield
    finally:
        vars(ssl)["create_default_context"] = made


with _nobody_trusted():
    import aiohttp


def connector(transport: Transport | None) -> aiohttp.TCPConnector:
    """The way there; without one of a replay certifi's authorities are trusted, and no others."""
    if transport is not None:
        return aiohttp.TCPConnector(
            ssl=transport.ssl_context, resolver=transport.resolver, use_dns_cache=False
        )
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certifi.where()))
