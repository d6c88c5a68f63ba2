"""How OKX says no.

Orders are refused with HTTP 200 and `code` 1; why is told in `data[0].sCode`. All else is refused
by `code`. Source: okx.com/docs-v5, error-code-rest-api.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, printable
from runner.model.markets import MarketKind

_FAILED = ("1", "2")  # the whole request, part of it: each row has a code of its own

#: Codes after which nothing has happened, for every write.
#: Absent, and so unknown: 50001, 50004, 50013, 50026 (the system, in whatever state), 50011, 50040
#: and 50061 (limits), 50037 (order expired), 50042 (repeated request).
_REQUEST_REFUSED: dict[str, str] = {
    "50000": "the body is empty",
    "50002": "JSON syntax",
    "50005": "the endpoint is inactive",
    "50006": "content type",
    "50007": "the user is blocked",
    "50008": "the user does not exist",
    "50009": "the account is frozen after a stop-out",
    "50012": "the account's status",
    "50014": "a parameter is empty",
    "50015": "one of two parameters is required",
    "50016": "two parameters do not match",
    "50024": "two parameters exclude each other",
    "50025": "too many entries",
    "50027": "the account is restricted from trading",
    "50030": "no permission for the endpoint",
    "50035": "the key must be bound to an address",
    "50036": "`expTime` is earlier than the system's time",
    "50038": "not in demo trading",
    "50100": "the key is frozen",
    "50101": "the key belongs to another environment",
    "50102": "the timestamp has expired",
    "50103": "no key",
    "50104": "no passphrase",
    "50105": "passphrase",
    "50106": "no signature",
    "50107": "no timestamp",
    "50110": "address",
    "50111": "key",
    "50112": "timestamp",
    "50113": "signature",
    "50114": "authorization",
    "50115": "method",
    "50119": "the key does not exist",
    "50120": "the key lacks the permission",
    "51000": "a parameter is wrong",
    "51001": "the instrument does not exist",
    "51003": "no name and no number",
}
_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "50017": "the position is frozen by deleveraging",
    "50018": "the currency is frozen by deleveraging",
    "50019": "the account is frozen by deleveraging",
    "50020": "the position is frozen by liquidation",
    "50021": "the currency is frozen by liquidation",
    "50022": "the account is frozen by liquidation",
    "50023": "funding fees are frozen",
    "50028": "the order cannot be taken",
    "50029": "risk control",
    "50032": "the currency is not allowed to this account",
    "50033": "the instrument is blocked by the account's settings",
    "50051": "compliance, by region",
    "50052": "compliance, by currency",
    "50059": "steps that regulators require",
    "50060": "identity verification",
    "51002": "the instrument does not match its index",
    "51004": "more than the tier of this leverage",
    "51005": "more than an order may have",
    "51006": "price out of the limit",
    "51007": "less than one contract",
    "51008": "balance or margin",
    "51009": "orders are blocked by the platform",
    "51010": "the account's mode",
    "51015": "the instrument does not match its type",
    "51020": "less than the minimum",
    "51021": "the contract is to be listed",
    "51022": "the contract is suspended",
    "51023": "no position",
    "51024": "the account is suspended",
    "51025": "too many orders",
    "51027": "the contract has expired",
    "51028": "the contract is being delivered",
    "51029": "the contract is being settled",
    "51030": "funding is being settled",
    "51031": "out of the closing price range",
    "51100": "less than the minimum",
    "51101": "more than an order may have",
    "51102": "too many orders",
    "51103": "too many orders of the underlying",
    "51104": "more than may rest of the underlying",
    "51105": "more than may be held or rest of the contract",
    "51106": "more than may be held or rest of the underlying",
    "51107": "more than may be held",
    "51108": "more than may be closed at the market",
    "51109": "no offer to trade with",
    "51110": "limit orders only, after the auction's start",
    "51112": "more than can be closed",
    "51115": "orders that close rest",
    "51116": "price or trigger price out of the limit",
    "51117": "too many orders that close",
    "51118": "less than the minimum in total",
    "51119": "balance",
    "51120": "less than the minimum",
    "51121": "not a multiple of the lot",
    "51122": "price below the minimum",
    "51124": "limit orders only, in an auction",
    "51127": "nothing available",
    "51129": "more than the position limit",
    "51131": "balance",
    "51135": "closing price above the limit",
    "51136": "closing price below the limit",
    "51137": "opening price above the limit",
    "51138": "opening price below the limit",
    "51155": "compliance",
    "51169": "no position to reduce in this direction",
    "51174": "too many orders rest",
    "51185": "more than an order may be worth",
    "51201": "more than a market order may be worth",
    "51202": "more than a market order may have",
    "51203": "more than the limit",
    "51204": "no price",
    "51205": "reduce-only is not available",
    "51250": "stop price out of the range",
    "51252": "stop price out of the range",
    "51261": "too many stops rest",
    "51275": "more than a stop at the market may have",
    "51276": "a stop at the market has a price",
    "51278": "stop price lower than the last price",
    "51280": "stop price higher than the last price",
    "54011": "reduce-only orders only, before delivery",
    "54072": "the contract is for viewing only",
}
_CANCEL_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "51400": "the order does not exist",
    "51401": "the order is canceled already",
    "51402": "the order is completed already",
    "51603": "the order does not exist",
}
_KINDS = (MarketKind.SPOT, MarketKind.FUTURES)

#: Code → what is wrong with the key and where to look.
_KEY_FAULTS = {
    "50030": "okx does not let this key do that: tick its permission at OKX → API",
    "50035": "okx asks for a key that is bound to addresses: bind it to this one at OKX → API",
    "50100": "this okx key is frozen: make a new one, or ask OKX",
    "50101": "this okx key belongs to another `venue`: live and demo keys are made in two places",
    "50103": "okx got no key: look at the reference of `api_key`",
    "50104": "okx got no passphrase: look at the reference of `passphrase`",
    "50105": "`passphrase` is not the one that this okx key was made with",
    "50106": "okx got no signature: look at the reference of `api_secret`",
    "50110": "this machine's address is not on the list of this okx key: add it at OKX → API",
    "50111": "okx does not know `api_key`: look at its reference",
    "50113": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "50114": "okx refuses this key: look at `api_key`, `api_secret` and `passphrase`",
    "50119": (
        "okx does not know this key: it was deleted, or has ended for not being used, or was made "
        "at another site of OKX than www.okx.com"
    ),
    "50120": "this okx key lacks the permission: tick `Read` and `Trade` at OKX → API",
}


def _refusal(answer: Answer) -> Code | None:
    """Everything is one but HTTP 200 with `code` 0, whose rows do not contradict it."""
    document = answer.fields()
    code, rows = document.get("code"), document.get("data")
    row = rows[0] if isinstance(rows, list) and len(rows) == 1 else None
    said = row.get("sCode", "0") if isinstance(row, dict) else "0"
    if answer.status == 200 and (code == "0" or not document):
        return None if said == "0" else ("", "a code for the order in an answer that is good")
    if not isinstance(code, str):
        return "", ""
    if code in _FAILED and isinstance(row, dict) and isinstance(said, str) and said != "0":
        return said[:40], printable(row.get("sMsg", ""))
    return code[:40], printable(document.get("msg", ""))


WORDS = Words(
    exchange="okx",
    refusal=_refusal,
    refusing=frozenset({200, 400, 401, 403}),
    absent=frozenset({200, 400}),
    refused={
        **{(kind, "submit"): _ORDER_REFUSED for kind in _KINDS},
        **{(kind, "cancel"): _CANCEL_REFUSED for kind in _KINDS},
    },
    maybe={"submit": frozenset(), "cancel": frozenset()},
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset({"50102", "50112"}),
    limited=frozenset({"50011", "50040", "50061"}),
)
