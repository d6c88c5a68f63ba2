"""Candles in short: `"100x300 +1x40"` as closes or whole bars, one after the other.

In: the text. Out: a close, a whole bar or `None` (a bar that is missing) for each; or `Mistake`.
Words are parted by spaces, and each may end in `xN`: so many times.

    100        a close of 100            100+1      1 above 100; `-` is below, `*1.01` 1 % up
    +1         1 above the one before    1/4/1/3    open, high, low and close of one bar
    _          no bar                    ( … )      several words, to be repeated together
"""

from __future__ import annotations

import re
from decimal import Decimal

from runner.model.values import dataclass

MOST_BARS = 20_000

#: Digits after the point that a close is rounded to, so that `*1.01x100` does not grow without end.
_PLACES = Decimal("1e-8")

#: So many parentheses inside each other.
_DEEPEST = 5

#: No price or volume is larger, and what is reckons wrong: doubles hold 15 digits.
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Whole:
    """A bar that is written out."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


Slot = Decimal | Whole | None

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"
_WORD = re.compile(r"\(|\)(?:x[0-9]+)?|[^\s()]+")
_TIMES = re.compile(r"(.*?)(?:x([1-9][0-9]{0,5}))?\Z", re.DOTALL)
_STEP = re.compile(rf"({_NUMBER})?([-+*])({_NUMBER})\Z")
_BAR = re.compile(rf"({_NUMBER})/({_NUMBER})/({_NUMBER})/({_NUMBER})\Z")


class Mistake(ValueError):
    """What is wrong between two offsets of the text, and what to write."""

    def __init__(self, start: int, end: int, message: str, help: str) -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.help = start, end, message, help


def expanded(text: str) -> tuple[Slot, ...]:
    """Every bar of the notation.

    >>> [str(slot) for slot in expanded("100x2 +1x3 _ 50*1.1")]
    ['100', '100', '101', '102', '103', 'None', '55']
    >>> [str(slot) for slot in expanded("10 (+1 -1)x2")]
    ['10', '11', '10', '11', '10']
    """
    found: list[Slot] = []
    _unfold(_Reader(text).words(0, 0), found, None)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word, or several in parentheses, `times` over."""

    start: int
    end: int
    what: Slot | _Step | _Group
    times: int


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands in parentheses."""

    words: tuple[_Word, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """From `begin`, else from the close before, by `amount`."""

    begin: Decimal | None
    sign: str
    amount: Decimal

    def after(self, close: Decimal) -> Decimal:
        """The next close."""
        if self.sign == "*":
            product = close * self.amount
            return product if product > _MOST else product.quantize(_PLACES).normalize()
        return close + self.amount if self.sign == "+" else close - self.amount


class _Reader:
    """Reads words into a tree."""

    def __init__(self, text: str) -> None:
        self._found = list(_WORD.finditer(text))
        self._at = 0

    def words(self, opened: int, depth: int) -> tuple[_Word, ...]:
        """Until the end, or within parentheses until the one that was opened there is closed."""
        words: list[_Word] = []
        while self._at < len(self._found):
            match = self._found[self._at]
            self._at += 1
            if match[0] == "(":
                words.append(self._group(match.start(), depth + 1))
            elif not match[0].startswith(")"):
                words.append(_word(match[0], match.start(), match.end()))
            elif depth:
                self._at -= 1
                return tuple(words)
            else:
                raise Mistake(*match.span(), "nothing was opened here", "remove it")
        if depth:
            raise Mistake(opened, opened + 1, "this is never closed", "write `)`")
        return tuple(words)

    def _group(self, start: int, depth: int) -> _Word:
        if depth > _DEEPEST:
            raise Mistake(start, start + 1, "too many parentheses inside each other", "write less")
        inside = self.words(start, depth)
        last = self._found[self._at]
        self._at += 1
        if not inside:
            raise Mistake(start, last.end(), "nothing stands in these", "remove them")
        _, times = _times(last[0], last.start(), last.end())
        return _Word(start, last.end(), _Group(inside), times)


def _word(text: str, start: int, end: int) -> _Word:
    what, times = _times(text, start, end)
    if what == "_":
        return _Word(start, end, None, times)
    if re.fullmatch(_NUMBER, what):
        return _Word(start, end, Decimal(what), times)
    if step := _STEP.match(what):
        begin = None if step[1] is None else Decimal(step[1])
        return _Word(start, end, _Step(begin, step[2], Decimal(step[3])), times)
    if bar := _BAR.match(what):
        whole = Whole(*(Decimal(bar[part]) for part in (1, 2, 3, 4)))
        if (
            not whole.low
            <= min(whole.open, whole.close)
            <= max(whole.open, whole.close)
            <= whole.high
        ):
            help = "write open/high/low/close"
            raise Mistake(start, end, "its high or low lies inside of open and close", help)
        return _Word(start, end, whole, times)
    help = "write `100x20`, `100+1x20`, `+1x20`, `*1.01x20`, `100/105/95/101`, `_` or `(…)x20`"
    raise Mistake(start, end, f"`{text[:40]}` is no candle", help)


def _times(text: str, start: int, end: int) -> tuple[str, int]:
    found = _TIMES.match(text)
    assert found is not None  # anything matches
    what, times = found[1], int(found[2] or 1)
    if times > MOST_BARS:
        raise Mistake(start, end, f"more than {MOST_BARS:,} bars", "write fewer")
    return what, times


def _unfold(words: tuple[_Word, ...], found: list[Slot], last: Decimal | None) -> Decimal | None:
    """Adds what the words say to `found`; `last` is the newest close. Returns the new one."""
    for word in words:
        if isinstance(word.what, _Step) and word.what.begin is not None:
            last = word.what.begin
        for _ in range(word.times):
            last = _once(word, found, last)
            if len(found) > MOST_BARS:
                raise Mistake(word.start, word.end, f"more than {MOST_BARS:,} bars", "write fewer")
    return last


def _once(word: _Word, found: list[Slot], last: Decimal | None) -> Decimal | None:
    match word.what:
        case _Group(words):
            return _unfold(words, found, last)
        case _Step() as step:
            close = _stepped(word, step, last)
            found.append(close)
            return close
        case Whole() as bar:
            found.append(bar)
            return bar.close
        case slot:
            found.append(slot)
            return last if slot is None else slot


def _stepped(word: _Word, step: _Step, last: Decimal | None) -> Decimal:
    if last is None:
        help = f"begin with a price: `100{step.sign}{step.amount}`"
        raise Mistake(word.start, word.end, "there is no close before this one", help)
    close = step.after(last)
    if close <= 0:
        raise Mistake(word.start, word.end, f"the close would be {close}", "end above 0")
    if close > _MOST:
        raise Mistake(word.start, word.end, "it grows beyond 1e15", "write fewer, or smaller steps")
    return close
