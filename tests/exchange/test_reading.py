"""Numbers of answers: plain and of a size that a market may have, or unreadable."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import reading
from runner.exchange.wire import Unreadable


@pytest.mark.parametrize("found", ["0.00000000", "1E-8", "-12.5", "9" * 30, 60000.1, 3, 1e-9])
def test_what_a_market_may_say_is_read_to_the_digit(found: Any) -> None:
    assert reading.fraction({"price": found}, "price") == Decimal(str(found))


@pytest.mark.parametrize(
    "found",
    ["1E+31", "1E-31", "0E+99999", "1E+999999", "9" * 61, "x", "NaN", 1e300, float("inf"), 10**40],
)
def test_what_no_market_says_is_unreadable(found: Any) -> None:
    with pytest.raises(Unreadable, match="`price`"):
        reading.fraction({"price": found}, "price")


def test_a_whole_number_without_end_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="`at`"):
        reading.whole({"at": 10**30}, "at")
