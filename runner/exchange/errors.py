"""What to tell the operator when a read fails, by the exchange's own code.

Reads change nothing: what they raise is `Unavailable` (try again), or `KeyRefused` where the key is
at fault and trying again would not help.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words
from runner.model.errors import KeyRefused, Refused, RunnerError, Unavailable


def failure_of_read(words: Words, wanted: str, answer: Answer, refusal: Code) -> RunnerError:
    """`wanted` names what was asked for, in our words."""
    exchange, (code, told) = words.exchange, refusal
    if code in words.key_faults:
        return KeyRefused(words.key_faults[code])
    if answer.status == 451:
        return Refused(f"{exchange} does not serve this place (HTTP 451): {told}")
    if answer.status in (418, 429) or code in words.limited:
        wait = f"{answer.retry_after} s" if answer.retry_after else "a minute"
        return Unavailable(f"{exchange} limits this address (HTTP {answer.status}): wait {wait}")
    if answer.status == 403:
        return Unavailable(f"{exchange}'s firewall refuses this address (HTTP 403): wait, then try")
    said = ": ".join(it for it in refusal if it) or f"HTTP {answer.status}"
    return Unavailable(f"{exchange} does not tell {wanted} ({said}): try again later")
