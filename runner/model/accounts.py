"""What a rule file declares about an account: whose key, what it may do, and its limits."""

from __future__ import annotations

from collections.abc import Mapping, Set
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
    TRADE_BUNDLE = "trade_bundle"  # one box of the exchange for what `BUNDLES` lists


_KEY = ("api_key", "api_secret")
_KEY_AND_PASSPHRASE = (*_KEY, "passphrase")
_WALLET = ("wallet_address", "private_key")
#: The fields of `credentials`, by exchange; all of them, and no others.
CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "binance": _KEY,
    "bingx": _KEY,
    "bitget": _KEY_AND_PASSPHRASE,
    "bybit": _KEY,
    "coinbase": _KEY,
    "deribit": _KEY,
    "gate": _KEY,
    "hyperliquid": _WALLET,
    "kraken": _KEY,
    "kucoin": _KEY_AND_PASSPHRASE,
    "okx": _KEY_AND_PASSPHRASE,
}
_P = Permission
#: What `trade_bundle` covers, by exchange: keys there cannot have one of these without the others.
BUNDLES: Mapping[str, frozenset[Permission]] = {
    "bitget": frozenset({_P.SPOT, _P.MARGIN, _P.FUTURES}),
    "coinbase": frozenset({_P.SPOT, _P.FUTURES}),
    "deribit": frozenset({_P.SPOT, _P.FUTURES, _P.OPTIONS}),
    "hyperliquid": frozenset({_P.SPOT, _P.FUTURES}),
    "kraken": frozenset({_P.SPOT, _P.MARGIN}),
    "okx": frozenset({_P.SPOT, _P.MARGIN, _P.FUTURES, _P.OPTIONS, _P.TRANSFER}),
}
#: Exchanges that bundle for one kind of account, and tell permissions apart for another.
BUNDLES_OR_APART = frozenset({"bitget"})  # unified accounts; classic ones


def allows(declared: Set[Permission], exchange: str, needed: Permission) -> bool:
    """Whether a key with the declared permissions may do what needs `needed`.

    `trade_bundle` covers trading of every kind that the exchange bundles; never a transfer.
    """
    bundled = BUNDLES.get(exchange, frozenset()) - {Permission.TRANSFER}
    return needed in declared or (Permission.TRADE_BUNDLE in declared and needed in bundled)


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


#: Checks of a key that `unverifiable` may name: that it cannot withdraw, and that it is bound to
#: addresses, is never among them.
WAIVABLE = ("created", "expires", "ip_list", "own_ip", "permissions", "transfer")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A check that a person does instead of the exchange, up to and including a day in UTC."""

    check: str
    reason: str
    until: str  # 2027-03-01


@dataclass(frozen=True, slots=True)
class Rotation:
    """How old a key may become, and how long before that a person is told."""

    max_age_ms: int
    warn_ms: int


@dataclass(frozen=True, slots=True)
class NextKey:
    """The key that will sign in place of the one in `credentials`; fields as there."""

    credentials: tuple[tuple[str, str], ...]
    created: str | None = None  # the day it was made, where the exchange does not tell


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
    unverifiable: tuple[Waiver, ...] = ()
    rotation: Rotation | None = None  # `None`: a key may become as old as it likes
    created: str | None = None  # the day the key was made, where the exchange does not tell
    next: NextKey | None = None


@dataclass(frozen=True, slots=True)
class Egress:
    """Whence this machine's own address is known: it is named, or told by an address to ask."""

    addresses: tuple[str, ...] = ()
    url: str = ""  # empty: nobody is asked


#: Nothing is known of it.
NOWHERE = Egress()
