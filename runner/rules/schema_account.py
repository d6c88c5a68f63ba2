"""The shape of `accounts:`."""

from __future__ import annotations

from runner.rules.forms import ADDRESS, AMOUNT, COUNT, LEVERAGE, REFERENCE, WORD
from runner.rules.shape import Choice, Field, Listing, Record

_CREDENTIALS = Record(
    {
        "api_key": Field(REFERENCE, "Where the API key is kept.", "env:BINANCE_KEY", True),
        "api_secret": Field(REFERENCE, "Where its secret is kept.", "env:BINANCE_SECRET", True),
    },
    later=frozenset({"passphrase", "private_key", "wallet_address"}),
)
_LIMITS = Record(
    {
        "max_order": Field(AMOUNT, "The most one entry may be worth.", "1000 USDT"),
        "max_exposure": Field(
            AMOUNT, "The most all positions and open orders may be worth.", "5000 USDT"
        ),
        "max_orders_per_minute": Field(COUNT, "Orders in one UTC minute.", "20"),
        "max_leverage": Field(
            LEVERAGE, "The most `position.leverage` may be; `1x` by default, always on spot.", "3x"
        ),
    }
)
ACCOUNT = Record(
    {
        "exchange": Field(WORD, "The exchange, by its ccxt name.", "binance", True),
        "venue": Field(Choice(("live", "testnet", "demo")), "Where the key belongs.", "live", True),
        "credentials": Field(
            _CREDENTIALS, "References to the key, never the key.", "{api_key: …}", True
        ),
        "permissions": Field(
            Listing(
                Choice(
                    ("read", "spot", "margin", "futures", "options"),
                    never=dict.fromkeys(("withdraw", "transfer"), "R303"),
                )
            ),
            "Exactly what the key may do; a key that can do more, or less, is refused.",
            "[read, spot]",
            True,
        ),
        "ip_allowlist": Field(
            Listing(ADDRESS), "Addresses and networks the key is bound to.", "[203.0.113.7]"
        ),
        "limits": Field(
            _LIMITS,
            "Hard limits for entries, none unless written; exits meet none.",
            "{max_order: 1000 USDT}",
        ),
    },
    later=frozenset({"egress", "next", "rotation", "unverifiable"}),
)
