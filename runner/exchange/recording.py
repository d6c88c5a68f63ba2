"""What the wire has seen of a call, told to the audit log without anything that is secret.

In: the call, the request's address, the answer. Out: a `CallRecord`. Names of orders are found by
the words that exchanges have for them, in what was asked and in what was answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yarl

from runner.exchange.wire import Answer, Call, Unreadable
from runner.exchange.words import Code
from runner.model.accounts import Venue
from runner.model.calls import WRITES, CallOutcome, CallRecord, ShownOrder
from runner.model.clock import MachineClock
from runner.model.errors import RunnerError

Record = Callable[[CallRecord], None]
Refusal = Callable[[Answer], Code | None]  # `Words.refusal`

#: Names of parameters and members that hold a name that we gave an order.
_OURS = (
    *("newClientOrderId", "origClientOrderId", "clientOrderId", "clientOrderID"),
    *("aboveClientOrderId", "belowClientOrderId", "clientAlgoId", "clOrdId", "algoClOrdId"),
    *("orderLinkId", "clientOid", "client_order_id", "cl_ord_id", "cloid", "label"),
)
#: The same of the exchange's own name; a stop that was triggered has two.
_THEIRS = ("orderId", "orderID", "ordId", "order_id", "algoId", "actualOrderId", "oid", "txid")
_MARKETS = ("symbol", "instId", "instrument_name", "product_id", "currency_pair", "pair", "coin")
#: Beginnings of headers that tell how much of a limit is used, in small letters.
_LIMITS = (
    "x-mbx-used-weight",
    "x-mbx-order-count",
    "x-sapi-used",
    "x-bapi-limit",
    "gw-ratelimit-remaining",
    "x-gate-ratelimit-requests-remain",
    "x-ratelimit-remaining",
)
_DEPTH = 6  # levels of an answer in which orders are looked for


class Recording:
    """Knows whose calls they are. `names`: our symbols by the exchange's names of them."""

    __slots__ = (
        "_clock",
        "_exchange",
        "_key",
        "_machine",
        "_names",
        "_record",
        "_refusal",
        "_venue",
    )

    def __init__(
        self,
        exchange: str,
        venue: Venue,
        key: str,
        names: Mapping[str, str],
        refusal: Refusal,
        clock: Callable[[], int],
        record: Record,
    ) -> None:
        self._exchange, self._venue, self._key = exchange, venue.value, key
        self._names, self._clock, self._record = names, clock, record
        self._refusal = refusal
        self._machine = MachineClock()

    def moment(self) -> tuple[int, float]:
        """Now, by the clock that signs and by one that only counts."""
        return self._clock(), self._machine.monotonic_s()

    def tell(
        self,
        call: Call,
        method: str,
        url: yarl.URL,
        headers: Mapping[str, str],
        began: tuple[int, float],
    ) -> None:
        """Called once for each request that has left, whatever came of it."""
        at_ms, began_s = began
        asked, theirs, shown = _orders_in(call, url.path)
        answer = call.answer
        refused = None if answer is None else self._refusal(answer)
        market = next((str(call.asked[name]) for name in _MARKETS if name in call.asked), "")
        self._record(
            CallRecord(
                at_ms,
                round((self._machine.monotonic_s() - began_s) * 1000),
                self._exchange,
                self._venue,
                self._key,
                call.verb,
                method,
                url.host or "",
                url.path,
                self._names.get(market, market),
                asked,
                theirs,
                shown,
                outcome_of(call, refused is not None),
                None if answer is None else answer.status,
                "" if refused is None else refused[0],
                _used(headers),
            )
        )


def outcome_of(call: Call, is_refused: bool) -> CallOutcome:
    """Of an order what the table of its exchange says, of anything else what HTTP says.

    `is_refused`: the answer is one by which the exchange says no, whatever HTTP says.
    """
    answer, writes = call.answer, call.verb in WRITES
    if answer is None:
        return CallOutcome.UNKNOWN if writes else CallOutcome.FAILED
    if call.judge is not None:
        try:
            return call.judge(answer)
        except RunnerError:  # raised again where the answer is read
            return CallOutcome.UNKNOWN
    if 200 <= answer.status < 300 and not is_refused:
        return CallOutcome.ACCEPTED if writes else CallOutcome.ANSWERED
    if 200 <= answer.status < 500:
        return CallOutcome.REJECTED
    return CallOutcome.UNKNOWN if writes else CallOutcome.FAILED


def _orders_in(
    call: Call, path: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[ShownOrder, ...]]:
    """Our names and theirs of the orders that the call is about, else the orders it has shown."""
    asked = _words(call.asked, _OURS)
    about = bool(asked) or call.verb in WRITES
    if call.answer is None or not (about or "order" in path.lower()):
        return tuple(asked), (), ()
    found = list(_found_in(_document(call), _DEPTH))
    if not about:
        return (), (), tuple(ShownOrder(ours, theirs[0]) for ours, theirs in found)
    if call.verb in WRITES:
        asked += [ours for ours, _ in found]
    theirs = [name for _, names in found for name in names]
    return tuple(dict.fromkeys(asked)), tuple(dict.fromkeys(theirs)), ()


def _document(call: Call) -> Any:
    try:
        return None if call.answer is None else call.answer.document()
    except Unreadable:
        return None


def _found_in(document: Any, depth: int) -> Iterator[tuple[str, list[str]]]:
    """Of each order in an answer our name and theirs; what has not both is none."""
    match document:
        case list() if depth:
            for entry in document:
                yield from _found_in(entry, depth - 1)
        case dict() if depth:
            ours, theirs = _words(document, _OURS), _words(document, _THEIRS)
            if ours and theirs:
                yield ours[0], theirs
            for entry in document.values():
                if isinstance(entry, list | dict):
                    yield from _found_in(entry, depth - 1)


def _words(members: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    found = (members[name] for name in names if name in members)
    return [str(word) for word in found if isinstance(word, str | int) and word not in ("", 0)]


def _used(headers: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    told = ((name.lower(), value) for name, value in headers.items())
    return tuple(
        (name, int(value))
        for name, value in told
        if name.startswith(_LIMITS) and value.isdecimal() and len(value) < 16
    )
