"""Names that a later version will know, and ones that cannot have a meaning here.

Both are refused by name, with what to write instead, and kept free.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Functions of TA-Lib whose numbers say where the history begins, with what to write instead.
NEVER: Mapping[str, str] = {
    "cumsum": "write `sum(x, n)`",
    "maxindex": "write `barssince(x >= highest(x, n), n)` for the bars since then",
    "minindex": "write `barssince(x <= lowest(x, n), n)` for the bars since then",
    "minmaxindex": "write `barssince(x >= highest(x, n), n)` for the bars since then",
}

#: Functions whose words stay free for names: `floor` is also what people call a level.
_FREE = "acos asin atan ceil cos cosh floor log10 sin sinh tan tanh"
FREE_WORDS = frozenset(_FREE.split())

#: All that are refused.
LATER_NAMES = frozenset(("blackout", *NEVER))
