"""Questions to an exchange: asked, understood, or failed in words that say what to do.

A question changes nothing and may be repeated, by the caller. What fails raises `Unavailable`, or
`Refused` where the key is at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from runner.exchange.binance import markets
from runner.exchange.errors import failure_of_read
from runner.exchange.library import Library
from runner.exchange.wire import Answer, Call, Unreadable
from runner.model.errors import RunnerError, Unavailable

T = TypeVar("T")


class Asking:
    """Asks one exchange through the library.

    `clock` is compared with the exchange's, told by its endpoint `time`, when the two differ.
    """

    __slots__ = ("_clock", "_library", "_name", "_time")

    def __init__(self, name: str, library: Library, clock: Callable[[], int], time: str) -> None:
        self._name, self._library, self._clock, self._time = name, library, clock, time

    async def read(
        self, wanted: str, endpoint: str, asked: Mapping[str, Any], read: Callable[[Any], T]
    ) -> T:
        """`wanted` names in our words what is asked for."""
        answer = await self._answer(wanted, endpoint, asked)
        if answer.status != 200:
            raise await self._failure(wanted, answer)
        return self.understood(wanted, lambda: read(answer.document()))

    async def look_up(
        self,
        wanted: str,
        endpoint: str,
        asked: Mapping[str, Any],
        read: Callable[[Any], T],
        absent: str,
    ) -> T | None:
        """The same where HTTP 400 with the code `absent` is an answer too: no such thing."""
        answer = await self._answer(wanted, endpoint, asked)
        if answer.status == 400 and answer.refusal()[0] == absent:
            return None
        if answer.status != 200:
            raise await self._failure(wanted, answer)
        return self.understood(wanted, lambda: read(answer.document()))

    def understood(self, wanted: str, read: Callable[[], T]) -> T:
        """What `read` makes of an answer, `Unavailable` if it cannot."""
        why = ""
        try:
            return read()
        except Unreadable as unreadable:
            why = str(unreadable)
        raise Unavailable(f"{self._name} tells {wanted} unclearly: {why}; try again later")

    async def _answer(self, wanted: str, endpoint: str, asked: Mapping[str, Any]) -> Answer:
        call = await self._library.call(Call("read", None), endpoint, asked)
        if call.answer is None:
            raise Unavailable(
                f"{self._name} does not tell {wanted}: {call.failure}; try again later"
            )
        return call.answer

    async def _failure(self, wanted: str, answer: Answer) -> RunnerError:
        """Why a read failed; a wrong clock is measured."""
        said = failure_of_read(self._name, wanted, answer)
        if answer.refusal()[0] != markets.WRONG_TIME:
            return said
        time = await self._answer("its time", self._time, {})
        if time.status != 200:
            return said
        server_ms = self.understood("its time", lambda: markets.server_time(time.document()))
        ahead_s = (self._clock() - server_ms) / 1000
        side = f"{abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'}"
        return Unavailable(f"this clock is {side} that of {self._name}: set it (NTP), then retry")
