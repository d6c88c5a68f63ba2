"""One symbol's bars and all that is decided on them, one element per bar, as the core reads it.

Made by `columns`; a number that the file does not declare is one `nan` for all bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from runner.core.buffers import Flags, Numbers
    from runner.core.program import Columns


# Bits of `flags`.
ENDS_SESSION = 1  # positions are closed
NO_ENTRIES = 2  # a session ends, inside a blackout, after a gap
ENDS_ALL = 4  # positions are closed by a blackout


class SideTable:
    """Conditions and numbers of one side.

    `rise`: 0, or k + 1 where the entry became true k bars ago and still holds. `leave`: bit r where
    all is surely true that bars alone give of exit rule r; the rest of one that reads the position
    is for its program. `rule_columns[r][c]` and
    `add_columns[c]`: what the programs that do read of bars.
    """

    __slots__ = ("add_columns", "leave", "prefer", "price", "rise", "rule_columns", "value")

    rise: Flags
    leave: Flags
    value: Numbers
    price: Numbers
    prefer: Numbers
    rule_columns: list[list[Columns]]
    add_columns: list[Columns]


class Table:
    """`first`: the first row at which every expression is defined; `count`: how many bars.

    `last`: no decision is made at it nor after; `opened_at` and `tf_ms` in milliseconds. `targets`
    is an array of part × bar. `funding`: payment per unit at each close, quote currency.
    `calls`: bit 0 where something may be entered, 1 where something may be left, 2 where funding
    is paid; a bar without them needs no decision.
    """

    __slots__ = (
        "calls",
        "close",
        "count",
        "first",
        "flags",
        "funding",
        "high",
        "last",
        "long_side",
        "low",
        "open",
        "opened_at",
        "short_side",
        "stop",
        "targets",
        "tf_ms",
        "trail",
    )

    calls: Flags
    close: Numbers
    count: int
    first: int
    flags: Flags
    funding: Numbers
    high: Numbers
    last: int
    long_side: SideTable | None
    low: Numbers
    open: Numbers
    opened_at: Any
    short_side: SideTable | None
    stop: Numbers
    targets: Any
    tf_ms: int
    trail: Numbers
