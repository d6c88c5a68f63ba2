"""The shape of `entry:`: when to enter, how much, by which order, and what is added later."""

from __future__ import annotations

from runner.rules.forms import (
    ADD_SIZE,
    AMOUNT,
    AMOUNT_SIZE,
    BARS,
    COUNT,
    EXPRESSION,
    FRACTION_SIZE,
    PERCENTAGE,
    SIGNED_PERCENTAGE,
    SPEND_SIZE,
    WORD,
)
from runner.rules.shape import Choice, Either, Field, Listing, Named, Record, Switch

#: A condition, or a list of which all must be true.
CONDITION = Either(
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
            Choice(("market", "limit", "stop"), frozenset({"stop_limit"})),
            "`market` (default), `limit`: at a price or better, `stop`: once a price is touched.",
            "limit",
            True,
        ),
        "price": Field(
            EXPRESSION,
            "Price of a limit order (`close` by default) or a stop order, read on the signal bar.",
            "close - 0.5 * atr(14)",
        ),
        "timeout": Field(BARS, "How long it may rest unfilled; 1 bar by default.", "1 bar"),
        "when_unfilled": Field(
            Choice(("cancel", "market")),
            "At the timeout: `cancel` (default), or enter at `market`.",
            "cancel",
        ),
        "post_only": Field(
            Switch(), "A limit order that would fill at once is rejected instead.", "true"
        ),
    },
)
_ADD = Record(
    {
        "max": Field(COUNT, "Without a list: how many times.", "3", True),
        "when": Field(
            CONDITION, "Without a list: when to add; may read the position.", "profit_r > 1", True
        ),
        "size": Field(
            ADD_SIZE,
            "Without a list: `same` as the first entry (default), or a percentage of it.",
            "same",
        ),
    }
)
_SAFETY_ORDER = Record(
    {
        "at": Field(
            SIGNED_PERCENTAGE,
            "In a list: how far against the position from the first fill.",
            "-1%",
            True,
        ),
        "size": Field(
            PERCENTAGE, "In a list: percentage of the first entry's quantity.", "100%", True
        ),
    }
)


def _entry(what: str) -> Record:
    return Record(
        {
            "when": Field(CONDITION, f"When to {what}.", "close > open", True),
            "fire": Field(
                Choice(("on_rise", "while_true")),
                "`on_rise` (default): at the bar where the condition becomes true; "
                "`while_true`: at every bar where it is true.",
                "on_rise",
            ),
            "valid_for": Field(
                BARS,
                "A rise that could not be taken may be for so long, while it holds; 0 unless set.",
                "3 bars",
            ),
            "prefer": Field(
                EXPRESSION, "Where `max_open` is short, the highest goes first.", "roc(close, 20)"
            ),
            "size": Field(_SIZE, f"How much to {what}.", "{risk: 1%}", True),
            "order": Field(_ORDER, "How to order it; a market order by default.", "{type: market}"),
            "add": Field(
                Either(mapping=_ADD, sequence=Listing(_SAFETY_ORDER)),
                "Adding to the position: by a condition, or by resting orders below each other.",
                "{max: 3, when: profit_r > 1}",
            ),
        }
    )


ENTRY = Record(
    {
        "long": Field(_entry("buy"), "Buying.", "{when: …}"),
        "short": Field(_entry("sell short"), "Selling short; futures only.", "{when: …}"),
        "sessions": Field(
            Listing(WORD), "Names of `sessions` in which entries are decided.", "[us]"
        ),
    },
    at_least_one=("long", "short"),
)
