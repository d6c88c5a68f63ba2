"""What a rule file declares about an account: whose key, what it may do, and its limits."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from runner.model.values import dataclass


class Permission(StrEnum):
    """What a key may do, in our words."""

    READ = "read"
    SPOT = "spot"
    MARGIN = "margin"
    FUTURES = "futures"
    OPTIONS = "options"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"


class Venue(StrEnum):
    """Where a key belongs."""

    LIVE = "live"
    TESTNET = "testnet"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of an account for new exposure, in quote currency; `None`: not declared.

    Exits and protective orders meet none of them.
    """

    max_order: Decimal | None
    max_exposure: Decimal | None
    max_orders_per_minute: int | None
    max_leverage: Decimal | None = None  # `None` is 1


@dataclass(frozen=True, slots=True)
class AccountDeclaration:
    """One entry of `accounts:`; `credentials` maps a field to its reference, never to a secret."""

    name: str
    exchange: str
    venue: Venue
    credentials: tuple[tuple[str, str], ...]
    permissions: frozenset[Permission]
    ip_allowlist: tuple[str, ...]
    limits: Limits
