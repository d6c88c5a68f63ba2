"""How Deribit says no: in `error`, with HTTP 400 mostly; by its code and a word for it.

Source: docs.deribit.com, "RPC Error Codes"; the word beside each code is the documented one.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, printable
from runner.model.markets import MarketKind

#: Codes after which nothing has happened, for every write. Absent, and so unknown: 10001 (a
#: general failure), 10028 and 10066 (limits), 11030 and 11031 (others), 11094 (server error), 13028
#: (too slow), 13503 (unavailable), 13888 (timed out, though by `valid_until`).
_REQUEST_REFUSED: dict[str, str] = {
    "-32000": "Missing params",
    "-32600": "request entity too large",
    "-32601": "Method not found",
    "-32602": "Invalid params",
    "-32700": "Parse error",
    "10000": "authorization_required",
    "10033": "not_implemented",
    "10040": "retry",
    "10041": "settlement_in_progress",
    "10047": "matching_engine_queue_full",
    "10048": "not_on_this_server",
    "11029": "invalid_arguments",
    "11042": "permission_denied",
    "11043": "bad_argument",
    "11047": "unsupported_arg_combination",
    "11049": "bad_arguments",
    "11050": "bad_request",
    "11051": "system_maintenance",
    "11098": "account_locked",
    "12005": "country_is_banned",
    "13004": "invalid_credentials",
    "13009": "unauthorized",
    "13010": "value_required",
    "13012": "unavailable_in_subaccount",
    "13016": "invalid_input",
    "13021": "forbidden",
    "13025": "method_switched_off_by_admin",
    "13031": "verification_required",
    "13403": "scope_exceeded",
}
_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "10002": "qty_too_low",
    "10003": "order_overlap",
    "10005": "price_too_low",
    "10006": "price_too_low4idx",
    "10007": "price_too_high",
    "10009": "not_enough_funds",
    "10011": "price_not_allowed",
    "10012": "book_closed",
    "10019": "locked_by_admin",
    "10020": "invalid_or_unsupported_instrument",
    "10021": "invalid_amount",
    "10022": "invalid_quantity",
    "10023": "invalid_price",
    "10026": "price_precision_exceeded",
    "10031": "invalid_args_for_instrument",
    "10032": "whole_cost_too_low",
    "10034": "trigger_price_too_high",
    "10035": "trigger_price_too_low",
    "10039": "not_enough_funds_in_currency",
    "10043": "price_wrong_tick",
    "10044": "trigger_price_wrong_tick",
    "10072": "disabled_while_position_lock",
    "11013": "max_spot_open_orders",
    "11021": "post_only_price_modification_not_possible",
    "11022": "max_spot_order_quantity",
    "11035": "no_more_triggers",
    "11036": "invalid_trigger_price",
    "11054": "post_only_reject",
    "11055": "post_only_not_allowed",
    "11060": "not_supported_for_coinbase_routed_spot",
    "13019": "orderbook_closed",
    "13020": "not_found: the instrument",
}
_CANCEL_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "10004": "order_not_found",
    "10010": "already_closed",
    "10029": "not_owner_of_order",
    "11008": "already_filled",
    "11044": "not_open_order",
}
_KINDS = (MarketKind.SPOT, MarketKind.FUTURES)

_PAGE = "Deribit → API Management"
_SCOPES = (
    "this deribit key lacks a scope: give it `account: read` and, to trade, `trade: read_write` "
    f"at {_PAGE}"
)
_NOT_OURS = (
    "deribit refuses this key: `api_secret` is not that of `api_key`, or the key was deleted, or "
    "is one of test.deribit.com at another `venue`, or this machine's address is not on its list, "
    f"or this clock is a minute off; look at {_PAGE}"
)
#: Code → what is wrong with the key and where to look. Deribit does not tell a wrong key, secret,
#: address or time apart.
_KEY_FAULTS = {
    "10000": f"deribit finds the request not signed: look at both references; {_PAGE}",
    "11042": _SCOPES,
    "11098": "deribit has locked this account: ask its support",
    "12005": "deribit does not serve this place: its support says from where it does",
    "13004": _NOT_OURS,
    "13009": _NOT_OURS,
    "13012": "deribit does not let a sub-account do that: use a key of the main account",
    "13021": _SCOPES,
    "13031": "deribit asks to verify the account first: see Deribit → Account → Verification",
    "13403": _SCOPES,
    "13668": f"deribit asks for a security key before it tells of keys: see {_PAGE}",
    "13904": f"deribit asks to set a security key up first: see {_PAGE}",
}


def _refusal(answer: Answer) -> Code | None:
    """Everything is one but HTTP 200 without `error`."""
    document = answer.fields()
    error = document.get("error")
    if answer.status == 200 and error is None:
        return None
    if not isinstance(error, dict) or type(error.get("code")) is not int:
        return "", ""
    said = str(error.get("message", ""))
    data = error.get("data")
    if isinstance(data, dict) and isinstance(data.get("reason"), str):
        said += f": {data['reason']}"
    return str(error["code"]), printable(said)


WORDS = Words(
    exchange="deribit",
    refusal=_refusal,
    refusing=frozenset({200, 400, 401, 403}),
    absent=frozenset({200, 400}),
    refused={
        **{(kind, "submit"): _ORDER_REFUSED for kind in _KINDS},
        **{(kind, "cancel"): _CANCEL_REFUSED for kind in _KINDS},
    },
    maybe={"submit": frozenset(), "cancel": frozenset()},
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset(),  # told as 13009, like much else
    limited=frozenset({"10028", "10066"}),
    vague=frozenset({"13004", "13009"}),
)
