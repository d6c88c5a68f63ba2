"""How Binance says no, on spot and on futures."""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, printable
from runner.model.markets import MarketKind

#: HTTP statuses with which Binance refuses a request before it reaches the matching engine or with
#: the engine's own words; 403 is a firewall's, 418 and 429 may be a proxy's, 5xx mean unknown.
#: Source: binance-spot-api-docs rest-api.md and usds-margined-futures general-info, "HTTP Return
#: Codes".
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

#: The same of futures. Absent, and so unknown: -2020 UNABLE_TO_FILL, -4116 and -20132 (an order
#: with this id is there), -4117 STOP_ORDER_TRIGGERING, -1006, -1007, -1008, -1015.
#: Source: developers.binance.com usds-margined-futures error-code; each row is its heading.
_FUTURES_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "-1099": "NOT_FOUND: not found, unauthenticated or unauthorized",
    "-1108": "BAD_ASSET",
    "-1109": "BAD_ACCOUNT",
    "-1122": "INVALID_SYMBOL_STATUS",
    "-1136": "INVALID_NEW_ORDER_RESP_TYPE",
    "-2017": "API_KEYS_LOCKED",
    "-4003": "QTY_LESS_THAN_ZERO",
    "-4015": "INVALID_CL_ORD_ID_LEN",
    "-4031": "INVALID_WORKING_TYPE",
    "-4060": "INVALID_POSITION_SIDE",
    "-4061": "POSITION_SIDE_NOT_MATCH: hedge mode",
    "-4088": "NO_PLACE_ORDER_PERMISSION",
    "-4109": "INACTIVE_ACCOUNT",
    "-4120": "order types that the algo service takes",
    "-4141": "SYMBOL_ALREADY_CLOSED",
    "-4192": "COOLING_OFF_PERIOD",
    "-5028": "ME_RECVWINDOW_REJECT: outside of the engine's window",
}
_FUTURES_ORDER_REFUSED: dict[str, str] = _FUTURES_REFUSED | {
    "-2010": "NEW_ORDER_REJECTED by the engine",
    "-2018": "BALANCE_NOT_SUFFICIENT",
    "-2019": "MARGIN_NOT_SUFFICIENT",
    "-2021": "ORDER_WOULD_IMMEDIATELY_TRIGGER",
    "-2022": "REDUCE_ONLY_REJECT",
    "-2023": "USER_IN_LIQUIDATION",
    "-2024": "POSITION_NOT_SUFFICIENT",
    "-2025": "MAX_OPEN_ORDER_EXCEEDED",
    "-2026": "REDUCE_ONLY_ORDER_TYPE_NOT_SUPPORTED",
    "-2027": "MAX_LEVERAGE_RATIO",
    "-2028": "MIN_LEVERAGE_RATIO",
    "-4001": "PRICE_LESS_THAN_ZERO",
    "-4002": "PRICE_GREATER_THAN_MAX_PRICE",
    "-4004": "QTY_LESS_THAN_MIN_QTY",
    "-4005": "QTY_GREATER_THAN_MAX_QTY",
    "-4006": "STOP_PRICE_LESS_THAN_ZERO",
    "-4007": "STOP_PRICE_GREATER_THAN_MAX_PRICE",
    "-4013": "PRICE_LESS_THAN_MIN_PRICE",
    "-4014": "PRICE_NOT_INCREASED_BY_TICK_SIZE",
    "-4016": "PRICE_HIGHTER_THAN_MULTIPLIER_UP",
    "-4023": "QTY_NOT_INCREASED_BY_STEP_SIZE",
    "-4024": "PRICE_LOWER_THAN_MULTIPLIER_DOWN",
    "-4045": "MAX_STOP_ORDER_EXCEEDED",
    "-4050": "CROSS_BALANCE_INSUFFICIENT",
    "-4051": "ISOLATED_BALANCE_INSUFFICIENT",
    "-4062": "REDUCE_ONLY_CONFLICT",
    "-4087": "REDUCE_ONLY_ORDER_PERMISSION",
    "-4118": "REDUCE_ONLY_MARGIN_CHECK_FAILED",
    "-4131": "MARKET_ORDER_REJECT: PERCENT_PRICE of the counterparty",
    "-4140": "INVALID_OPENING_POSITION_STATUS",
    "-4142": "STRATEGY_INVALID_TRIGGER_PRICE: would be triggered immediately",
    "-4164": "MIN_NOTIONAL",
    "-4183": "price above the stop price multiplier cap",
    "-4184": "price below the stop price multiplier floor",
    "-4210": "stop price above the price multiplier cap",
    "-4211": "stop price below the price multiplier floor",
    "-4400": "TRADING_QUANTITATIVE_RULE: reduce-only orders only",
    "-4401": "LARGE_POSITION_SYM_RULE: reduce-only orders only",
    "-4402": "COMPLIANCE_BLACK_SYMBOL_RESTRICTION",
    "-5021": "FOK_ORDER_REJECT",
    "-5022": "GTX_ORDER_REJECT: could not be executed as maker",
}
_NO_SUCH_OPEN_ORDER = {"-2011": "CANCEL_REJECTED: no such open order"}

#: (kind, write) → codes after which nothing has happened.
_REFUSED: dict[tuple[MarketKind, str], dict[str, str]] = {
    (MarketKind.SPOT, "submit"): _REQUEST_REFUSED | {"-2010": "NEW_ORDER_REJECTED by the engine"},
    (MarketKind.SPOT, "cancel"): _REQUEST_REFUSED | _NO_SUCH_OPEN_ORDER,
    (MarketKind.FUTURES, "submit"): _FUTURES_ORDER_REFUSED,
    (MarketKind.FUTURES, "cancel"): _FUTURES_REFUSED | _NO_SUCH_OPEN_ORDER,
}

#: Words that make a refusing code a "maybe": an order with this id is there, ours or not.
#: Source: errors.md "Messages for -1010, -2010 and -2011".
_MAYBE: dict[str, frozenset[Code]] = {
    "submit": frozenset({("-2010", "Duplicate order sent."), ("-2010", "Unknown order sent.")}),
    "cancel": frozenset(),
}

#: Code → what is wrong with the key and where to look.
#: Source: binance-spot-api-docs errors.md, 20xx and -1022; -1002 is answered where no key arrived;
#: -2017: usds-margined-futures error-code.
_KEY_FAULTS = {
    "-1002": "binance does not let this key do that; look at its permissions",
    "-1022": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "-2008": "binance does not know this key: it was deleted, or belongs to another `venue`",
    "-2014": "`api_key` has not the form of a binance key: look at its reference",
    "-2017": "binance has locked the keys of this account: look at API Management",
    "-2015": (
        "binance refuses this key: it is deleted or expired, or this address is not on its list, "
        "or it lacks a permission, or belongs to another `venue`; look at API Management there"
    ),
}


def _refusal(answer: Answer) -> Code | None:
    """Everything but HTTP 200 is one; its code is a whole number."""
    if answer.status == 200:
        return None
    document = answer.fields()
    if type(document.get("code")) is not int:
        return "", ""
    return str(document["code"]), printable(document.get("msg", ""))


WORDS = Words(
    exchange="binance",
    refusal=_refusal,
    refusing=_REFUSING,
    absent=frozenset({400}),
    refused=_REFUSED,
    maybe=_MAYBE,
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset({"-1021"}),
    limited=frozenset({"-1003", "-1015"}),
    vague=frozenset({"-2015"}),
)
