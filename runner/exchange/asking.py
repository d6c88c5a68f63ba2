"""Questions to an exchange: asked, understood, or failed in words that say what to do.

A question changes nothing and may be repeated, by the caller. What fails raises `Unavailable`, or
`Refused` where the key is at fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import field
from typing import Any, TypeVar

from runner.exchange.errors import failure_of_read
from runner.exchange.library import Library
from runner.exchange.wire import Answer, Call, Check, Unreadable
from runner.exchange.words import Code, Words
from runner.model.errors import RunnerError, Unavailable
from runner.model.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Time:
    """The library's method that asks for the exchange's clock, and how its answer is read.

    `asked` and `check`: as of `Asking.read`.
    """

    endpoint: str
    read: Callable[[Any], int]  # UTC milliseconds; raises Unreadable
    asked: Mapping[str, Any] = field(default_factory=dict)
    check: Check | None = None


class Asking:
    """Asks one exchange through the library.

    `clock` is compared with the exchange's, told by `time`, when the two differ.
    """

    __slots__ = ("_clock", "_library", "_time", "_words")

    def __init__(
        self, words: Words, library: Library, clock: Callable[[], int], time: Time
    ) -> None:
        self._words, self._library, self._clock, self._time = words, library, clock, time

    async def read(
        self,
        wanted: str,
        endpoint: str,
        asked: Mapping[str, Any],
        read: Callable[[Any], T],
        verb: str = "read",
        check: Check | None = None,
    ) -> T:
        """`wanted` names in our words what is asked for; `verb` is the audit log's.

        `check` is the last look at a question that is sent as HTTP POST, which leaves by it alone.
        """
        answer = await self._answer(wanted, endpoint, asked, verb, check)
        refusal = self._words.refusal(answer)
        if refusal is not None:
            raise await self._failure(wanted, answer, refusal)
        return self.understood(wanted, lambda: read(answer.document()))

    async def look_up(
        self,
        wanted: str,
        endpoint: str,
        asked: Mapping[str, Any],
        read: Callable[[Any], T],
        absent: Set[str],
        verb: str = "read",
    ) -> T | None:
        """The same where a refusal by a code of `absent` is an answer too: no such thing."""
        answer = await self._answer(wanted, endpoint, asked, verb)
        refusal = self._words.refusal(answer)
        if refusal is None:
            return self.understood(wanted, lambda: read(answer.document()))
        if refusal[0] in absent and answer.status in self._words.absent:
            return None
        raise await self._failure(wanted, answer, refusal)

    async def server_time(self) -> int:
        """The exchange's clock, UTC milliseconds."""
        time = self._time
        return await self.read("its time", time.endpoint, time.asked, time.read, check=time.check)

    def understood(self, wanted: str, read: Callable[[], T]) -> T:
        """What `read` makes of an answer, `Unavailable` if it cannot."""
        why = ""
        try:
            return read()
        except Unreadable as unreadable:
            why = str(unreadable)
        except (ArithmeticError, ValueError):
            why = "not with what can be reckoned with"
        raise Unavailable(
            f"{self._words.exchange} tells {wanted} unclearly: {why}; try again later"
        )

    async def _answer(
        self,
        wanted: str,
        endpoint: str,
        asked: Mapping[str, Any],
        verb: str = "read",
        check: Check | None = None,
    ) -> Answer:
        call = await self._library.call(Call(verb, check), endpoint, asked)
        if call.answer is None:
            exchange = self._words.exchange
            raise Unavailable(f"{exchange} does not tell {wanted}: {call.failure}; try again later")
        return call.answer

    async def _failure(self, wanted: str, answer: Answer, refusal: Code) -> RunnerError:
        """Why a read failed; a wrong clock is measured."""
        said = failure_of_read(self._words, wanted, answer, refusal)
        if refusal[0] not in self._words.wrong_time:
            return said
        time = await self._answer(
            "its time", self._time.endpoint, self._time.asked, check=self._time.check
        )
        if self._words.refusal(time) is not None:
            return said
        server_ms = self.understood("its time", lambda: self._time.read(time.document()))
        ahead_s = (self._clock() - server_ms) / 1000
        side = f"{abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'}"
        exchange = self._words.exchange
        return Unavailable(f"this clock is {side} that of {exchange}: set it (NTP), then retry")
