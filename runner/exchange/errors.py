"""What to tell the operator when a read fails, by the exchange's own code.

Reads change nothing: what they raise is `Unavailable` (try again), or `Refused` where the key is at
fault and trying again would not help.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.model.errors import Refused, RunnerError, Unavailable

#: (exchange, code) → what is wrong with the key and where to look.
#: Source: binance-spot-api-docs errors.md, 20xx and -1022; -1002 is answered where no key arrived.
KEY_FAULTS: dict[tuple[str, str], str] = {
    ("binance", "-1002"): "binance does not let this key do that; look at its permissions",
    ("binance", "-1022"): "the signature is wrong: `api_secret` does not belong to `api_key`",
    (
        "binance",
        "-2008",
    ): "binance does not know this key: it was deleted, or belongs to another `venue`",
    ("binance", "-2014"): "`api_key` has not the form of a binance key: look at its reference",
    ("binance", "-2015"): (
        "binance refuses this key: it is deleted or expired, or this address is not on its list, "
        "or it lacks a permission, or belongs to another `venue`; look at API Management there"
    ),
}


def failure_of_read(exchange: str, wanted: str, answer: Answer) -> RunnerError:
    """`wanted` names what was asked for, in our words."""
    code, words = answer.refusal()
    if (exchange, code) in KEY_FAULTS:
        return Refused(KEY_FAULTS[exchange, code])
    if answer.status == 451:
        return Refused(f"{exchange} does not serve this place (HTTP 451): {words}")
    if answer.status in (418, 429):
        wait = f"{answer.retry_after} s" if answer.retry_after else "a minute"
        return Unavailable(f"{exchange} limits this address (HTTP {answer.status}): wait {wait}")
    if answer.status == 403:
        return Unavailable(f"{exchange}'s firewall refuses this address (HTTP 403): wait, then try")
    said = f"{code}: {words}" if code else f"HTTP {answer.status}"
    return Unavailable(f"{exchange} does not tell {wanted} ({said}): try again later")
