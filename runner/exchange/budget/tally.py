"""What one file keeps: what is spent of each limit, and until when an exchange takes nothing.

In: a tally, instants of the machine's counting clock. Out: the next tally. The clock is the same
for all processes and cannot be set; after a restart of the machine it begins anew, and then
everything counts as if no time had passed.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

from runner.exchange.budget.window import REACH_MS, RING, Charge, Spent, Use, Window
from runner.model.values import dataclass

#: Of longer windows the exchange itself tells what is used, with the next order.
_LONG_MS = 600_000

#: Longer than any ban that an exchange documents (Binance: 3 days).
LONGEST_MS = 7 * 86_400_000

_EVER_MS = 2**45  # no machine runs that long, a thousand years

_HEAD = struct.Struct("<4sHHQQI")  # magic, version, windows, at, closed until, why
_WINDOW = struct.Struct(f"<QQQ{RING}I")  # length, limit, newest slot, amounts
_SUM = struct.Struct("<I")
_MAGIC, _VERSION = b"RUNB", 1

Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Milliseconds of the counting clock; `why`: the HTTP status that closed it, 0 if none did."""

    at_ms: int
    closed_until_ms: int
    why: int
    spent: tuple[Spent, ...]

    def moved(self, windows: Windows, now_ms: int) -> Tally:
        """The same seen from now; where the clock has begun anew, with what was left then."""
        if now_ms >= self.at_ms:
            return replace(self, at_ms=now_ms)
        left_ms = max(self.closed_until_ms - self.at_ms, 0)
        spent = tuple(
            one.shift(window, self.at_ms, now_ms)
            for one, window in zip(self.spent, windows, strict=True)
        )
        return Tally(now_ms, now_ms + left_ms if left_ms else 0, self.why, spent)

    def closed_ms(self) -> int:
        """How long nothing may be sent at all."""
        return min(max(self.closed_until_ms - self.at_ms, 0), LONGEST_MS)

    def wait_ms(self, windows: Windows, use: Use, charge: Charge) -> int:
        """How long this request has to wait, as far as is known now."""
        waits = [
            one.wait_ms(window, window.allowed(use), charge.of(window.counts), self.at_ms)
            for one, window in zip(self.spent, windows, strict=True)
            if charge.of(window.counts)
        ]
        return max([self.closed_ms(), *waits])

    def taken(self, windows: Windows, charge: Charge) -> Tally:
        """With a request that leaves now; until it is answered it may arrive at any moment."""
        return self._with(windows, charge, 1, self.at_ms + REACH_MS)

    def answered(self, windows: Windows, charge: Charge, taken_ms: int) -> Tally:
        """With an answer that is there now: the request has arrived, at the latest just now."""
        if taken_ms > self.at_ms:  # the clock has begun anew meanwhile
            return self
        back = self._with(windows, charge, -1, taken_ms + REACH_MS)
        return back._with(windows, charge, 1, self.at_ms)

    def _with(self, windows: Windows, charge: Charge, times: int, at_ms: int) -> Tally:
        spent = tuple(
            one.add(window, times * charge.of(window.counts), at_ms)
            for one, window in zip(self.spent, windows, strict=True)
        )
        return replace(self, spent=spent)

    def at_least(self, windows: Windows, number: int, used: int) -> Tally:
        """With so much used of one window, as the exchange says: others share what it counts."""
        window, one = windows[number], self.spent[number]
        more = min(used, window.limit) - one.within(window, self.at_ms)
        if more <= 0:
            return self
        spent = list(self.spent)
        spent[number] = one.add(window, more, self.at_ms)
        return replace(self, spent=tuple(spent))

    def closed(self, for_ms: int, why: int) -> Tally:
        """With nothing sent for so long; what was said before and lasts longer stays."""
        until_ms = self.at_ms + min(for_ms, LONGEST_MS)
        if until_ms <= self.closed_until_ms:
            return self
        return replace(self, closed_until_ms=until_ms, why=why)


def fresh(windows: Windows, now_ms: int) -> Tally:
    """Nothing is spent."""
    return Tally(now_ms, 0, 0, tuple(Spent(now_ms // window.slot_ms) for window in windows))


def blind(windows: Windows, now_ms: int) -> Tally:
    """Nobody knows what is spent: until that is long ago, only what is kept for exits may be."""
    tally = fresh(windows, now_ms)
    spent = [
        one
        if window.length_ms > _LONG_MS
        else one.add(window, window.allowed(Use.ENTRY), now_ms + REACH_MS)
        for window, one in zip(windows, tally.spent, strict=True)
    ]
    return replace(tally, spent=tuple(spent))


def written(tally: Tally, windows: Windows) -> bytes:
    """As the file holds it."""
    parts = [
        _HEAD.pack(_MAGIC, _VERSION, len(windows), tally.at_ms, tally.closed_until_ms, tally.why)
    ]
    for window, one in zip(windows, tally.spent, strict=True):
        parts.append(_WINDOW.pack(window.length_ms, window.limit, one.newest, *one.amounts))
    body = b"".join(parts)
    return body + _SUM.pack(zlib.crc32(body))


def size_of(windows: Windows) -> int:
    """Of the file."""
    return _HEAD.size + len(windows) * _WINDOW.size + _SUM.size


def read(data: bytes, windows: Windows) -> Tally | None:
    """What the file holds; `None` where it is torn, damaged, of other limits or impossible."""
    if len(data) != size_of(windows):
        return None
    body = data[: -_SUM.size]
    magic, version, count, at_ms, until_ms, why = _HEAD.unpack_from(body)
    if _SUM.unpack(data[-_SUM.size :])[0] != zlib.crc32(body):
        return None
    if (magic, version, count) != (_MAGIC, _VERSION, len(windows)):
        return None
    spent = []
    for number, window in enumerate(windows):
        offset = _HEAD.size + number * _WINDOW.size
        length_ms, limit, newest, *amounts = _WINDOW.unpack_from(body, offset)
        if (length_ms, limit) != (window.length_ms, window.limit):
            return None
        spent.append(Spent(newest, tuple(amounts)))
    if at_ms > _EVER_MS or until_ms > at_ms + LONGEST_MS:
        return None
    pairs = zip(spent, windows, strict=True)
    if not all(one.adds_up(window, at_ms) for one, window in pairs):
        return None
    return Tally(at_ms, until_ms, why, tuple(spent))
