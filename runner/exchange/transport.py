"""How the ccxt door reaches an exchange that is not found by its public name."""

from __future__ import annotations

from ssl import SSLContext
from typing import TYPE_CHECKING

from runner.model.values import dataclass

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver


@dataclass(frozen=True, slots=True)
class Transport:
    """`resolver` says where a host name lives, `ssl_context` whose certificates are trusted."""

    resolver: AbstractResolver
    ssl_context: SSLContext
