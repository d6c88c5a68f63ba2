"""The simulated clock: all instants at which a bar of any symbol closes, and where it stands.

It stands at the close of an instant, or within the bars of the next one: 1 ms before they close,
after a fill that the runner has to protect. Before the first step it stands at the first open.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from runner.exchange.replay.tape import Bar, Tape


class Phase(IntEnum):
    """What is looked at within a bar, one after the other."""

    WAITING = 0  # market orders that wait for this bar, of all symbols, as they arrived
    ENTRIES_AT_OPEN = 1  # limit orders that the open is beyond
    TARGETS_AT_OPEN = 2
    ENTRIES = 3  # all other entries
    STOPS = 4  # stops, or the exchange's own liquidation
    TARGETS = 5  # limit orders that reduce


class After(IntEnum):
    """Which entry filled last within these bars."""

    NOTHING = 0  # none, or a market order at the open
    LIMIT = 1
    STOP = 2


class Timeline:
    """`step` counts moves, `instant` is the newest closed one (-1: none).

    Within the bars of the next instant `symbol` and `phase` say what is looked at next, and
    `after` what the last fill of an entry was.
    """

    def __init__(self, tapes: tuple[Tape, ...]) -> None:
        self.tapes = tapes
        self.grow()
        self.first_open = min(int(tape.bars.opened_at[0]) for tape in tapes)
        self.step = 0
        self.in_bar = False
        self.after = After.NOTHING
        self.symbol = 0
        self.phase = Phase.WAITING
        self.instant = -1

    def grow(self) -> None:
        """Tapes have become longer; what was played keeps its place."""
        self._instants = np.unique(np.concatenate([tape.closed_at for tape in self.tapes]))

    def stand(self, instant: int) -> None:
        """Sets the newest closed instant, and with it the newest bar of each symbol."""
        self.instant = instant
        if instant >= 0:
            for tape in self.tapes:
                closed = np.searchsorted(tape.closed_at, self._instants[instant], "right")
                tape.index = int(closed) - 1

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        if self.in_bar:
            return self._close_of(self.instant + 1) - 1
        return self.first_open if self.instant < 0 else self._close_of(self.instant)

    @property
    def ended(self) -> bool:
        """The last bar has closed."""
        return self.instant == len(self._instants) - 1

    def forming(self, symbol: int) -> Bar | None:
        """The symbol's bar that closes at the next instant, if it has one."""
        following = self.tapes[symbol].next_bar()
        if self.ended or following is None:
            return None
        return following if following.closed_at == self._close_of(self.instant + 1) else None

    def opening(self, symbol: int) -> Bar | None:
        """The bar at whose open a market order fills at once; `None`: it has to wait.

        It opens at this very instant; within a bar it is that bar.
        """
        if self.in_bar:
            return self.forming(symbol)
        following = self.tapes[symbol].next_bar()
        return following if following is not None and following.opened_at == self.now_ms else None

    def has_closed(self, symbol: int) -> bool:
        """A bar of the symbol closes at the newest instant."""
        tape = self.tapes[symbol]
        closed = self.instant >= 0 and tape.index >= 0
        return closed and int(tape.closed_at[tape.index]) == self._close_of(self.instant)

    def has_ended(self, symbol: int) -> bool:
        """No bar of the symbol follows."""
        tape = self.tapes[symbol]
        return not tape.grows and tape.next_bar() is None

    def close_instant(self) -> None:
        """All that could happen within the bars of the next instant has happened."""
        self.in_bar, self.after = False, After.NOTHING
        self.symbol, self.phase = 0, Phase.WAITING
        self.stand(self.instant + 1)

    def _close_of(self, instant: int) -> int:
        return int(self._instants[instant])
