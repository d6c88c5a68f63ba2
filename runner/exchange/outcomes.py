"""What became of a write, read from the exchange's own words by a table.

In: the answer. Out: the orders, if they are those that we sent; `Rejected` where the exchange
documents that nothing happened; `Unknown` for all else: that is looked up, never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from runner.exchange.wire import Answer, Unreadable
from runner.model.orders import Rejected, Unknown

T = TypeVar("T")

#: HTTP statuses with which Binance refuses a request before it reaches the matching engine or with
#: the engine's own words; 403 is a firewall's, 418 and 429 may be a proxy's, 5xx mean unknown.
#: Source: binance-spot-api-docs rest-api.md "HTTP Return Codes".
_REFUSING = frozenset({400, 401, 404, 405, 409, 413, 415, 422})

#: Codes after which nothing has happened, for every write.
#: Source: binance-spot-api-docs errors.md, sections 10xx, 11xx and 20xx; each row is its heading.
_REQUEST_REFUSED: dict[str, str] = {
    "-1002": "UNAUTHORIZED",
    "-1013": "INVALID_MESSAGE: did not reach the matching engine; filters",
    "-1014": "UNKNOWN_ORDER_COMPOSITION",
    "-1016": "SERVICE_SHUTTING_DOWN: this service is no longer available",
    "-1020": "UNSUPPORTED_OPERATION",
    "-1021": "INVALID_TIMESTAMP: outside of the window, also when it waited for the engine",
    "-1022": "INVALID_SIGNATURE",
    "-1100": "ILLEGAL_CHARS",
    "-1101": "TOO_MANY_PARAMETERS",
    "-1102": "MANDATORY_PARAM_EMPTY_OR_MALFORMED",
    "-1103": "UNKNOWN_PARAM",
    "-1104": "UNREAD_PARAMETERS",
    "-1105": "PARAM_EMPTY",
    "-1106": "PARAM_NOT_REQUIRED",
    "-1108": "PARAM_OVERFLOW",
    "-1111": "BAD_PRECISION",
    "-1112": "NO_DEPTH: no orders on book for symbol",
    "-1114": "TIF_NOT_REQUIRED",
    "-1115": "INVALID_TIF",
    "-1116": "INVALID_ORDER_TYPE",
    "-1117": "INVALID_SIDE",
    "-1118": "EMPTY_NEW_CL_ORD_ID",
    "-1119": "EMPTY_ORG_CL_ORD_ID",
    "-1121": "BAD_SYMBOL",
    "-1128": "OPTIONAL_PARAMS_BAD_COMBO",
    "-1130": "INVALID_PARAMETER",
    "-1158": "OCO_ORDER_TYPE_REJECTED",
    "-1166": "SELL_OCO_LIMIT_MUST_BE_ABOVE",
    "-1168": "BOTH_OCO_ORDERS_CANNOT_BE_LIMIT",
    "-1197": "SELL_OCO_STOP_LOSS_MUST_BE_BELOW",
    "-1199": "SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE",
    "-2008": "BAD_API_ID: the key is not known",
    "-2014": "BAD_API_KEY_FMT",
    "-2015": "REJECTED_MBX_KEY: key, address or permission",
}

#: (exchange, write) → codes after which nothing has happened.
REFUSALS: dict[tuple[str, str], dict[str, str]] = {
    ("binance", "submit"): _REQUEST_REFUSED | {"-2010": "NEW_ORDER_REJECTED by the engine"},
    ("binance", "cancel"): _REQUEST_REFUSED | {"-2011": "CANCEL_REJECTED: no such open order"},
}

#: Words that make a refusing code a "maybe": an order with this id is there, ours or not.
#: Source: errors.md "Messages for -1010, -2010 and -2011".
MAYBE: dict[tuple[str, str], frozenset[tuple[str, str]]] = {
    ("binance", "submit"): frozenset(
        {("-2010", "Duplicate order sent."), ("-2010", "Unknown order sent.")}
    ),
    ("binance", "cancel"): frozenset(),
}


def outcome_of_write(
    exchange: str, write: str, answer: Answer, read: Callable[[Any], T]
) -> T | Rejected | Unknown:
    """`write` is submit or cancel; `read` takes a good answer, and raises Unreadable if it is not.

    Bitget 40010 arrives as an authentication error and means "maybe"; Binance -2010 arrives as an
    exchange error and means "no": the library's classes decide nothing here.
    """
    if answer.status == 200:
        try:
            return read(answer.document())
        except Unreadable as why:
            return Unknown(f"{exchange} answered, but {why}")
    code, words = answer.refusal()
    refused = code in REFUSALS[exchange, write] and answer.status in _REFUSING
    if refused and (code, words) not in MAYBE[exchange, write]:
        return Rejected(code, words)
    wait = f"; it asks to wait {answer.retry_after} s" if answer.retry_after else ""
    said = f"{code}: {words}" if code else "no code of its own"
    return Unknown(f"{exchange} answered HTTP {answer.status}, {said}{wait}")
