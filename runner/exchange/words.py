"""How an exchange says no: what in an answer is a refusal, and what its codes mean.

One `Words` an exchange, in `NAME/words.py`. The library's exception classes decide nothing: Bitget
40010 arrives as an authentication error and means "maybe", Binance -2010 as an exchange error and
means "no".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runner.exchange.wire import Answer
from runner.model.markets import MarketKind
from runner.model.values import dataclass

Code = tuple[str, str]  # the exchange's own code and words; both empty where it gave none


@dataclass(frozen=True, slots=True)
class Words:
    """`refusal`: `None` for a good answer, which may still be unreadable.

    `refused`: (kind, write) → code → its documented heading; after those nothing has happened.
    `maybe`: write → code and words that are no refusal though the code is in `refused`.
    `refusing`: HTTP statuses that such a code may come with; `absent`: those by which it may say
    that what is looked up does not exist.
    `key_faults`: code → what is wrong with the key, and where to look.
    """

    exchange: str
    refusal: Callable[[Answer], Code | None]
    refusing: frozenset[int]
    absent: frozenset[int]
    refused: Mapping[tuple[MarketKind, str], Mapping[str, str]]
    maybe: Mapping[str, frozenset[Code]]
    key_faults: Mapping[str, str]
    wrong_time: frozenset[str]  # codes of a request outside of its window
    limited: frozenset[str]  # codes by which it limits, whatever the HTTP status
    vague: frozenset[str] = frozenset()  # of `key_faults`: of which one stands for several causes


def code_and_message(answer: Answer, code: str, message: str) -> Code:
    """The fields `code` and `message` of an answer that is an object; both empty elsewhere."""
    document = answer.fields()
    found = document.get(code)
    if type(found) is not int and not isinstance(found, str):
        return "", ""
    return str(found)[:40], printable(document.get(message, ""))


def printable(words: object) -> str:
    """The exchange's words, as far as they fit into one line."""
    return "".join(it for it in str(words)[:200] if it.isprintable())
