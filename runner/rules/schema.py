"""The shape of rule files, once: every key with its meaning, and what later versions will take.

`schemas/rule.schema.json` is generated from here (a test compares them); `check.py` judges by it.
"""

from __future__ import annotations

from typing import Any

from runner.rules.forms import (
    ADDRESS,
    AMOUNT,
    AMOUNT_SIZE,
    BARS,
    COUNT,
    DURATION,
    EXPRESSION,
    FILE_NAME,
    FRACTION_SIZE,
    LEVERAGE,
    PARAM,
    PERCENTAGE,
    REFERENCE,
    SPEND_SIZE,
    STEP,
    SYMBOL,
    TARGET,
    TEXT,
    TIMEFRAME,
    WORD,
)
from runner.rules.shape import Choice, Either, Field, Listing, Named, Record, json_schema

#: Kinds of rule file; the ones without a shape come later.
KINDS = {"strategy": "strategy"}
LATER_KINDS = frozenset({"accounts", "jobs", "settings", "spread", "test"})


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
        "max_leverage": Field(LEVERAGE, "On spot `1x`, which is also the default.", "1x"),
    }
)
_ACCOUNT = Record(
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
            _LIMITS, "Hard limits for entries; exits meet none.", "{max_order: 1000 USDT}"
        ),
    },
    later=frozenset({"egress", "next", "rotation", "unverifiable"}),
)
_PARAM = Record(
    {
        "default": Field(PARAM, "The value used unless the command line sets another.", "14", True),
        "min": Field(PARAM, "The smallest value allowed.", "2"),
        "max": Field(PARAM, "The largest value allowed.", "100"),
    },
    later=frozenset({"step"}),
)
_INDICATOR = Record(
    {"value": Field(EXPRESSION, "What the name stands for.", "ema(close, 50)", True)},
    later=frozenset({"symbol", "timeframe"}),
)
_CONDITION = Either(
    scalar=EXPRESSION,
    mapping=Record(
        {
            "all": Field(
                Listing(
                    Either(
                        scalar=EXPRESSION,
                        mapping=Named(
                            EXPRESSION, "A condition by name.", "cross: close > open", single=True
                        ),
                    )
                ),
                "Conditions that must all be true; a name makes one readable in the trace.",
                "[close > open]",
                True,
            )
        }
    ),
)
_SIZE = Record(
    {
        "risk": Field(FRACTION_SIZE, "Part of the capital that is lost at the stop.", "1%"),
        "equity": Field(FRACTION_SIZE, "Worth of the position, as part of the capital.", "50%"),
        "notional": Field(AMOUNT_SIZE, "Worth of the position in quote currency.", "1000 USDT"),
        "quantity": Field(AMOUNT_SIZE, "Size of the position in base currency.", "0.1 BTC"),
        "spend": Field(
            SPEND_SIZE, "What is paid, fee included: an amount or part of the capital.", "100 USDT"
        ),
        "at_most": Field(AMOUNT, "An entry worth more is denied.", "5000 USDT"),
        "when_over": Field(
            Choice(("cut",)), "Cut the entry down to `at_most` in place of denying it.", "cut"
        ),
    },
    later=frozenset({"volatility"}),
    exactly_one=("risk", "equity", "notional", "quantity", "spend"),
    needs={"when_over": "at_most"},
)
_ORDER = Record(
    {
        "type": Field(
            Choice(("market",), frozenset({"limit", "stop", "stop_limit"})),
            "How the entry is ordered.",
            "market",
            True,
        )
    },
    later=frozenset({"post_only", "price", "timeout", "when_unfilled"}),
)
_ENTRY_LONG = Record(
    {
        "when": Field(_CONDITION, "When to buy.", "close > open", True),
        "fire": Field(
            Choice(("on_rise", "while_true")),
            "`on_rise` (default): at the bar where the condition becomes true; "
            "`while_true`: at every bar where it is true.",
            "on_rise",
        ),
        "size": Field(_SIZE, "How much to buy.", "{risk: 1%}", True),
        "order": Field(_ORDER, "How to order it; a market order by default.", "{type: market}"),
    },
    later=frozenset({"add", "prefer", "valid_for"}),
)
_ENTRY = Record(
    {"long": Field(_ENTRY_LONG, "Buying.", "{when: …}", True)},
    later=frozenset({"sessions", "short"}),
)
_STOP = Record(
    {
        "distance": Field(
            EXPRESSION,
            "How far below the fill: `2%` of it, `100 USDT`, or an expression in quote currency.",
            "2 * atr(14)",
        ),
        "price": Field(EXPRESSION, "The stop's price.", "lowest(low, 10)"),
    },
    later=frozenset({"trigger_by"}),
    exactly_one=("distance", "price"),
)
_TARGET = Record(
    {
        "distance": Field(
            TARGET,
            "How far above the fill: `2R`, `2%`, `100 USDT`, or an expression in quote currency.",
            "2R",
        ),
        "price": Field(EXPRESSION, "The target's price.", "highest(high, 50)"),
    },
    later=frozenset({"close", "from", "trigger_by"}),
    exactly_one=("distance", "price"),
)
_EXIT = Record(
    {
        "stop_loss": Field(_STOP, "Where the position is given up.", "{distance: 2 * atr(14)}"),
        "take_profit": Field(
            Either(mapping=_TARGET, sequence=Listing(_TARGET)),
            "Where the gain is taken; one target.",
            "{distance: 2R}",
        ),
        "long": Field(
            Record(
                {"when": Field(_CONDITION, "When to sell.", "close < open", True)},
                later=frozenset({"close"}),
            ),
            "A rule that ends the position.",
            "{when: close < open}",
        ),
    },
    later=frozenset({"break_even", "session_end", "short", "time_stop", "trailing_stop"}),
)
_SCHEDULE = Record(
    {
        "every": Field(Choice(("bar_close",)), "Once per closed bar.", "bar_close", True),
        "delay": Field(DURATION, "How long after the close; 2s by default.", "2s"),
        "max_lateness": Field(
            DURATION, "A bar that closed longer ago is not acted on; 5m by default.", "5m"
        ),
    },
)
_BACKTEST = Record(
    {
        "fees": Field(
            Record(
                {
                    "maker": Field(PERCENTAGE, "Fee of an order that rests.", "0.1%", True),
                    "taker": Field(PERCENTAGE, "Fee of an order that fills at once.", "0.1%", True),
                },
                later=frozenset({"paid_in"}),
            ),
            "Fees of the simulation; Binance's spot fees by default.",
            "{maker: 0.1%, taker: 0.1%}",
        ),
        "slippage": Field(
            PERCENTAGE, "How much worse a market order fills; 0% by default.", "0.01%"
        ),
        "initial": Field(
            AMOUNT, "What the simulation begins with; 10000 by default.", "10000 USDT"
        ),
        "market": Field(
            Record(
                {
                    "tick": Field(STEP, "Step of the price.", "0.01", True),
                    "step": Field(STEP, "Step of the quantity.", "0.00001", True),
                    "min_quantity": Field(STEP, "Smallest quantity.", "0.00001", True),
                    "min_notional": Field(STEP, "Smallest worth of an order.", "5", True),
                }
            ),
            "Rules of a market that no shipped snapshot knows.",
            "{tick: 0.01, …}",
        ),
    },
    later=frozenset({"detail_timeframe", "funding"}),
)

