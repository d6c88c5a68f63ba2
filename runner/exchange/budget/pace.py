"""Waits until a request may be sent, together with all other runners of this machine.

In: what a request is for and costs; afterwards what its answer tells. Out: a ticket, or why it
would be too late. Files that cannot be kept stop reads and entries; exits go without being counted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from runner.exchange.budget.closings import closing_text
from runner.exchange.budget.limits import Scope, scopes_of
from runner.exchange.budget.tallyfile import Busy, Held, TallyFile
from runner.exchange.budget.told import Place, Reply, Told, told
from runner.exchange.budget.window import Charge, Use, Window
from runner.model.accounts import Venue
from runner.model.clock import Clock, iso
from runner.model.errors import Unavailable
from runner.model.values import dataclass

T = TypeVar("T")

#: So often, and so long, another process's lock is waited for; it is held for less than 1 ms.
_AGAIN_MS, _LOCKED_MS = 5, 2_000

#: HTTP statuses that are not of one limit.
_SHUTTING = frozenset({403, 418})


@dataclass(frozen=True, slots=True)
class Room:
    """One scope's files; without a key there is no account."""

    scope: Scope
    address: TallyFile
    account: TallyFile | None

    def files(self, charge: Charge) -> list[TallyFile]:
        """Those that a request counts in; always in this order, so that nobody waits in a ring."""
        if self.account is None:
            return [self.address]
        counted = any(charge.of(window.counts) for window in self.account.windows)
        return [self.address, self.account] if counted else [self.address]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request may be sent; `taken_ms`: when it was counted, `None` if it could not be."""

    room: Room
    charge: Charge
    taken_ms: int | None


@dataclass(frozen=True, slots=True)
class Late:
    """It may not be sent before so long; why, in our words."""

    wait_ms: int
    reason: str


class Pace:
    """The limits of one exchange as one account meets them."""

    __slots__ = ("_clock", "_exchange", "_rooms", "_sleep")

    def __init__(
        self,
        exchange: str,
        rooms: tuple[Room, ...],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._exchange, self._rooms, self._clock, self._sleep = exchange, rooms, clock, sleep

    @staticmethod
    def shared(
        folder: Path,
        exchange: str,
        venue: Venue,
        key: str,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        scopes: tuple[Scope, ...] | None = None,
    ) -> Pace:
        """By the files in `folder`; `key` tells the account by a fingerprint; empty: none is used.

        `scopes` are the exchange's own but for tests, which have less time.
        """

        def now_ms() -> int:
            return round(clock.monotonic_s() * 1000)

        def file(scope: Scope, place: Place, whose: str, windows: tuple[Window, ...]) -> TallyFile:
            name = f"{exchange}-{venue}-{scope.name}{whose}.{place}"
            return TallyFile(folder / name, windows, now_ms)

        def room(scope: Scope) -> Room:
            address = file(scope, Place.ADDRESS, "", scope.address)
            if not key or not scope.account:
                return Room(scope, address, None)
            return Room(scope, address, file(scope, Place.ACCOUNT, f"-{key}", scope.account))

        rooms = tuple(room(scope) for scope in scopes or scopes_of(exchange))
        return Pace(exchange, rooms, clock, sleep)

    async def take(
        self, use: Use, endpoint: str, spacing_ms: float, orders: int, most_ms: int
    ) -> Ticket | Late:
        """Waits for at most `most_ms`; what is late afterwards was not counted."""
        room = self._room(endpoint)
        charge = Charge(room.scope.weight(endpoint, spacing_ms), orders)
        left_ms = most_ms
        while True:
            found = await self._locked(use, lambda: self._tried(room, use, charge))
            if found is None:
                return Ticket(room, charge, None)
            if isinstance(found, Ticket) or found.wait_ms > left_ms:
                return found
            left_ms -= found.wait_ms
            await self._sleep(found.wait_ms / 1000)

    async def shut(self, ticket: Ticket, most_ms: int) -> Late | None:
        """Why what was let through may not be sent after all; waits for at most `most_ms`.

        Another answer may have told meanwhile that nothing may be sent.
        """
        late = await self._locked(Use.EXIT, lambda: self._closing(ticket))
        if late is None or late.wait_ms > most_ms:
            return late
        await self._sleep(late.wait_ms / 1000)
        return None

    async def heard(self, ticket: Ticket, reply: Reply) -> None:
        """What the answer says of the limits, for all; the request counts from now on."""
        said = told(self._exchange, reply, self._clock.wall_ms())
        await self._locked(Use.EXIT, lambda: self._noted(ticket, said))

    def _room(self, endpoint: str) -> Room:
        for room in self._rooms:
            if endpoint.startswith(room.scope.prefixes):
                return room
        raise KeyError(endpoint)

    async def _locked(self, use: Use, work: Callable[[], T]) -> T | None:
        """What the files tell; `None` where they cannot be had and an exit must not wait."""
        left_ms = _LOCKED_MS
        while True:
            try:
                return work()
            except Busy as busy:
                why = str(busy)
            if left_ms <= 0:
                break
            left_ms -= _AGAIN_MS
            await self._sleep(_AGAIN_MS / 1000)
        if use is Use.EXIT:
            return None
        folder = self._rooms[0].address.path.parent
        raise Unavailable(
            f"what is sent to {self._exchange} cannot be counted in `{folder}` ({why}): nothing "
            "was sent; see that the folder can be written"
        )

    def _tried(self, room: Room, use: Use, charge: Charge) -> Ticket | Late:
        with ExitStack() as stack:
            files = room.files(charge)
            held = [stack.enter_context(file.held()) for file in files]
            pairs = list(zip(held, files, strict=True))
            waits = [one.tally.wait_ms(file.windows, use, charge) for one, file in pairs]
            if longest := max(waits):
                one, file = pairs[waits.index(longest)]
                return Late(longest, self._reason(one, file, charge, use, longest))
            taken_ms = max(one.tally.at_ms for one in held)
            for one, file in pairs:
                moved = one.tally.moved(file.windows, taken_ms)
                one.tally = moved.taken(file.windows, charge)
            return Ticket(room, charge, taken_ms)

    def _closing(self, ticket: Ticket) -> Late | None:
        with ExitStack() as stack:
            for file in ticket.room.files(ticket.charge):
                held = stack.enter_context(file.held())
                if closed_ms := held.tally.closed_ms():
                    reason = self._reason(held, file, ticket.charge, Use.EXIT, closed_ms)
                    return Late(closed_ms, reason)
        return None

    def _reason(self, held: Held, file: TallyFile, charge: Charge, use: Use, wait_ms: int) -> str:
        tally, free_ms = held.tally, self._clock.wall_ms() + wait_ms
        if tally.closed_ms() == wait_ms:
            place = Place.ADDRESS if file.path.suffix == f".{Place.ADDRESS}" else Place.ACCOUNT
            return closing_text(self._exchange, place, tally.why, free_ms)
        free_at = iso(free_ms // 1000 * 1000)
        for one, window in zip(tally.spent, file.windows, strict=True):
            amount = charge.of(window.counts)
            if amount and one.wait_ms(window, window.allowed(use), amount, tally.at_ms) == wait_ms:
                return f"{self._exchange}'s limit of {window} is used up until {free_at}"
        raise AssertionError("nothing waits that long")

    def _noted(self, ticket: Ticket, said: Told) -> None:
        counted = ticket.room.files(ticket.charge)
        closed = self._closed(ticket.room, said)
        with ExitStack() as stack:
            for file in dict.fromkeys([*counted, *closed]):
                held, windows = stack.enter_context(file.held()), file.windows
                if file in counted and ticket.taken_ms is not None:
                    held.tally = held.tally.answered(windows, ticket.charge, ticket.taken_ms)
                if file in counted:
                    for number, window in enumerate(windows):
                        used = said.used.get(window.told_by, 0)
                        held.tally = held.tally.at_least(windows, number, used)
                if file in closed:
                    held.tally = held.tally.closed(said.closed_ms, said.status)

    def _closed(self, room: Room, said: Told) -> list[TallyFile]:
        """A firewall and a ban shut out of a whole site, a limit out of what it counts."""
        if not said.closed_ms:
            return []
        if said.place is Place.ACCOUNT and room.account is not None:
            return [room.account]
        if said.status in _SHUTTING:
            site = room.scope.site
            return [other.address for other in self._rooms if other.scope.site == site]
        return [room.address]
