"""How BingX says no: with HTTP 200 and a `code` that is not zero.

Its list of codes names most of them for spot and contracts alike. Source of the codes: github
BingX-API/api-ai-skills, references/error-codes.md; ccxt 4, `exceptions`; github JKorf/BingX.Net.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, code_and_message
from runner.model.markets import MarketKind

#: One code for a wrong clock and for a pair that is closed to programs; one for orders that are too
#: small and for an id that is taken. The words tell which; what is named here has a code of ours.
_CLOCK, _CLOSED = "100421", "100421/pair"
_ORDER, _SMALL = "101400", "101400/minimum"
_BY_WORDS = {_CLOCK: ("restricted", _CLOSED), _ORDER: ("minimum order", _SMALL)}
#: Words of an id that is taken, whatever the code: there is an order, ours or not.
_TAKEN = ("duplicate", "already exist", "repeat")

#: Codes after which nothing has happened, for every write. Absent, and so unknown: 100410 (a limit,
#: and "system busy"), 100500, 109500 and 110500 (busy), 100503 and 80012 (unavailable).
_REQUEST_REFUSED: dict[str, str] = {
    "100001": "signature verification failed",
    "100004": "permission denied: the key was made without it",
    "100400": "missing or invalid arguments",
    "100412": "the signature is missing",
    "100413": "incorrect apiKey",
    "100414": "abnormal account: risk control",
    "100419": "the address does not match the IP whitelist",
    "100490": "the spot pair is offline",
    "109400": "invalid parameters",
    "109418": "the pair is offline",
    "109425": "no such pair",
    "80014": "invalid parameters",
    _CLOCK: "timestamp is missing or outside of the window",
    _CLOSED: "the pair is currently restricted from API trading",
}
#: Absent: 101481 and 109201 (an order with this id is there), 101400 in other words than these.
_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "100202": "insufficient balance",
    "100440": "the price is far from the market",
    "101204": "insufficient margin",
    "101211": "the price is not within the range",
    "101215": "a post-only order would have been taken",
    "101415": "trading of this pair is suspended",
    "101485": "the order is below the minimum",
    "110422": "the order is below the minimum",
    "112414": "trading is disabled",
    "80013": "the limit of open orders is reached",
    _SMALL: "the order is below the minimum",
}
_FUTURES_ORDER_REFUSED: dict[str, str] = _ORDER_REFUSED | {
    "101205": "no position to close",
    "101209": "the most that a position may be worth is reached",
    "101290": "reduce-only: there is nothing to reduce",
    "101414": "the highest leverage is exceeded",
    "101460": "the price is beyond that of liquidation",
    "110424": "insufficient to close",
    "110425": "the order is worth less than the minimum",
    "80017": "no such position",
}
_NOT_THERE = {
    "100404": "no such order",
    "109421": "no such order",
    "80016": "no such order",
    "80018": "the order is filled",
}
#: (kind, write) → codes after which nothing has happened.
_REFUSED: dict[tuple[MarketKind, str], dict[str, str]] = {
    (MarketKind.SPOT, "submit"): _ORDER_REFUSED,
    (MarketKind.SPOT, "cancel"): _REQUEST_REFUSED | _NOT_THERE,
    (MarketKind.FUTURES, "submit"): _FUTURES_ORDER_REFUSED,
    (MarketKind.FUTURES, "cancel"): _REQUEST_REFUSED | _NOT_THERE,
}
#: How a question about an order is answered that does not exist.
NO_SUCH_ORDER = frozenset({"100404", "109421", "80016"})
#: How a question about a pair is answered that does not exist.
NO_SUCH_SYMBOL = frozenset({"100204", "100400", "109400", "109425", "80014"})
#: How the list of a key's addresses is refused to keys that may not see it.
NOT_FOR_THIS_KEY = frozenset({"100004"})

_PAGE = "BingX → API Management → Edit"
#: Code → what is wrong with the key, the address or the account, and where to look.
_KEY_FAULTS = {
    "100001": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "100004": f"this key lacks a permission: tick what the file declares at {_PAGE}",
    "100412": "bingx sees no signature in the request: look at the reference of `api_secret`",
    "100413": (
        "bingx does not know this key: it was deleted, or is none of bingx; look at BingX → API "
        "Management"
    ),
    "100414": "bingx restricts this account: ask its support",
    "100419": f"this machine's address is not on the key's `IP whitelist`: add it at {_PAGE}",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 with the code zero, which some answers write as text.

    What a key may do may be told without a code around it.
    """
    code, message = code_and_message(answer, "code", "msg")
    if answer.status == 200:
        told = answer.fields()
        if code == "0" or ("code" not in told and "enableWithdrawals" in told):
            return None
    return _meant(code, message.lower()), message


def _meant(code: str, words: str) -> str:
    """The code, or one of ours where it means several things."""
    if any(taken in words for taken in _TAKEN):
        return f"{code}/taken"
    said, meaning = _BY_WORDS.get(code, ("", ""))
    return meaning if said and said in words else code


WORDS = Words(
    exchange="bingx",
    refusal=_refusal,
    refusing=frozenset({200, 400, 401}),
    absent=frozenset({200, 400, 404}),
    refused=_REFUSED,
    maybe={"submit": frozenset(), "cancel": frozenset()},
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset({_CLOCK}),
    limited=frozenset({"100410"}),
)
