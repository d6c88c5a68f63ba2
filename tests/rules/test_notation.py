"""Candles in short."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runner.rules.notation import MOST_BARS, Mistake, Whole, expanded


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("100", "100"),
        ("100x3", "100 100 100"),
        ("100+1x3", "101 102 103"),
        ("100 +1x3", "100 101 102 103"),
        ("100-0.5x2", "99.5 99"),
        ("100*1.1x2", "110 121"),
        ("100 *0.5", "100 50"),
        ("10 (+2 -1)x2", "10 12 11 13 12"),
        ("(1 (2 3)x2)x2", "1 2 3 2 3 1 2 3 2 3"),
        ("100+1x2 50", "101 102 50"),
        ("10 1/4/1/3 +1", "10 3 4"),
    ],
)
def test_words_stand_for_closes(text: str, closes: str) -> None:
    found = [slot.close if isinstance(slot, Whole) else slot for slot in expanded(text)]

    assert found == [Decimal(close) for close in closes.split()]


def test_a_bar_may_be_missing_or_written_out() -> None:
    assert expanded("5 _x2 1/4/1/3") == (
        Decimal(5),
        None,
        None,
        Whole(Decimal(1), Decimal(4), Decimal(1), Decimal(3)),
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("100 abc", "abc", "`abc` is no candle"),
        ("100 (1 2", "(", "this is never closed"),
        ("100 1)", ")", "nothing was opened here"),
        ("100 ()x5", "()x5", "nothing stands in these"),
        ("+1x5", "+1x5", "there is no close before this one"),
        ("3-1x5", "3-1x5", "the close would be 0"),
        ("1 5/4/3/4", "5/4/3/4", "its high or low lies inside of open and close"),
        ("((((((1))))))", "(", "too many parentheses inside each other"),
        ("(1x999)x999", "1x999", f"more than {MOST_BARS:,} bars"),
        ("1x999999", "1x999999", f"more than {MOST_BARS:,} bars"),
        ("1*9.9x999", "1*9.9x999", "it grows beyond 1e15"),
        ("1x9999999", "1x9999999", "`1x9999999` is no candle"),
    ],
)
def test_a_mistake_has_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        expanded(text)

    assert text[caught.value.start : caught.value.end] == place
    assert caught.value.message == message
