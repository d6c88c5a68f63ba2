"""What a line of the audit log tells, made of values that cannot be misread.

Texts of an exchange are cut to bounded printable ASCII; numbers are whole. Each kind of line has
the same members always; docs/guide/audit.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable

from runner.journal.auditline import CALL, FORMAT, Mark
from runner.model.calls import CallRecord
from runner.model.clock import iso

Body = dict[str, object]

#: Of an exchange's own words at most so many characters are kept.
_MOST_LETTERS = 80

#: Of the names of orders that a call was about or has shown a line has at most so many of a kind.
MOST_ORDERS = 50


def opening(
    kind: str, at_ms: int, log: str, last: Mark, cause: str = "", reason: str = "", lost: int = 0
) -> Body:
    """The first line of a file behind the line `last`; a gap says why lines may be missing."""
    return {
        "at": iso(at_ms),
        "cause": cause,
        "format": FORMAT,
        "log": log,
        "lost": lost,
        "prev": last.hash,
        "reason": plain(reason),
        "type": kind,
    }


def of_call(environment: str, account: str, call: CallRecord, foreign: list[list[str]]) -> Body:
    """One call; `foreign`: the orders that it was the first to show and that are not ours.

    An answer may name any number of orders: `left_out` counts those that the line does not name.
    """
    kinds = call.client_order_ids, call.exchange_order_ids, foreign
    left_out = sum(max(len(names) - MOST_ORDERS, 0) for names in kinds)
    body: Body = {
        "account": account,
        "at": iso(call.at_ms),
        "client_order_ids": [plain(name) for name in call.client_order_ids[:MOST_ORDERS]],
        "code": plain(call.code),
        "environment": environment,
        "exchange": call.exchange,
        "exchange_order_ids": [plain(name) for name in call.exchange_order_ids[:MOST_ORDERS]],
        "foreign": foreign[:MOST_ORDERS],
        "host": plain(call.host),
        "key": call.key,
        "latency_ms": call.latency_ms,
        "market": plain(call.market),
        "method": call.method,
        "outcome": call.outcome.value,
        "path": plain(call.path),
        "status": call.status,
        "type": CALL,
        "venue": call.venue,
        "verb": call.verb,
        "weight": {plain(name): used for name, used in call.weight[:MOST_ORDERS]},
    }
    return body | {"left_out": left_out} if left_out else body


class Others:
    """Tells orders of others from ours; each of theirs is told once in the life of a process.

    What a line leaves out was not told: a later reading tells it.
    """

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self._knows = knows
        self._ours: set[str] = set()  # by the exchange's names
        self._told: set[tuple[str, str]] = set()

    def in_call(self, call: CallRecord) -> list[list[str]]:
        """Our name (which they chose) and the exchange's name of each new one."""
        if any(self._knows(name) for name in call.client_order_ids):
            self._ours.update(call.exchange_order_ids[:MOST_ORDERS])
        found: list[list[str]] = []
        for order in call.shown:
            pair = plain(order.client_order_id), plain(order.exchange_order_id)
            ours = self._knows(order.client_order_id) or order.exchange_order_id in self._ours
            if not ours and pair not in self._told:
                if len(found) < MOST_ORDERS:
                    self._told.add(pair)
                found.append(list(pair))
        return found


def plain(text: str) -> str:
    """What exchanges answer is theirs to choose.

    >>> plain("a\\nbé")
    'a?b?'
    """
    kept = text[:_MOST_LETTERS]
    return "".join(letter if " " <= letter <= "~" else "?" for letter in kept)
