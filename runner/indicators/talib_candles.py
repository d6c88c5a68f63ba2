"""Rows of the table: TA-Lib's candlestick patterns, each seen at the bar that completes it.

A long, short or doji body, and a long or short shadow, are so in comparison with the mean of the
ten bars before; "near" and "equal" with the five before.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.indicators.signature import Function
from runner.indicators.talib_row import row

_UP, _DOWN, _BOTH, _TWICE = "0 to 100", "-100 to 0", "-100 to 100", "-200 to 200"

_FORMULAS = {
    _UP: "100 where it is seen, else 0",
    _DOWN: "-100 where it is seen, else 0",
    _BOTH: "100 where it points up, -100 where it points down, else 0",
    _TWICE: "100 up or -100 down where it is seen, twice that where it is confirmed, else 0",
}

#: Name, lookback, range and meaning.
_PATTERNS = (
    ("CDL2CROWS", 12, _DOWN, "Long rise, then two falling bars above it, the last back into it."),
    ("CDL3BLACKCROWS", 13, _DOWN, "Three long falls in a row, each closing near its low."),
    ("CDL3INSIDE", 12, _BOTH, "Long body, a short one within it, then a close beyond the first."),
    ("CDL3LINESTRIKE", 8, _BOTH, "Three bars one way, and a fourth that takes all of it back."),
    ("CDL3OUTSIDE", 3, _BOTH, "A body that engulfs the one before, then a close farther that way."),
    ("CDL3STARSINSOUTH", 12, _UP, "Three falls that grow smaller, each with a higher low."),
    ("CDL3WHITESOLDIERS", 12, _UP, "Three long rises in a row, each closing near its high."),
    ("CDLABANDONEDBABY", 12, _BOTH, "A doji with gaps on both sides between two opposite bodies."),
    ("CDLADVANCEBLOCK", 12, _DOWN, "Three rises that grow weaker, with longer upper shadows."),
    ("CDLBELTHOLD", 10, _BOTH, "A long body that opens at its low, or at its high."),
    ("CDLBREAKAWAY", 14, _BOTH, "A gap, two more bars that way, and a close back into the gap."),
    ("CDLCLOSINGMARUBOZU", 10, _BOTH, "A long body without a shadow at its close."),
    ("CDLCONCEALBABYSWALL", 13, _UP, "Four falls, of which the last engulfs all of the third."),
    ("CDLCOUNTERATTACK", 11, _BOTH, "Two long opposite bodies that close at the same price."),
    ("CDLDARKCLOUDCOVER", 11, _DOWN, "A rise, an open above its high, a close deep in its body."),
    ("CDLDOJI", 10, _UP, "Open and close are nearly the same."),
    ("CDLDOJISTAR", 11, _BOTH, "A doji that gaps away from a long body."),
    ("CDLDRAGONFLYDOJI", 10, _UP, "A doji at its high, with a long lower shadow."),
    ("CDLENGULFING", 2, _BOTH, "A body that holds the opposite one before; 80 for an equal end."),
    ("CDLEVENINGDOJISTAR", 12, _DOWN, "Long rise, a doji above a gap, and a fall into the rise."),
    ("CDLEVENINGSTAR", 12, _DOWN, "Long rise, a short body above a gap, and a fall into the rise."),
    ("CDLGAPSIDESIDEWHITE", 7, _BOTH, "Two like rises beside each other beyond a gap."),
    ("CDLGRAVESTONEDOJI", 10, _UP, "A doji at its low, with a long upper shadow."),
    ("CDLHAMMER", 11, _UP, "A short body near the low before, with a long lower shadow."),
    ("CDLHANGINGMAN", 11, _DOWN, "A short body near the high before, with a long lower shadow."),
    ("CDLHARAMI", 11, _BOTH, "A short body within a long one before; 80 where an end is equal."),
    ("CDLHARAMICROSS", 11, _BOTH, "A doji within a long body before; 80 where an end is equal."),
    ("CDLHIGHWAVE", 10, _BOTH, "A short body with very long shadows on both sides."),
    ("CDLHIKKAKE", 5, _TWICE, "A bar inside the one before, then one that breaks out of it."),
    ("CDLHIKKAKEMOD", 10, _TWICE, "The same after two inner bars and a close near an end."),
    ("CDLHOMINGPIGEON", 11, _UP, "A short fall within the long fall before it."),
    ("CDLIDENTICAL3CROWS", 12, _DOWN, "Three falls, each opening where the one before closed."),
    ("CDLINNECK", 11, _DOWN, "Long fall, then a rise that closes just above its close."),
    ("CDLINVERTEDHAMMER", 11, _UP, "A short body below a gap, with a long upper shadow."),
    ("CDLKICKING", 11, _BOTH, "Two opposite bodies without shadows and a gap between them."),
    ("CDLKICKINGBYLENGTH", 11, _BOTH, "The same, pointing where the longer of the two does."),
    ("CDLLADDERBOTTOM", 14, _UP, "Four falls, the last with an upper shadow, a rise above it."),
    ("CDLLONGLEGGEDDOJI", 10, _UP, "A doji with a long shadow."),
    ("CDLLONGLINE", 10, _BOTH, "A long body with short shadows."),
    ("CDLMARUBOZU", 10, _BOTH, "A long body without shadows."),
    ("CDLMATCHINGLOW", 6, _UP, "Two falls that close at the same price."),
    ("CDLMATHOLD", 14, _UP, "Long rise, three short bars that give little back, and a new high."),
    ("CDLMORNINGDOJISTAR", 12, _UP, "Long fall, a doji below a gap, and a rise into the fall."),
    ("CDLMORNINGSTAR", 12, _UP, "Long fall, a short body below a gap, and a rise into the fall."),
    ("CDLONNECK", 11, _DOWN, "Long fall, then a rise that closes at its low."),
    ("CDLPIERCING", 11, _UP, "Long fall, an open below its low, a close above its middle."),
    ("CDLRICKSHAWMAN", 10, _UP, "A doji in the middle of its range, with long shadows."),
    ("CDLRISEFALL3METHODS", 14, _BOTH, "Long body, three short ones within it, a long one on."),
    ("CDLSEPARATINGLINES", 11, _BOTH, "Two opposite bodies that open at the same price."),
    ("CDLSHOOTINGSTAR", 11, _DOWN, "A short body above a gap, with a long upper shadow."),
    ("CDLSHORTLINE", 10, _BOTH, "A short body with short shadows."),
    ("CDLSPINNINGTOP", 10, _BOTH, "A short body with longer shadows on both sides."),
    ("CDLSTALLEDPATTERN", 12, _DOWN, "Two long rises, then a short one at their end."),
    ("CDLSTICKSANDWICH", 7, _UP, "A rise between two falls that close at the same price."),
    ("CDLTAKURI", 10, _UP, "A doji at its high, with a very long lower shadow."),
    ("CDLTASUKIGAP", 7, _BOTH, "A gap, a bar that way, and an opposite one that leaves it open."),
    ("CDLTHRUSTING", 11, _DOWN, "Long fall, then a rise that closes below the middle of its body."),
    ("CDLTRISTAR", 12, _BOTH, "Three dojis, the middle one beyond a gap."),
    ("CDLUNIQUE3RIVER", 12, _UP, "Long fall, a fall within it to a new low, then a short rise."),
    ("CDLUPSIDEGAP2CROWS", 12, _DOWN, "Long rise, a gap, and two falls that leave the gap open."),
    ("CDLXSIDEGAP3METHODS", 2, _BOTH, "Two bars with a gap, and an opposite one that closes it."),
)  # fmt: skip

#: Those that are told how deep into the first body the last one has to close, in parts of it.
DEEP = frozenset(
    f"CDL{name}"
    for name in (
        *("ABANDONEDBABY", "DARKCLOUDCOVER", "EVENINGDOJISTAR", "EVENINGSTAR", "MATHOLD"),
        *("MORNINGDOJISTAR", "MORNINGSTAR"),
    )
)


#: Those that give 80 or -80 where an end of one body is an end of the other.
_EQUAL_ENDS = frozenset({"CDLENGULFING", "CDLHARAMI", "CDLHARAMICROSS"})


def _given(name: str, reach: str) -> tuple[int, ...]:
    low, high = (int(end) for end in reach.split(" to "))
    ends = (-80, 80) if name in _EQUAL_ENDS else ()
    return tuple(sorted((*range(low, high + 1, 100), *ends)))


#: All values that each can give.
GIVEN = {name.lower(): _given(name, reach) for name, _, reach, _ in _PATTERNS}


def _rows() -> Iterator[Function]:
    for name, lookback, reach, doc in _PATTERNS:
        written = "penetration" if name in DEEP else ""
        yield row(name, written, reach, doc, _FORMULAS[reach], lookback)


ROWS: tuple[Function, ...] = tuple(_rows())
