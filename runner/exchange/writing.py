"""Writes: sent once, judged by the exchange's own words.

In: what a dialect wants to be signed and how it is looked at last. Out: orders as the answer shows
them, or why there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from runner.exchange.library import Library
from runner.exchange.outcomes import outcome_of_write, word_of
from runner.exchange.wire import Answer, Call, Check, Headers, Judge
from runner.exchange.words import Code, Words
from runner.model.markets import MarketKind
from runner.model.orders import Pinned, Rejected, Unknown

Parameters = dict[str, Any]  # what the library is to sign
Form = tuple[str, Parameters]  # the library's method, its parameters
Forms = tuple[str, list[Parameters]]  # the same where the exchange takes a list
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something; `check` is the last look at what leaves.

    `headers`: what is said beside what is signed. Signed with the pinned time.
    """

    verb: str  # submit, cancel or prepare
    form: Form | Forms
    check: Check
    pinned: Pinned
    headers: Headers = field(default_factory=dict)


class Writing:
    """Sends writes of one kind of market to one exchange."""

    __slots__ = ("_kind", "_library", "_words")

    def __init__(self, words: Words, library: Library, kind: MarketKind) -> None:
        self._words, self._library, self._kind = words, library, kind

    async def send(self, write: Write, read: Callable[[Any], T]) -> T | Rejected | Unknown:
        """What `read` makes of a good answer to a submission or cancellation."""

        def outcome(answer: Answer) -> T | Rejected | Unknown:
            return outcome_of_write(self._words, self._kind, write.verb, answer, read)

        call = await self._call(write, lambda answer: word_of(outcome(answer)))
        return Unknown(call.failure) if call.answer is None else outcome(call.answer)

    async def set(self, write: Write) -> Code | None:
        """Why a setting was refused; `None` where it was not, or where nobody answered.

        Whoever sets reads what is set afterwards: the answer alone says too little.
        """
        call = await self._call(write)
        return None if call.answer is None else self._words.refusal(call.answer)

    async def _call(self, write: Write, judge: Judge | None = None) -> Call:
        timed = write.pinned.timestamp_ms
        latest_ms = timed + write.pinned.window_ms // 2
        call = Call(write.verb, write.check, timed, latest_ms, write.headers, judge)
        return await self._library.call(call, *write.form)
