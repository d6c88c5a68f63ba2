"""How Bitget says no, on spot and on futures: by a code in the body, with HTTP 400 or 200.

Source of codes and headings: bitget.com/api-doc, Rest API Error Code and WebSocket Error Code, and
the answers that ccxt 4 carries as comments. Absent, and so unknown, are the codes of its regular
releases (FAQ Q14: 40015, 40725, 40808, 45001 "users can retry"), of time-outs (40010, 40910,
25001), of orders that failed somewhere (43002, 43003, 45023, 70229), of limits (429, 30007), of
maintenance (40200), and of an id that is taken (40786, 43118, 50060, 25212).
"""

from __future__ import annotations

from runner.exchange.bitget.envelope import GOOD
from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, code_and_message
from runner.model.markets import MarketKind

#: HTTP statuses that a code of its own may come with; 429 and 5xx may be a proxy's.
_REFUSING = frozenset({200, 400, 401, 403})

#: By which it says that an order is not there.
NO_SUCH_ORDER = frozenset({"40109", "40768", "43001", "45057"})
#: A classic question about a unified account.
UNIFIED = frozenset({"40085", "40128"})
#: What to do about the latter.
CLASSIC = (
    "this bitget account is a unified one (UTA), which runner audits but does not trade yet: use a "
    "classic account, or a classic sub-account"
)

#: Codes after which nothing has happened, for every write.
_REQUEST_REFUSED: dict[str, str] = {
    "22004": "This symbol does not support API trade",
    "22010": "Please bind ip whitelist address",
    "40000": "unable to provide services to your region",
    "40001": "ACCESS_KEY cannot be empty",
    "40002": "SECRET_KEY cannot be empty",
    "40003": "Signature cannot be empty",
    "40005": "Invalid ACCESS_TIMESTAMP",
    "40006": "Invalid ACCESS_KEY",
    "40007": "Invalid Content_Type",
    "40008": "Request timestamp expired",
    "40009": "sign signature error",
    "40011": "ACCESS_PASSPHRASE cannot be empty",
    "40012": "apikey/password is incorrect",
    "40014": "Incorrect permissions",
    "40016": "The user must bind the phone or Google",
    "40017": "Parameter verification failed",
    "40018": "Invalid IP",
    "40019": "Parameter cannot be empty",
    "40020": "Parameter error",
    "40022": "The business of this account has been restricted",
    "40023": "The business of this account has been restricted",
    "40024": "a regional currency that does not meet the purchase conditions",
    "40025": "The business of this account has been restricted",
    "40026": "User is disabled",
    "40031": "The account has been cancelled and cannot be used again",
    "40034": "Parameter does not exist",
    "40035": "you are required to complete KYC first",
    "40037": "Apikey does not exist",
    "40038": "the address is not on the list of the key",
    "40085": "You are in Unified Account mode; the Classic Account API is not supported",
    "40099": "exchange environment is incorrect",
    "40128": "not supported under Unified Account mode",
    "40305": "client_oid is too long or has letters that are not allowed",
    "40811": "The parameter should not be null",
    "40813": "The parameter must have a value and cannot be empty",
    "40911": "Request timestamp expired",
    "40916": "The business of this account has been restricted",
    "41101": "Param error",
    "43123": "param error",
}
_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "40706": "Wrong order price",
    "40762": "The order amount exceeds the balance",
    "40763": "Exceeds position tier limit",
    "40815": "The order price is higher than the highest bid price",
    "40816": "The order price is lower than the lowest selling price",
    "43005": "Exceed the maximum number of orders",
    "43006": "The order quantity is less than the minimum transaction quantity",
    "43007": "The order quantity is greater than the maximum transaction quantity",
    "43008": "The current order price cannot be less than",
    "43009": "The current order price exceeds the limit",
    "43010": "The transaction amount cannot be less than",
    "43012": "Insufficient balance",
    "43027": "The minimum order value is not met",
    "43028": "Please enter an integer multiple for price",
    "45002": "Insufficient asset",
    "45110": "less than the minimum amount",
    "45111": "less than the minimum order quantity",
    "45112": "more than the maximum order quantity",
    "45113": "Maximum order value limit triggered",
    "45114": "The minimum order requirement is not met",
    "45115": "The price you enter should be a multiple",
}
_SPOT_ORDER_REFUSED: dict[str, str] = _ORDER_REFUSED | {
    "41103": "param price scale error",
    "41113": "Symbol is offline",
    "41114": "The current trading pair is under maintenance",
    "41117": "selling price cannot be lower than",
    "41118": "buy-in price cannot be higher than",
    "43115": "The current trading pair is opening soon",
    "43119": "Trading is not open",
    "43120": "Symbol is not open trade",
    "43122": "The purchase limit of this currency",
    "46013": "This symbol limits the selling amount",
    "70224": "This currency has a selling limit",
    "70225": "This currency has a buying limit",
    "70227": "The user does not allow to place order",
}
_FUTURES_ORDER_REFUSED: dict[str, str] = _ORDER_REFUSED | {
    "22002": "No position to close",
    "22005": "This symbol does not support cross mode",
    "22006": "limit price > risk price",
    "22007": "limit price < risk price",
    "22008": "market price > risk price",
    "22009": "market price < risk price",
    "22029": "Risk control of the maximum position",
    "22033": "Trigger the risk control of position closing",
    "22034": "Less than the minimum order amount",
    "22036": "API limits opening positions",
    "22037": "API limits closing positions",
    "22038": "Please enter the quantity as an integral multiple",
    "22042": "in one-way mode a trigger order cannot only reduce",
    "22043": "ADL processing",
    "22046": "The order price exceeds the minimum price limit",
    "22047": "The order price exceeds the maximum price limit",
    "22056": "The symbol is not open for trade",
    "22067": "ADL processing",
    "40712": "Insufficient margin",
    "40754": "balance not enough",
    "40760": "Unable to place order due to ongoing liquidation",
    "40761": "The total number of unfilled orders is too high",
    "40774": "The order type for unilateral position must also be the unilateral position type",
    "40798": "Insufficient contract account balance",
    "40800": "Insufficient amount of margin",
    "40804": "The number of closed positions cannot exceed the number of positions held",
    "40820": "closing a long position below the liquidation price",
    "40821": "The closing order price cannot be higher than the liquidation price",
    "40822": "The contract configuration does not exist",
    "40824": "it is not allowed to list market orders",
    "40826": "the market order cost is insufficient",
    "40833": "stop loss of a long position: less than the average opening price",
    "40834": "stop loss of the long position: less than the current price",
    "40835": "stop loss of the short position: greater than the average opening price",
    "40836": "stop loss of the short position: greater than the current price",
    "40844": "This contract is under temporary maintenance",
    "40845": "This contract has been removed",
    "40889": "The plan order of this contract has reached the upper limit",
    "40890": "The order of stop-profit and stop-loss has reached the upper limit",
    "40891": "Insufficient position, can not set take profit or stop loss",
    "40917": "Stop price for long positions please < mark price",
    "40928": "reduceOnly will only reduce the positions",
    "40931": "Trigger the risk control of position closing",
    "43011": "executePrice or triggerPrice does not meet the specification",
    "45035": "Price step mismatch",
    "45043": "Due to settlement or maintenance reasons, the trade is suspended",
    "45051": "Execution price parameter verification is abnormal",
    "45052": "Trigger price parameter verification abnormal",
    "45062": "SL price of long position < Current price",
    "45068": "There is no position temporarily; TP and SL cannot be carried out",
    "45107": "API is restricted to open positions",
    "45108": "API is restricted to close position",
    "45109": "The current account is a two-way position",
    "45116": "The count of positions exceeds the maximum count",
    "45118": "Reached the upper limit of the order of transactions",
    "45119": "This symbol does not support position opening operation",
    "45121": "The mark price deviates too much from the market",
    "45122": "Short position stop loss price please > mark price",
    "50067": "the price is too far from the market",
}
_NO_SUCH_OPEN_ORDER: dict[str, str] = {
    "22001": "No order to cancel",
    "40109": "The data of the order cannot be found",
    "40768": "Order does not exist",
    "40769": "Reject order has been completed",
    "43001": "The order does not exist",
    "43004": "There is no order to cancel",
    "43025": "Plan order does not exist",
    "45031": "The order is finalized",
    "45055": "The current order status cannot be cancelled",
    "45057": "The order does not exist!",
    "45134": "The order has been filled or cancelled",
}

