"""What became of a write, read from the exchange's own words by a table.

In: the answer. Out: the orders, if they are those that we sent; `Rejected` where the exchange
documents that nothing happened; `Unknown` for all else: that is looked up, never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from runner.exchange.wire import Answer, Unreadable
from runner.exchange.words import Words
from runner.model.calls import CallOutcome
from runner.model.markets import MarketKind
from runner.model.orders import Rejected, Unknown

T = TypeVar("T")


def outcome_of_write(
    words: Words, kind: MarketKind, write: str, answer: Answer, read: Callable[[Any], T]
) -> T | Rejected | Unknown:
    """`write` is submit or cancel; `read` takes a good answer, and raises Unreadable otherwise."""
    refusal = words.refusal(answer)
    if refusal is None:
        try:
            return read(answer.document())
        except Unreadable as why:
            return Unknown(f"{words.exchange} answered, but {why}")
        except (ArithmeticError, ValueError):  # the order has left: it is looked up
            return Unknown(f"{words.exchange} answered, but not with what can be reckoned with")
    code, said = refusal
    refused = code in words.refused[kind, write] and answer.status in words.refusing
    if refused and refusal not in words.maybe[write]:
        return Rejected(code, said)
    wait = f"; it asks to wait {answer.retry_after} s" if answer.retry_after else ""
    told = f"{code}: {said}" if code else "no code of its own"
    return Unknown(f"{words.exchange} answered HTTP {answer.status}, {told}{wait}")


def word_of(outcome: object) -> CallOutcome:
    """The same in one word, for the audit log."""
    match outcome:
        case Rejected():
            return CallOutcome.REJECTED
        case Unknown():
            return CallOutcome.UNKNOWN
    return CallOutcome.ACCEPTED
