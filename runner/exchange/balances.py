"""What an account holds of one currency."""

from __future__ import annotations

from decimal import Decimal

from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Balance:
    """Of one currency: `free` to use, `locked` in open orders."""

    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """Free and locked."""
        return self.free + self.locked
