"""What a number is a number of: a price, a volume, a ratio, an index, bars, a time of day.

Numbers without a unit fit everything; of what is not known nothing follows.
"""

from __future__ import annotations

import ast
from enum import Enum

from runner.model.values import dataclass


class Sort(Enum):
    """What kind of number it is; the value is how messages call it."""

    __hash__ = object.__hash__  # each is one object; the library's takes ten times as long

    MARKET = "a product of prices and volumes"  # powers of both, see `Dimension`
    RATIO = "a plain ratio"  # of two prices, say; `2%` is one
    PERCENT = "in percent"
    INDEX = "an index on a scale of 100"
    BARS = "a number of bars"
    TIME = "a time of the clock"
    BARE = "a bare number"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A sort and, of MARKET, the powers of price and volume in it."""

    sort: Sort
    price: int = 0
    volume: int = 0

    @property
    def words(self) -> str:
        """As a message says it."""
        named = {(1, 0): "a price", (0, 1): "a volume", (1, 1): "a price times a volume"}
        return named.get((self.price, self.volume), self.sort.value)


PRICE, VOLUME = Dimension(Sort.MARKET, 1, 0), Dimension(Sort.MARKET, 0, 1)
RATIO, PERCENT, INDEX = Dimension(Sort.RATIO), Dimension(Sort.PERCENT), Dimension(Sort.INDEX)
BARS, TIME = Dimension(Sort.BARS), Dimension(Sort.TIME)
BARE, UNKNOWN = Dimension(Sort.BARE), Dimension(Sort.UNKNOWN)


def together(*parts: Dimension) -> Dimension:
    """The dimension of a sum, or of what may be any of these."""
    found = set(parts) - {BARE}
    if not found:
        return BARE
    return found.pop() if len(found) == 1 else UNKNOWN


def differ(one: Dimension, other: Dimension) -> bool:
    """Whether two have nothing in common, for sure."""
    if one == other or BARE in (one, other) or UNKNOWN in (one, other):
        return False
    return {one, other} != {INDEX, PERCENT}


def calculated(operator: ast.operator, left: Dimension, right: Dimension) -> Dimension:
    """The dimension of an operation on two numbers."""
    match operator:
        case ast.Mult():
            return _product(left, right, 1)
        case ast.Div():
            return _product(left, right, -1)
    return together(left, right)


def _product(left: Dimension, right: Dimension, power: int) -> Dimension:
    """`100 * ratio` may be a percentage and `index / 100` a ratio: these are not known."""
    if left == right == BARE:
        return BARE
    plain = (Sort.MARKET, Sort.RATIO, Sort.BARE)
    if left.sort not in plain or right.sort not in plain:
        return UNKNOWN
    if Sort.MARKET not in (left.sort, right.sort) and BARE in (left, right):
        return UNKNOWN
    price, volume = left.price + power * right.price, left.volume + power * right.volume
    return Dimension(Sort.MARKET, price, volume) if price or volume else RATIO
