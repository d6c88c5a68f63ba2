"""How much of a limit is spent within any window of its length, wherever that begins.

In: instants of one clock (milliseconds), amounts. Out: what is spent, how long to wait. Exchanges
count in windows that begin when they like, and a request arrives somewhat later than it was sent:
an amount counts from the moment it is taken until a whole window after its answer is there.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from runner.model.values import dataclass

#: A window is told apart into slots; what a file keeps of it has a fixed size.
RING = 64

#: A request is under way so long at most (library.py, `_TIMEOUT_MS`); an amount whose taker died
#: counts as if the request had arrived at the end of that time.
REACH_MS = 10_000

_MOST = 2**32 - 1  # what a slot of the file holds


class Use(StrEnum):
    """What a request is for; each may spend more of a limit than the one before it."""

    READ = "read"
    ENTRY = "entry"
    EXIT = "exit"


class Counts(StrEnum):
    """What a limit counts."""

    WEIGHT = "weight"
    REQUESTS = "requests"
    ORDERS = "orders"


_SPANS = {1_000: "a second", 60_000: "a minute", 86_400_000: "a day"}


@dataclass(frozen=True, slots=True)
class Charge:
    """What one request costs."""

    weight: int
    orders: int

    def of(self, counts: Counts) -> int:
        """In what a limit counts."""
        match counts:
            case Counts.WEIGHT:
                return self.weight
            case Counts.REQUESTS:
                return 1
            case Counts.ORDERS:
                return self.orders


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` within `length_ms`; `told_by`: the header that tells what is used, if any."""

    counts: Counts
    limit: int
    length_ms: int
    told_by: str = ""

    def __str__(self) -> str:
        """As people read it: `6000 weight in a minute`."""
        span = _SPANS.get(self.length_ms, f"{self.length_ms // 1000} s")
        return f"{self.limit} {self.counts} in {span}"

    @property
    def slot_ms(self) -> int:
        """Length of a slot."""
        return -(-(self.length_ms + REACH_MS) // (RING - 4))

    @property
    def span(self) -> int:
        """Slots before the present one that a window of this length may reach into."""
        return -(-self.length_ms // self.slot_ms)

    def allowed(self, use: Use) -> int:
        """Reads leave 30 percent, entries 20, exits 5: others may share the address."""
        exits = self.limit - self.limit // 20
        entries = max(1, min(self.limit * 80 // 100, exits - 1))
        match use:
            case Use.EXIT:
                return exits
            case Use.ENTRY:
                return entries
            case Use.READ:
                return max(1, min(self.limit * 70 // 100, entries))


@dataclass(frozen=True, slots=True)
class Spent:
    """Amounts by slot, the newest first; slots are numbered from the clock's beginning."""

    newest: int
    amounts: tuple[int, ...] = (0,) * RING

    def within(self, window: Window, now_ms: int) -> int:
        """All that some window which ends now, or while requests are under way, may hold."""
        oldest = now_ms // window.slot_ms - window.span
        return sum(self.amounts[: max(self.newest - oldest + 1, 0)])

    def wait_ms(self, window: Window, allowed: int, amount: int, now_ms: int) -> int:
        """Until `amount` fits, if nobody else takes it; 0: it does. Much fits once all is free."""
        excess = self.within(window, now_ms) + min(amount, allowed) - allowed
        slot = now_ms // window.slot_ms - window.span
        beyond = slot + RING
        while excess > 0 and slot < beyond:
            excess -= self._at(slot)
            slot += 1
        free_ms = (slot + window.span) * window.slot_ms
        return max(free_ms - now_ms, 0)

    def add(self, window: Window, amount: int, at_ms: int) -> Spent:
        """The same with an amount at an instant; a negative one takes back what is there."""
        slot = at_ms // window.slot_ms
        moved = self._until(max(slot, self.newest))
        age = moved.newest - slot
        if age >= RING:
            return moved
        amounts = list(moved.amounts)
        amounts[age] = min(max(amounts[age] + amount, 0), _MOST)
        return replace(moved, amounts=tuple(amounts))

    def shift(self, window: Window, from_ms: int, to_ms: int) -> Spent:
        """The same on a clock that has begun anew; what was spent long ago falls off."""
        old, new = from_ms // window.slot_ms, to_ms // window.slot_ms
        moved = self._until(max(old, self.newest))
        return replace(moved, newest=moved.newest - old + new)

    def adds_up(self, window: Window, at_ms: int) -> bool:
        """Whether nothing is spent later than a request of now may arrive."""
        return self.newest - at_ms // window.slot_ms <= REACH_MS // window.slot_ms + 1

    def _at(self, slot: int) -> int:
        age = self.newest - slot
        return self.amounts[age] if 0 <= age < RING else 0

    def _until(self, slot: int) -> Spent:
        """Made to begin at a later slot; what falls off the other end is older than any window."""
        gone = min(slot - self.newest, RING)
        return Spent(slot, (0,) * gone + self.amounts[: RING - gone])