STRATEGY = Record(
    {
        "version": Field(Choice((1,)), "Version of the rule language.", "1", True),
        "kind": Field(Choice(tuple(KINDS)), "What the file declares.", "strategy", True),
        "name": Field(
            FILE_NAME, "The file's identity: names positions and orders.", "ema-cross", True
        ),
        "description": Field(TEXT, "What the rules do, for people.", "Hourly EMA cross."),
        "accounts": Field(
            Named(_ACCOUNT, "An account.", "main: {exchange: binance, …}"),
            "Accounts by name.",
            "{main: …}",
            True,
        ),
        "account": Field(WORD, "The account that trades, by its name above.", "main", True),
        "market": Field(
            Choice(("spot",), frozenset({"futures", "margin"})), "What is traded.", "spot", True
        ),
        "symbols": Field(Listing(SYMBOL), "What to trade; one symbol.", "[BTC/USDT]", True),
        "timeframe": Field(TIMEFRAME, "Length of a bar.", "1h", True),
        "capital": Field(
            AMOUNT, "All this file may use; the account's equity by default.", "10000 USDT"
        ),
        "params": Field(
            Named(Either(scalar=PARAM, mapping=_PARAM), "A number with a name.", "fast: 12"),
            "Numbers that expressions use by name and the command line may set.",
            "{fast: 12}",
        ),
        "indicators": Field(
            Named(
                Either(scalar=EXPRESSION, mapping=_INDICATOR),
                "An expression with a name.",
                "atr14: atr(14)",
            ),
            "Named expressions; later ones may use earlier ones.",
            "{atr14: atr(14)}",
        ),
        "entry": Field(_ENTRY, "When to enter, and how large.", "{long: …}", True),
        "exit": Field(_EXIT, "What ends a position.", "{stop_loss: …}"),
        "schedule": Field(_SCHEDULE, "When the rules are looked at.", "{every: bar_close}"),
        "max_gap": Field(
            BARS, "After more missing bars entries wait one lookback; 12 by default.", "12 bars"
        ),
        "backtest": Field(_BACKTEST, "What a simulation assumes.", "{slippage: 0.01%}"),
    },
    later=frozenset(
        {
            "blackout",
            "environments",
            "functions",
            "include",
            "inputs",
            "mode",
            "notify",
            "on_stop",
            "position",
            "protections",
            "reverse",
            "sessions",
            "timezone",
            "universe",
        }
    ),
)


def rule_schema() -> dict[str, Any]:
    """The JSON Schema that editors read, as `schemas/rule.schema.json` holds it."""
    return json_schema(STRATEGY, "runner rule file", "A strategy that `runner` trades.")


def rule_schema_text() -> str:
    """The same as the text of the file."""
    import json

    return json.dumps(rule_schema(), indent=2, ensure_ascii=False) + "\n"
