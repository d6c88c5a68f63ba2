"""The right spelling for the ones that other languages and tools use; what a near miss may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What error texts may quote of a rule file, in characters.
_QUOTED = 40

#: Marks of other languages, with the ones that stand for them here; "" where nothing can.
MARKS = {
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
}

#: Words of other languages that stand for one of ours.
WORDS = {
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "And": "and",
    "Or": "or",
    "Not": "not",
    "true": "True",
    "false": "False",
    "TRUE": "True",
    "FALSE": "False",
}

#: What to write in place of marks that have no counterpart.
ADVICE = {
    "**": "write a product, as in `x * x`",
    "^": "write a product, as in `x * x`",
    "//": "write `/`, or `mod(a, b)` for the remainder",
    ";": "write one expression; several conditions are joined with `and`",
    ":=": "name values under `indicators:`",
    "?": "write `a if condition else b`",
    ":": "write `x[n]` with one number of bars, or `a if condition else b`",
    "#": "comments belong outside the quotes of the expression",
    "$": "write the param's name alone, without `$`",
    "{": "write `(` and `)`",
    "}": "write `(` and `)`",
    "'": "text has no place in an expression; drop the quotes",
    '"': "text has no place in an expression; drop the quotes",
}

#: Other tools' names for functions and series, with what to write here.
_ALIASES = {
    "add": "a + b",
    "avg": "mean",
    "bb": "bbands",
    "bollinger": "bbands",
    "bollinger_bands": "bbands",
    "correl": "correlation",
    "cross": "crossover` or `crossunder",
    "cross_above": "crossover",
    "cross_below": "crossunder",
    "cross_over": "crossover",
    "cross_under": "crossunder",
    "crossed_above": "crossover",
    "crossed_below": "crossunder",
    "crosses_above": "crossover",
    "crosses_below": "crossunder",
    "diff": "change",
    "div": "a / b",
    "donchian_high": "highest",
    "donchian_low": "lowest",
    "fabs": "abs",
    "force_index": "efi",
    "ha": "heikin_ashi",
    "hh": "highest",
    "keltner_channel": "keltner",
    "ll": "lowest",
    "linearreg": "linreg",
    "linearreg_slope": "ols_slope",
    "log": "ln",
    "mult": "a * b",
    "average_price": "entry_price",
    "avg_price": "entry_price",
    "bars_since_entry": "bars_held",
    "day_of_week": "weekday",
    "dayofweek": "weekday",
    "funding": "funding_rate",
    "hours": "hour",
    "mark_price": "mark",
    "max_profit": "peak_profit",
    "minutes": "minute",
    "ohlc": "ohlc4",
    "money_flow_index": "mfi",
    "on_balance_volume": "obv",
    "parabolic_sar": "sar",
    "pivot_high": "pivot",
    "pivot_low": "pivot",
    "pivothigh": "pivot",
    "pivotlow": "pivot",
    "psar": "sar",
    "open_profit": "profit",
    "price": "close",
    "rolling_max": "highest",
    "rolling_mean": "mean",
    "rolling_min": "lowest",
    "rolling_std": "stdev",
    "session": "in_session",
    "slope": "ols_slope",
    "smma": "rma",
    "std": "stdev",
    "stoch_rsi": "stochrsi",
    "swing_high": "pivot",
    "swing_low": "pivot",
    "tr": "trange",
    "true_range": "trange",
    "variance": "var",
    "wilders": "rma",
    "sub": "a - b",
    "stddev": "stdev",
    "stochastic": "stoch",
    "typical_price": "hlc3",
    "typprice": "hlc3",
    "medprice": "hl2",
    "avgprice": "ohlc4",
    "vol": "volume",
    "weighted_close": "wclprice",
    "williams_r": "willr",
    "wpr": "willr",
}

_PAST = frozenset({"delay", "lag", "offset", "prev", "previous", "ref", "shift"})

#: Averages that are none of ours, however near their names are.
_OTHERS = frozenset({"alma", "gma", "jma", "lsma", "swma", "tma", "vma"})

#: How near a word must be to be offered: in a short one, one letter makes another indicator.
_NEAR, _NEAR_SHORT, _SHORT = 0.6, 0.75, 5

#: Letters of a word that is too short to be meant by another one.
_TOO_SHORT = 2


def quoted(word: str) -> str:
    """The user's word in backticks: printable ASCII, never long."""
    plain = re.sub(r"[^\x20-\x7e]|`", "?", word)
    return f"`{plain}`" if len(plain) <= _QUOTED else f"`{plain[:_QUOTED]}...`"


def listed(words: Iterable[str]) -> str:
    """All words in backticks, in alphabetical order."""
    return ", ".join(f"`{word}`" for word in sorted(words))


def ours(word: str) -> str | None:
    """What another tool's name is here; `None` for names that are not known."""
    return _ALIASES.get(word.lower())


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """What an unknown word may mean, as a help line; `None` when nothing is near."""
    lowered = word.lower()
    if lowered in _PAST:
        return "write `x[n]` for the value n bars ago"
    if lowered in _OTHERS:
        return None
    if lowered in _ALIASES:
        return f"write `{_ALIASES[lowered]}`"
    from difflib import get_close_matches  # costs 5 ms, needed for wrong files only

    by_lowered = {name.lower(): name for name in known if len(name) > _TOO_SHORT}
    cutoff = _NEAR_SHORT if len(lowered) <= _SHORT else _NEAR
    near = get_close_matches(lowered, by_lowered, n=1, cutoff=cutoff)
    if not near and len(lowered) > 2:  # `art` is `atr`
        alike = (name for name in by_lowered if sorted(name) == sorted(lowered))
        near = [name for name in alike if name[0] == lowered[0]]
    return f"did you mean `{by_lowered[near[0]]}`?" if near else None
