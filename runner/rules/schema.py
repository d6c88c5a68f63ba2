"""The shape of rule files, once: every key with its meaning, and what later versions will take.

`schemas/rule.schema.json` is generated from here (a test compares them); `check.py` judges by it.
"""

from __future__ import annotations

from typing import Any

from runner.rules.forms import (
    AMOUNT,
    ARGUMENT,
    BARS,
    EXPRESSION,
    FILE_NAME,
    PARAM,
    SYMBOL,
    TEXT,
    TIMEFRAME,
    TIMEZONE,
    WORD,
)
from runner.rules.schema_account import ACCOUNT
from runner.rules.schema_entry import ENTRY
from runner.rules.schema_exit import EXIT
from runner.rules.schema_running import (
    BACKTEST,
    BLACKOUT,
    INPUT,
    ON_STOP,
    POSITION,
    PROTECTION,
    SCHEDULE,
    SESSION,
)
from runner.rules.shape import Choice, Either, Field, Listing, Named, Record, Switch, json_schema

#: Kinds of rule file; the ones without a shape come later.
KINDS = {"strategy": "strategy"}
LATER_KINDS = frozenset({"accounts", "jobs", "spread"})

_PARAM = Record(
    {
        "default": Field(PARAM, "The value used unless the command line sets another.", "14", True),
        "min": Field(PARAM, "The smallest value allowed.", "2"),
        "max": Field(PARAM, "The largest value allowed.", "100"),
    },
    later=frozenset({"step"}),
)
_INDICATOR = Record(
    {
        "value": Field(EXPRESSION, "What the name stands for.", "ema(close, 50)", True),
        "timeframe": Field(TIMEFRAME, "Slower bars to read; its last closed bar counts.", "4h"),
        "symbol": Field(SYMBOL, "Another symbol to read.", "ETH/USDT"),
    }
)
_FUNCTION = Record(
    {
        "arguments": Field(
            Listing(ARGUMENT), "Names for what a call gives, in its order.", "[a, b]", True
        ),
        "value": Field(EXPRESSION, "What a call of the name stands for.", "a / b - 1", True),
    }
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
            Named(ACCOUNT, "An account.", "main: {exchange: binance, …}"),
            "Accounts by name.",
            "{main: …}",
            True,
        ),
        "account": Field(WORD, "The account that trades, by its name above.", "main", True),
        "market": Field(
            Choice(("spot", "futures"), frozenset({"margin"})), "What is traded.", "spot", True
        ),
        "symbols": Field(
            Listing(SYMBOL), "What to trade, all in one quote currency.", "[BTC/USDT]", True
        ),
        "timeframe": Field(TIMEFRAME, "Length of a bar.", "1h", True),
        "timezone": Field(
            TIMEZONE, "Of days and of `hour`, `minute`, `weekday`; UTC by default.", "UTC"
        ),
        "capital": Field(
            AMOUNT, "All this file may use; the account's equity by default.", "10000 USDT"
        ),
        "params": Field(
            Named(Either(scalar=PARAM, mapping=_PARAM), "A number with a name.", "fast: 12"),
            "Numbers that expressions use by name and the command line may set.",
            "{fast: 12}",
        ),
        "functions": Field(
            Named(_FUNCTION, "A function.", "spread: {arguments: [a, b], value: …}"),
            "Expressions with arguments; later ones may call earlier ones.",
            "{spread: {arguments: [a, b], value: a / b - 1}}",
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
        "inputs": Field(
            Named(INPUT, "Numbers of a file, as a series.", "fear: {file: fear.csv, …}"),
            "Series from CSV files that expressions use by name.",
            "{fear: {file: fear.csv, column: value, lag: 1d}}",
        ),
        "sessions": Field(
            Named(SESSION, "A span of the day.", 'us: {from: "13:30", to: "20:00"}'),
            "Spans of local time by name.",
            '{us: {days: MON-FRI, from: "13:30", to: "20:00"}}',
        ),
        "position": Field(POSITION, "How positions are held.", "{max_open: 2}"),
        "entry": Field(ENTRY, "When to enter, and how large.", "{long: …}", True),
        "exit": Field(EXIT, "What ends a position.", "{stop_loss: …}"),
        "reverse": Field(
            Switch(),
            "Whether an exit may be followed by the opposite entry at once; `true` by default.",
            "false",
        ),
        "protections": Field(
            Listing(PROTECTION), "What pauses entries.", "[{cooldown: {for: 3 bars}}]"
        ),
        "blackout": Field(
            Listing(BLACKOUT),
            "No entries around the instants of a calendar.",
            "[{calendar: news.csv, before: 30m, after: 30m}]",
        ),
        "on_stop": Field(ON_STOP, "What is left behind when the runner stops.", "{entries: keep}"),
        "schedule": Field(SCHEDULE, "When the rules are looked at.", "{every: bar_close}"),
        "max_gap": Field(
            BARS, "After more missing bars entries wait one lookback; 12 by default.", "12 bars"
        ),
        "backtest": Field(BACKTEST, "What a simulation assumes.", "{slippage: 0.01%}"),
    },
    later=frozenset({"environments", "include", "mode", "notify", "universe"}),
)


def rule_schema() -> dict[str, Any]:
    """The JSON Schema that editors read, as `schemas/rule.schema.json` holds it."""
    from runner.rules.schema_defaults import with_defaults  # which compiles a file by this table

    schema = json_schema(STRATEGY, "runner rule file", "A strategy that `runner` trades.")
    return with_defaults(schema)


def rule_schema_text() -> str:
    """The same as the text of the file."""
    import json

    return json.dumps(rule_schema(), indent=2, ensure_ascii=False) + "\n"
