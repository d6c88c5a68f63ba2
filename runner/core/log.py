"""Order rows in the order of their intention: what a backtest leaves and a session acts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core.codes import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runner.core.buffers import Numbers


BLOCK = 32_768  # rows; 5 MB


class Log:
    """The columns of a row are those of codes.py; rows lie in blocks, so that none is ever copied.

    `newest` is the block that is being written, and `first` its first row.
    """

    __slots__ = ("blocks", "count", "first", "newest")

    newest: Numbers  # row × column

    def __init__(self) -> None:
        self.blocks: list[NDArray[np.float64]] = [np.empty((BLOCK, WIDTH))]
        self.newest = self.blocks[0]
        self.first = 0
        self.count = 0

    def add(
        self,
        decided: float,
        desk: int,
        purpose: int,
        leg: int,
        attempt: int,
        side: float,
        order_type: int,
        quantity: float,
        spend: float,
        price: float,
        reason: int,
        reserved: float,
    ) -> int:
        """A new resting order; returns its row."""
        at = self.count - self.first
        if at == BLOCK:
            block = np.empty((BLOCK, WIDTH))
            self.blocks.append(block)
            self.newest = block
            self.first = self.count
            at = 0
        self.newest[at, 0] = decided
        self.newest[at, 1] = desk
        self.newest[at, 2] = purpose
        self.newest[at, 3] = leg
        self.newest[at, 4] = attempt
        self.newest[at, 5] = side
        self.newest[at, 6] = order_type
        self.newest[at, 7] = 0.0
        self.newest[at, 8] = quantity
        self.newest[at, 9] = spend
        self.newest[at, 10] = price
        self.newest[at, 11] = 0.0
        self.newest[at, 12] = 0.0
        self.newest[at, 13] = 0.0
        self.newest[at, 14] = 0.0
        self.newest[at, 15] = reason
        self.newest[at, 16] = reserved
        self.newest[at, 17] = 0.0
        self.count = self.count + 1
        return self.count - 1

    def write(self, row: int, column: int, value: float) -> None:
        """One cell anew."""
        if row >= self.first:
            self.newest[row - self.first, column] = value
        else:
            self.blocks[row // BLOCK][row % BLOCK, column] = value

    def end(self, row: int, state: int) -> None:
        """The order ended without (another) fill."""
        self.write(row, 7, state)

    def deny(
        self, row: int, bits: int, cash: float, exposure: float, uncut: float, notional: float
    ) -> None:
        """A limit spoke against it; what it was judged by is kept for the words."""
        self.write(row, 7, 5.0)
        self.write(row, 11, cash)
        self.write(row, 12, exposure)
        self.write(row, 13, uncut)
        self.write(row, 14, bits)
        self.write(row, 17, notional)

    def fill(
        self, row: int, quantity: float, price: float, paid: float, at: float, inside: bool
    ) -> None:
        """The order filled whole at `at` (UTC ms), for a fee in quote currency."""
        self.write(row, 7, 1.0)
        self.write(row, 8, quantity)
        self.write(row, 11, price)
        self.write(row, 12, paid)
        self.write(row, 13, at)
        self.write(row, 14, 1.0 if inside else 0.0)

    def fund(self, row: int, paid: float) -> None:
        """This fill closed a position that had paid so much funding."""
        self.write(row, 17, paid)

    def explain(self, row: int, reason: int) -> None:
        """Why this order ends a position, where that is known only later."""
        self.write(row, 15, reason)

    def value(self, row: int, column: int) -> float:
        """One cell."""
        if row >= self.first:
            return float(self.newest[row - self.first, column])
        return float(self.blocks[row // BLOCK][row % BLOCK, column])

    def cells(self, row: int) -> list[float]:
        """One row."""
        return [self.value(row, column) for column in range(WIDTH)]

    def parts(self) -> list[NDArray[np.float64]]:
        """The rows that are used, block by block; they may be a hundred megabytes."""
        parts = list(self.blocks)
        last = len(parts) - 1  # compiled, an index below zero does not count from the end
        parts[last] = parts[last][: self.count - self.first]
        return parts

    def array(self) -> NDArray[np.float64]:
        """A copy of the rows that are used."""
        return np.concatenate(self.parts())