#: (kind, write) → codes after which nothing has happened.
_REFUSED: dict[tuple[MarketKind, str], dict[str, str]] = {
    (MarketKind.SPOT, "submit"): _SPOT_ORDER_REFUSED,
    (MarketKind.SPOT, "cancel"): _REQUEST_REFUSED | _NO_SUCH_OPEN_ORDER,
    (MarketKind.FUTURES, "submit"): _FUTURES_ORDER_REFUSED,
    (MarketKind.FUTURES, "cancel"): _REQUEST_REFUSED | _NO_SUCH_OPEN_ORDER,
}

_UNKNOWN_KEY = "bitget does not know this key: it was deleted, or `api_key` is not the whole of it"
_ADDRESS = (
    "this machine's address is not on the key's list: add it as `Bind IP address` at Bitget → API "
    "Keys → Edit"
)
_CLOSED = "bitget has closed or restricted this account: ask its support why"
#: Code → what is wrong with the key and where to look.
_KEY_FAULTS = {
    "22010": "bitget asks for a key that is bound to addresses: bind it at Bitget → API Keys",
    "40000": "bitget does not serve this place",
    "40006": _UNKNOWN_KEY,
    "40009": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "40012": "`passphrase` does not belong to `api_key`: it was chosen when the key was made",
    "40014": "the key lacks a permission for that: tick it at Bitget → API Keys → Edit",
    "40016": "bitget asks for a phone or an authenticator: bind one in the account's settings",
    "40018": _ADDRESS,
    "40022": _CLOSED,
    "40023": _CLOSED,
    "40025": _CLOSED,
    "40026": _CLOSED,
    "40031": _CLOSED,
    "40035": "bitget asks for an identity check (KYC) before this account may trade",
    "40037": _UNKNOWN_KEY,
    "40038": _ADDRESS,
    "40099": (
        "the key belongs to another `venue`: demo keys are made in Bitget's demo mode, live keys "
        "outside of it"
    ),
    "40085": CLASSIC,
    "40128": CLASSIC,
}


def _refusal(answer: Answer) -> Code | None:
    """Whatever does not carry the good code; an answer that is no object is judged by its status.

    What is none of its answers, such as HTML with HTTP 200, is left to be unreadable.
    """
    code = code_and_message(answer, "code", "msg")
    return None if answer.status == 200 and code[0] in ("", GOOD) else code


WORDS = Words(
    exchange="bitget",
    refusal=_refusal,
    refusing=_REFUSING,
    absent=frozenset({200, 400}),
    refused=_REFUSED,
    maybe={"submit": frozenset(), "cancel": frozenset()},
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset({"40005", "40008", "40911"}),
    limited=frozenset({"429", "30007", "1001"}),
)
