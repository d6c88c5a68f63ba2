"""The shape of `accounts:`."""

from __future__ import annotations

from runner.model.accounts import WAIVABLE
from runner.rules.forms import (
    ADDRESS,
    AMOUNT,
    COUNT,
    DATE,
    DURATION,
    LEVERAGE,
    REFERENCE,
    TEXT,
    WORD,
)
from runner.rules.shape import Choice, Field, Listing, Record

# Which of them an exchange has is `CREDENTIALS` of model/accounts.py.
CREDENTIALS_SHAPE = Record(
    {
        "api_key": Field(REFERENCE, "Where the API key is kept.", "env:BINANCE_KEY"),
        "api_secret": Field(REFERENCE, "Where its secret is kept.", "env:BINANCE_SECRET"),
        "passphrase": Field(
            REFERENCE, "Where its passphrase is kept, at exchanges that have one.", "env:OKX_PHRASE"
        ),
        "wallet_address": Field(
            REFERENCE, "Where the address is kept, in place of an API key.", "env:WALLET_ADDRESS"
        ),
        "private_key": Field(
            REFERENCE, "Where its agent's key is kept, in place of a secret.", "env:WALLET_AGENT"
        ),
    }
)
_NEXT = Record(
    {
        **CREDENTIALS_SHAPE.fields,
        "created": Field(
            DATE, "The day this key was made, where the exchange does not tell.", '"2026-11-20"'
        ),
    }
)
_UNVERIFIABLE = Record(
    {
        "check": Field(
            Choice(WAIVABLE, never=dict.fromkeys(("ip_bound", "withdraw"), "R303")),
            "The check that a person does instead.",
            "ip_list",
            True,
        ),
        "reason": Field(TEXT, "Why the exchange cannot.", "Binance does not return it", True),
        "until": Field(DATE, "The last day of the waiver, in UTC.", '"2027-03-01"', True),
    }
)
_ROTATION = Record(
    {
        "max_age": Field(DURATION, "How old the key may become.", "90d", True),
        "warn": Field(DURATION, "How long before that a start warns.", "14d"),
    }
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
            CREDENTIALS_SHAPE, "References to the key, never the key.", "{api_key: …}", True
        ),
        "next": Field(
            _NEXT,
            "The key after this one: it signs from the moment it passes the audit.",
            "{api_key: …}",
        ),
        "permissions": Field(
            Listing(
                Choice(
                    ("read", "spot", "margin", "futures", "options", "trade_bundle"),
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
        "unverifiable": Field(
            Listing(_UNVERIFIABLE),
            "Checks of the key that the exchange cannot answer, each waived for a while.",
            '[{check: ip_list, reason: "…", until: "2027-03-01"}]',
        ),
        "rotation": Field(
            _ROTATION, "How often the key is made anew.", "{max_age: 90d, warn: 14d}"
        ),
        "created": Field(
            DATE, "The day the key was made, where the exchange does not tell.", '"2026-09-01"'
        ),
        "limits": Field(
            _LIMITS,
            "Hard limits for entries, none unless written; exits meet none.",
            "{max_order: 1000 USDT}",
        ),
    },
    later=frozenset({"egress"}),
)
