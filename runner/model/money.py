"""Where `Decimal` and float64 meet, and nowhere else.

A price or quantity on a market's grid is `n · numerator / denominator` with whole numbers.
Multiplied exactly and divided once, that is the double nearest to its decimal, so `repr` gives the
decimal back: both worlds name the same number without a tolerance.
"""

from __future__ import annotations

from decimal import Decimal

from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """The multiples of `step` (a tick of price or a step of quantity).

    `numerator / denominator == step`, both whole numbers in float64; the denominator is a power of
    ten.
    """

    step: Decimal
    numerator: float
    denominator: float

    @staticmethod
    def of(step: Decimal) -> Grid:
        """Raises ValueError unless `step` is positive and has at most 15 digits after the point."""
        digits, exponent = step.normalize().as_tuple()[1:]
        if step <= 0 or not isinstance(exponent, int) or exponent < -15:
            raise ValueError(f"a step must be positive with at most 15 decimals, not {step}")
        whole = int("".join(map(str, digits)))
        if exponent >= 0:
            return Grid(step, float(whole * 10**exponent), 1.0)
        return Grid(step, float(whole), float(10**-exponent))


def decimal_of(value: float) -> Decimal:
    """The shortest decimal that names this double; exact for every value on a grid."""
    return Decimal(repr(float(value)))


def text_of(value: float | Decimal) -> str:
    """Plain digits without an exponent, as exchanges write numbers."""
    number = value if isinstance(value, Decimal) else decimal_of(value)
    return format(number, "f")
