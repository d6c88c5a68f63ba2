"""The shape of `exit:`: stops, targets, and rules that end a position."""

from __future__ import annotations

from runner.rules.forms import BARS_OR_DURATION, EXPRESSION, GAIN, PERCENTAGE, TARGET, WORD
from runner.rules.schema_entry import CONDITION
from runner.rules.shape import Choice, Either, Field, Listing, Record

_STOP = Record(
    {
        "distance": Field(
            EXPRESSION,
            "How far from the fill: `2%` of it, `100 USDT`, or an expression in quote currency.",
            "2 * atr(14)",
        ),
        "price": Field(EXPRESSION, "The stop's price.", "lowest(low, 10)"),
        "trigger_by": Field(
            Choice(("last", "mark")),
            "Which price touches it: `last` (default), or on futures `mark`.",
            "mark",
        ),
    },
    exactly_one=("distance", "price"),
)
_BREAK_EVEN = Record(
    {
        "at": Field(GAIN, "The gain after which the stop moves to the average fill.", "1R", True),
        "offset": Field(PERCENTAGE, "How far beyond the fill; 0% by default.", "0.1%"),
    }
)
_TARGET = Record(
    {
        "distance": Field(
            TARGET,
            "How far from the fill: `2R`, `2%`, `100 USDT`, or an expression in quote currency.",
            "2R",
        ),
        "price": Field(EXPRESSION, "The target's price.", "highest(high, 50)"),
        "close": Field(
            PERCENTAGE,
            "Percentage of the position that it closes; all that is left by default.",
            "50%",
        ),
        "from": Field(
            Choice(("average",)), "Moves with the average fill when more is added.", "average"
        ),
    },
    later=frozenset({"trigger_by"}),
    exactly_one=("distance", "price"),
)
_TRAILING = Record(
    {
        "distance": Field(
            EXPRESSION,
            "How far behind the best price since the fill: `2%`, `100 USDT`, or an expression.",
            "3 * atr(14)",
            True,
        ),
        "activate_at": Field(GAIN, "Not before this gain.", "1R"),
        "from": Field(
            Choice(("high_low", "close")),
            "The best high or low (default), or the best close.",
            "close",
        ),
    }
)


def _rules(what: str, example: str) -> Either:
    rule = Record(
        {
            "when": Field(CONDITION, f"When to {what}; may read the position.", example, True),
            "close": Field(
                PERCENTAGE, "Percentage of the position that it closes; all by default.", "50%"
            ),
        }
    )
    return Either(mapping=rule, sequence=Listing(rule))


EXIT = Record(
    {
        "stop_loss": Field(_STOP, "Where the position is given up.", "{distance: 2 * atr(14)}"),
        "break_even": Field(
            _BREAK_EVEN, "Moves the stop to the average fill after a gain.", "{at: 1R}"
        ),
        "take_profit": Field(
            Either(mapping=_TARGET, sequence=Listing(_TARGET)),
            "Where the gain is taken; several close parts, the nearest first.",
            "{distance: 2R}",
        ),
        "trailing_stop": Field(
            _TRAILING, "A stop that follows the best price.", "{distance: 3 * atr(14)}"
        ),
        "time_stop": Field(BARS_OR_DURATION, "Ends a position of that age.", "96 bars"),
        "session_end": Field(WORD, "Ends positions when this session ends.", "us"),
        "long": Field(
            _rules("sell", "close < open"),
            "Rules that end a long position.",
            "{when: close < open}",
        ),
        "short": Field(
            _rules("buy back", "close > open"),
            "Rules that end a short position.",
            "{when: close > open}",
        ),
    },
)
