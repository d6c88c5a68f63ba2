"""The shape of what surrounds the rules: position, protections, sessions, inputs, schedule."""

from __future__ import annotations

from runner.rules.forms import (
    AMOUNT,
    BARS_OR_DURATION,
    CLOCK,
    COLUMN,
    COUNT,
    DAYS,
    DURATION,
    FILE_PATH,
    LEVERAGE,
    PAUSE,
    PERCENTAGE,
    SIGNED_PERCENTAGE,
    STEP,
    TIMEZONE,
)
from runner.rules.shape import Choice, Either, Field, Listing, Record

POSITION = Record(
    {
        "leverage": Field(
            LEVERAGE, "Leverage that is set at the exchange, 1x by default; futures only.", "2x"
        ),
        "margin_mode": Field(
            Choice(("isolated",), frozenset({"cross"})),
            "Each position has margin of its own, which is all it can lose; futures only.",
            "isolated",
        ),
        "position_mode": Field(
            Choice(("one_way",), frozenset({"hedge"})),
            "One position per symbol, long or short; futures only.",
            "one_way",
        ),
        "max_open": Field(
            COUNT,
            "The most positions and waiting entries at once; as many as symbols by default.",
            "2",
        ),
    }
)
_POSITIONS = Field(
    Choice(("keep", "close")), "What becomes of open positions; `keep` by default.", "keep"
)
PROTECTION = Record(
    {
        "cooldown": Field(
            Record({"for": Field(BARS_OR_DURATION, "How long to wait.", "3 bars", True)}),
            "After a position ended its symbol waits.",
            "{for: 3 bars}",
        ),
        "stoploss_guard": Field(
            Record(
                {
                    "trades": Field(COUNT, "How many losing stops it takes.", "3", True),
                    "within": Field(DURATION, "How far back they count.", "48h", True),
                    "pause": Field(PAUSE, "How long all entries wait then.", "12h", True),
                }
            ),
            "Stops in a row pause entries.",
            "{trades: 3, within: 48h, pause: 12h}",
        ),
        "max_drawdown": Field(
            Record(
                {
                    "max": Field(
                        PERCENTAGE, "How far equity may lie below its highest.", "8%", True
                    ),
                    "within": Field(
                        DURATION, "How far back its highest is looked for.", "7d", True
                    ),
                    "pause": Field(PAUSE, "How long all entries wait then.", "until_resumed", True),
                    "positions": _POSITIONS,
                }
            ),
            "A loss from the highest equity pauses entries.",
            "{max: 8%, within: 7d, pause: until_resumed}",
        ),
        "daily_loss": Field(
            Record(
                {
                    "max": Field(
                        PERCENTAGE, "How far equity may lie below the day's first.", "3%", True
                    ),
                    "pause": Field(
                        PAUSE,
                        "How long all entries wait then; `until_next_day` by default.",
                        "until_next_day",
                    ),
                    "positions": _POSITIONS,
                }
            ),
            "A loss within a day pauses entries.",
            "{max: 3%}",
        ),
    },
    exactly_one=("cooldown", "stoploss_guard", "max_drawdown", "daily_loss"),
)
SESSION = Record(
    {
        "days": Field(
            Either(scalar=DAYS, sequence=Listing(DAYS)),
            "Weekdays on which it begins; every day by default.",
            "MON-FRI",
        ),
        "from": Field(CLOCK, "Local time at which it begins.", '"13:30"', True),
        "to": Field(
            CLOCK, "Local time at which it ends, past midnight if earlier.", '"20:00"', True
        ),
        "timezone": Field(TIMEZONE, "Time zone of both; the file's by default.", "UTC"),
    }
)
BLACKOUT = Record(
    {
        "calendar": Field(
            FILE_PATH, "CSV file with a column `time` of UTC instants.", "news.csv", True
        ),
        "before": Field(DURATION, "No entries from so long before each.", "30m", True),
        "after": Field(DURATION, "No entries until so long after each.", "30m", True),
        "positions": _POSITIONS,
    }
)
INPUT = Record(
    {
        "file": Field(FILE_PATH, "CSV file, relative to the rule file.", "fear.csv", True),
        "column": Field(COLUMN, "The column that holds the numbers.", "value", True),
        "lag": Field(
            DURATION, "How long after a row's time its number is known; `0s`: at once.", "1d", True
        ),
    }
)
ON_STOP = Record(
    {
        "entries": Field(
            Choice(("cancel", "keep")),
            "Unfilled entries: `cancel` (default) or `keep`.",
            "keep",
            True,
        )
    }
)
SCHEDULE = Record(
    {
        "every": Field(Choice(("bar_close",)), "Once per closed bar.", "bar_close", True),
        "delay": Field(DURATION, "How long after the close; 2s by default.", "2s"),
        "max_lateness": Field(
            DURATION, "A bar that closed longer ago is not acted on; 5m by default.", "5m"
        ),
    },
)
BACKTEST = Record(
    {
        "fees": Field(
            Record(
                {
                    "maker": Field(PERCENTAGE, "Fee of an order that rests.", "0.1%", True),
                    "taker": Field(PERCENTAGE, "Fee of an order that fills at once.", "0.1%", True),
                },
                later=frozenset({"paid_in"}),
            ),
            "Fees of the simulation; the exchange's for regular users by default.",
            "{maker: 0.1%, taker: 0.1%}",
        ),
        "slippage": Field(
            PERCENTAGE, "How much worse a market order fills; 0% by default.", "0.01%"
        ),
        "initial": Field(
            AMOUNT, "What the simulation begins with; 10000 by default.", "10000 USDT"
        ),
        "funding": Field(
            SIGNED_PERCENTAGE, "Rate per 8 hours where none is recorded; futures only.", "0.01%"
        ),
        "market": Field(
            Record(
                {
                    "tick": Field(STEP, "Step of the price.", "0.01", True),
                    "step": Field(STEP, "Step of the quantity.", "0.00001", True),
                    "min_quantity": Field(STEP, "Smallest quantity.", "0.00001", True),
                    "min_notional": Field(STEP, "Smallest worth of an order.", "5", True),
                    "maintenance": Field(
                        PERCENTAGE, "Maintenance margin of the first tier; futures only.", "0.4%"
                    ),
                    "max_leverage": Field(
                        LEVERAGE, "Highest leverage of the first tier; futures only.", "125x"
                    ),
                }
            ),
            "Rules of a market that no shipped snapshot knows.",
            "{tick: 0.01, …}",
        ),
    },
    later=frozenset({"detail_timeframe"}),
)
