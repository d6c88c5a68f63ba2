"""The shape of `kind: test` files: candles in, what must come of them out.

`schemas/test.schema.json` is generated from here (a test compares them); `check.py` judges by it.
"""

from __future__ import annotations

import json
from dataclasses import replace

from runner.model.orders import ExitReason, OrderState, OrderType, Purpose, Side
from runner.rules import units
from runner.rules.forms import AMOUNT, COUNT, FILE_PATH, PARAM, PERCENTAGE, SYMBOL, TEXT, WORD
from runner.rules.shape import (
    Choice,
    Either,
    Field,
    Form,
    Listing,
    Named,
    Record,
    Switch,
    json_schema,
)

SIGNALS = ("enter_long", "enter_short", "add", "exit")
FAULTS = ("partial_fill", "reject", "timeout_after_accepting", "timeout_before_accepting")

INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?)?"
_NUMBER = rf"-?{units.NUMBER[1:-1]}"

MOMENT = Form(
    "moment",
    "a bar, such as `bar 25`, a quoted time of its close in UTC, or `end`",
    rf"^(?:bar [1-9][0-9]{{0,5}}|end|{INSTANT})$",
)
BAR = Form("bar", "a bar, such as `bar 26`", r"^bar [1-9][0-9]{0,5}$")
TIME = Form("time", 'a quoted time in UTC, such as `"2024-01-01"`', rf"^{INSTANT}$")
NOTATION = Form("candles", 'candles in short, such as `"100x300 +1x40"`', r"[0-9_]", number=True)
NUMBER = Form(
    "number",
    "a number, or one with a tolerance, such as `100.5 +- 0.1`",
    rf"^{_NUMBER}(?: \+- {units.NUMBER[1:-1]})?$",
    number=True,
)
STOP = Form(
    "stop-price", "a price, such as `95.1`, or `none`", rf"^none$|{NUMBER.pattern}", number=True
)
PRICE = Form("price", "a number", rf"^{units.NUMBER[1:-1]}$", number=True)
#: A test file has no `params` of its own that a `$name` could stand for.
_AMOUNT, _COUNT, _PERCENTAGE = (replace(it, param=False) for it in (AMOUNT, COUNT, PERCENTAGE))
_TIMES = replace(_COUNT, name="times", positive=False)
#: A condition or rule of a strategy, by the end of its path or all of it.
CONDITION_NAME = r"^[a-z_][a-z0-9_.]{0,127}(?:\[[1-9]\](?:\.[a-z0-9_]{1,64})?)?$"

_ROW = Listing(PRICE)
_CANDLES = Record(
    {
        "symbol": Field(SYMBOL, "Whose; the file's first by default.", "ETH/USDT"),
        "close": Field(NOTATION, "Closes, bar by bar.", '"100x300 +1x40"'),
        "rows": Field(Listing(_ROW), "Each bar: open, high, low, close, volume.", "[[1, 2, 1, 2]]"),
        "file": Field(FILE_PATH, "A CSV file of candles.", "crash.csv"),
        "range": Field(
            _PERCENTAGE, "With `close`: highs and lows so far beyond open and close.", "1%"
        ),
        "volume": Field(
            NOTATION, "With `close`: volumes; the last holds on; 1000 by default.", '"10x300 50"'
        ),
    },
    exactly_one=("close", "rows", "file"),
    needs={"range": "close", "volume": "close"},
)
CANDLES = Either(scalar=NOTATION, mapping=_CANDLES, sequence=Listing(_CANDLES))

