"""The shape of `kind: settings` files: what the operator lets rule files use.

`schemas/settings.schema.json` is generated from here (a test compares them); `check.py` judges by
it.
"""

from __future__ import annotations

import json
from dataclasses import replace

from runner.rules.forms import ADDRESS, AMOUNT, COUNT, LEVERAGE, REFERENCE
from runner.rules.settings import STAKES
from runner.rules.shape import Choice, Either, Field, Form, Listing, Named, Record, json_schema

#: The key that speaks of every account.
ANY = "*"

_ACCOUNT_OR_ANY = r"^(?:\*|[a-z_][a-z0-9_]{0,63})$"
#: Providers whose references may be listed by how they begin; a program is always named whole.
STARRED = ("aws-sm", "credential", "dotenv", "env", "file", "keyring", "vault")
LISTED = Form(
    "listed-reference",
    "a reference, such as `env:BINANCE_KEY`, or how several begin, such as `env:BINANCE_*`",
    rf"{REFERENCE.pattern}|^(?:{'|'.join(STARRED)}):[^\s*#]*\*$(?!\n)",
    secret=True,
)
DIGEST = Form(
    "digest", "the quoted digest that `runner show` tells, of 64 characters", r"^[0-9a-f]{64}$"
)
URL = Form(
    "url", "an address that begins with `https://`", r"^https://[A-Za-z0-9.-]+(?::[0-9]+)?/\S*$"
)
# As in rule files, but that there are no params here.
_AMOUNT, _COUNT, _LEVERAGE = (replace(form, param=False) for form in (AMOUNT, COUNT, LEVERAGE))

LIMITS = Record(
    {
        "max_order": Field(_AMOUNT, "The most one entry may be worth.", "1000 USDT"),
        "max_exposure": Field(
            _AMOUNT, "The most all positions and open orders may be worth.", "5000 USDT"
        ),
        "max_orders_per_minute": Field(_COUNT, "Orders in one UTC minute.", "20"),
        "max_leverage": Field(_LEVERAGE, "The most `position.leverage` may be.", "2x"),
    },
    at_least_one=("max_order", "max_exposure", "max_orders_per_minute", "max_leverage"),
)
_REFERENCES = Listing(LISTED)
_EGRESS = Record(
    {
        "addresses": Field(
            Listing(ADDRESS), "Addresses from which this machine calls.", "[203.0.113.7]"
        ),
        "url": Field(
            URL, "What answers with this machine's address, and nothing else.", "https://…/"
        ),
    },
    exactly_one=("addresses", "url"),
)
SETTINGS = Record(
    {
        "version": Field(Choice((1,)), "Version of the rule language.", "1", True),
        "kind": Field(Choice(("settings",)), "What the file declares.", "settings", True),
        "environment": Field(
            Choice(tuple(STAKES)), "The highest environment that may be run.", "testnet", True
        ),
        "references": Field(
            Either(
                sequence=_REFERENCES,
                mapping=Named(
                    _REFERENCES,
                    "What this account may use; `*` is every account.",
                    "main: [env:BINANCE_KEY, env:BINANCE_SECRET]",
                    keys=_ACCOUNT_OR_ANY,
                ),
            ),
            "What credentials of rule files may refer to: of every account, or by its name.",
            "[env:BINANCE_KEY, env:BINANCE_SECRET]",
            True,
        ),
        "limits": Field(
            Named(
                LIMITS,
                "The most that this account may do; `*` is every account.",
                '"*": {max_order: 1000 USDT}',
                keys=_ACCOUNT_OR_ANY,
            ),
            "Limits by account; of these and the rule file's the smaller value counts.",
            '{"*": {max_order: 1000 USDT}}',
        ),
        "digests": Field(
            Listing(DIGEST), "The only files that trade live, as `runner show` names them.", '["…"]'
        ),
        "egress": Field(
            _EGRESS, "Where this machine's own address is known from.", "{addresses: […]}"
        ),
    },
    later=frozenset({"hosts", "plugins"}),
)


def schema_text_of_settings() -> str:
    """The JSON Schema that editors read, as `schemas/settings.schema.json` holds it."""
    doc = "What the operator of `runner` lets rule files use."
    schema = json_schema(SETTINGS, "runner settings file", doc)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
