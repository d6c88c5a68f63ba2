"""What the rules want at the close of a bar, from its row and what is held."""

from __future__ import annotations

from runner.core.codes import ENTER, EXIT, NOTHING


def wants(entry: bool, leave: bool, quantity: float) -> int:
    """`entry` and `leave` are the row's conditions, `quantity` what is held after the bar's fills.

    While something is held an entry cannot be taken, and a rise that cannot be taken is gone.
    """
    if quantity > 0.0:
        return EXIT if leave else NOTHING
    return ENTER if entry else NOTHING