_SIGNAL = Choice((*SIGNALS, "none"))
_SOME_ORDER = Record(
    {
        "purpose": Field(Choice(tuple(Purpose)), "What it is for.", "entry"),
        "side": Field(Choice(tuple(Side)), "Its direction.", "buy"),
        "type": Field(Choice(tuple(OrderType)), "How it waits.", "limit"),
        "price": Field(NUMBER, "Its fill, else the price it rests at.", "100.5"),
        "quantity": Field(NUMBER, "How much, in base currency.", "0.5"),
        "status": Field(Choice(tuple(OrderState)), "What became of it in the end.", "filled"),
        "filled": Field(BAR, "The bar in which it was filled.", "bar 26"),
        "symbol": Field(SYMBOL, "Whose.", "BTC/USDT"),
    }
)
#: At a bar; whether there is any order at all is asked by `orders: []`, or counted.
_ORDER = replace(
    _SOME_ORDER, at_least_one=tuple(name for name in _SOME_ORDER.fields if name != "symbol")
)
_EVENT = {
    "signal": Field(Choice(SIGNALS), "What the rules wanted at a close.", "enter_long"),
    "order": Field(_SOME_ORDER, "An order that is all of this.", "{side: sell}"),
    "exit": Field(Choice(tuple(ExitReason)), "A fill that ended a position or part.", "stop_loss"),
    "refused": Field(TEXT, "Nothing was entered, and these words stand in why.", "max_order"),
}
_COUNTED = Record(
    {name: known for name, known in _EVENT.items() if name != "refused"},
    exactly_one=("signal", "order", "exit"),
)
_POSITION = Record(
    {
        "side": Field(Choice(("long", "short")), "Which way.", "long"),
        "quantity": Field(NUMBER, "How much, in base currency.", "0.5"),
        "entry_price": Field(NUMBER, "The average fill.", "100.02"),
    },
    at_least_one=("side", "quantity", "entry_price"),
)
_AT = {
    "symbol": Field(SYMBOL, "Whose bar; the file's first symbol by default.", "ETH/USDT"),
    "signal": Field(
        Either(scalar=_SIGNAL, sequence=Listing(_SIGNAL)),
        "All that the rules wanted at its close; `none` for nothing.",
        "enter_long",
    ),
    "conditions": Field(
        Named(Switch(), "Its truth at the close.", "cross: true", keys=CONDITION_NAME),
        "Conditions and rules that are surely true, or surely false, at its close.",
        "{cross: true, exit.long: false}",
    ),
    "undefined": Field(
        Listing(WORD), "Conditions and rules that have no truth at its close.", "[with_trend]"
    ),
    "orders": Field(
        Listing(_ORDER, 0), "All orders decided at its close, in order.", "[{purpose: entry}]"
    ),
    "order": Field(_ORDER, "One of the orders decided at its close.", "{purpose: entry}"),
    "exit": Field(
        Choice((*ExitReason, "none")), "What ended a position, or part of it, in it.", "stop_loss"
    ),
    "position": Field(
        Either(scalar=Choice(("none", "long", "short")), mapping=_POSITION),
        "What is held at its close.",
        "none",
    ),
    "stop": Field(STOP, "The stop in force after its close.", "95.1"),
    "equity": Field(NUMBER, "What all is worth at its close, in quote currency.", "10000"),
    "refused": _EVENT["refused"],
}
EXPECTATION = Record(
    {
        "at": Field(MOMENT, "The bar that all of this is about.", "bar 25"),
        **_AT,
        "never": Field(_COUNTED, "What happens at no bar.", "{signal: enter_short}"),
        "count": Field(_COUNTED, "What happens so often as `equals` says.", "{exit: stop_loss}"),
        "equals": Field(_TIMES, "How often.", "2"),
    },
    exactly_one=("at", "never", "count"),
    needs={**dict.fromkeys(_AT, "at"), "count": "equals", "equals": "count"},
)
_ACCOUNT = Record(
    {
        "equity": Field(_AMOUNT, "What the account begins with.", "1000 USDT"),
        "capital": Field(_AMOUNT, "In place of the strategy's `capital`.", "1000 USDT"),
    }
)
_FAULT = Record(
    {
        "order": Field(Choice(tuple(Purpose)), "Which orders meet it.", "entry", True),
        "fault": Field(
            Choice(FAULTS),
            "What the exchange does: fill a part of it, say no, or not answer after or before "
            "it has accepted the order.",
            "timeout_after_accepting",
            True,
        ),
        "nth": Field(_COUNT, "Which of them, counted from 1; the first by default.", "2"),
        "part": Field(_PERCENTAGE, "Of a partial fill; 50% by default.", "40%"),
    }
)
_PARAMS = Named(PARAM, "The value of a param.", "fast: 5")
_TEST = Record(
    {
        "name": Field(TEXT, "What it shows, as a sentence.", "buys the breakout", True),
        "params": Field(_PARAMS, "Params of the strategy, for this test.", "{fast: 5}"),
        "account": Field(_ACCOUNT, "What the account holds.", "{equity: 1000 USDT}"),
        "start": Field(TIME, "When the first bar opens; 2024-01-01 by default.", '"2024-01-01"'),
        "candles": Field(CANDLES, "The bars of one symbol, or of several.", '"100x300"', True),
        "faults": Field(Listing(_FAULT), "What the exchange does wrong.", "[{order: entry, …}]"),
        "expect": Field(Listing(EXPECTATION), "What must come of it.", "[{at: bar 25, …}]", True),
    }
)
TESTS = Record(
    {
        "version": Field(Choice((1,)), "Version of the rule language.", "1", True),
        "kind": Field(Choice(("test",)), "What the file declares.", "test", True),
        "strategy": Field(TEXT, "The rule file, from this file's folder.", "ema-cross.yaml", True),
        "params": Field(_PARAMS, "Params of the strategy, for all tests.", "{fast: 5}"),
        "tests": Field(Listing(_TEST), "The tests.", "[{name: …}]", True),
    }
)


def schema_text_of_tests() -> str:
    """The JSON Schema that editors read, as `schemas/test.schema.json` holds it."""
    schema = json_schema(TESTS, "runner test file", "Unit tests of a `runner` rule file.")
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
