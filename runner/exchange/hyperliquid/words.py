"""How Hyperliquid says no to a question: by HTTP status, without a code.

Questions take no key, so that none is refused. Source: docs.chainstack.com, Hyperliquid info.
"""

from __future__ import annotations

from runner.exchange.untraded import words_of_questions
from runner.exchange.wire import Answer
from runner.exchange.words import Code


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200; what it holds may still be unreadable."""
    return None if answer.status == 200 else ("", "")


WORDS = words_of_questions("hyperliquid", _refusal, {}, wrong_time=frozenset(), limited=frozenset())
