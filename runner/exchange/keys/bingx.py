"""What a BingX key may do, from `GET /openApi/v1/account/apiPermissions`.

The list of addresses is in a second answer, `GET /openApi/account/v1/apiKey/query`, which is not
given to every key: where it is there, it must say the same. Neither tells an end of the key.
`Spot Trading` covers margin, which BingX has no word for. Source: github BingX-API/api-ai-skills,
sub-account 1.2 and 1.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import instant, mapping, strangers, switch, unclear, words
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "bingx",
    "BingX → API Management → Edit",
    "enter this machine's address as `IP whitelist` at",
    silent_on=("expires",),  # on the list where the second answer is not given
)
RIGHTS, LIST = "apiPermissions", "apiKey/query"  # the names of both answers
_P = Permission
#: Field → our word, the name of its box.
_BOXES: dict[str, tuple[Permission, str]] = {
    "enableReading": (_P.READ, "Read"),
    "enableSpotAndMarginTrading": (_P.SPOT, "Spot Trading"),
    "enableFutures": (_P.FUTURES, "Perpetual Futures Trading"),
    "enableVanillaOptions": (_P.OPTIONS, "Options"),
    "enableInternalTransfer": (_P.TRANSFER, "Sub-account internal transfer"),
    "permitsUniversalTransfer": (_P.TRANSFER, "Universal Transfer"),
    "enableWithdrawals": (_P.WITHDRAW, "Withdraw"),
}
#: Number in the second answer → the field that must be on in the first.
_NUMBERS = {
    1: "enableSpotAndMarginTrading",
    2: "enableReading",
    3: "enableFutures",
    4: "permitsUniversalTransfer",
    5: "enableWithdrawals",
    7: "enableInternalTransfer",
}
_OTHERS = ("ipRestrict", "createTime")


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_boxes({}))


def read(facts: object) -> Told | Finding:
    """The answers in our words; the first alone, or both by name."""
    both = facts if isinstance(facts, Mapping) and RIGHTS in facts else {RIGHTS: facts}
    rights = _opened(both[RIGHTS])
    if isinstance(rights, Finding):
        return rights
    grants = (*_boxes(rights), *strangers(rights, (*_BOXES, *_OTHERS)))
    bound, made_ms = switch(rights.get("ipRestrict")), instant(rights.get("createTime"))
    if both.get(LIST) is None:
        return Told(EXCHANGE, grants, bound, created_ms=made_ms)
    listed = _opened(both[LIST])
    if isinstance(listed, Finding):
        return listed
    entry = _entry(listed)
    addresses = _addresses(entry) if entry is not None else None
    if entry is None or addresses is None:
        return unclear(EXCHANGE, listed)
    return Told(EXCHANGE, grants, bound, addresses, made_ms, notes=_same(entry, rights))


def _opened(answer: object) -> Mapping[str, object] | Finding:
    """What is inside the envelope; without one, the answer itself (both have been seen)."""
    document = mapping(answer)
    if document is None:
        return unclear(EXCHANGE, answer)
    if (refused := refusal(EXCHANGE, document.get("code"))) is not None:
        return refused
    if "enableWithdrawals" in document and "data" not in document:
        return document
    inside = mapping(document.get("data"))
    if document.get("code") not in (0, "0") or document.get("code") is False or inside is None:
        return unclear(EXCHANGE, answer)
    return inside


def _boxes(rights: Mapping[str, object]) -> Iterator[Grant]:
    for field, (permission, box) in _BOXES.items():
        yield Grant(permission, field, box, switch(rights.get(field)))


def _entry(listed: Mapping[str, object]) -> Mapping[str, object] | None:
    """The one entry that was asked for."""
    rows = listed.get("apiKeyList", listed.get("apiInfos"))  # BingX's two references differ
    return mapping(rows[0]) if isinstance(rows, list) and len(rows) == 1 else None


def _addresses(entry: Mapping[str, object]) -> tuple[str, ...] | None:
    """An unbound key has one address, which is empty."""
    told = entry.get("ipAddresses")
    return words([] if told == [""] else told)


def _same(entry: Mapping[str, object], rights: Mapping[str, object]) -> tuple[Finding, ...]:
    """Both answers are of one key: made at one time, and nothing in the second that is off."""
    numbers = entry.get("permissions")
    if (
        isinstance(numbers, list)
        and entry.get("createTime") == rights.get("createTime")
        and all(type(it) is int and rights.get(_NUMBERS.get(it, "")) is True for it in numbers)
    ):
        return ()
    fact = "bingx's two answers about the key do not say the same"
    help_ = f"look at the key at {EXCHANGE.page}"
    return (Finding("permissions", Verdict.REFUSED, fact, help_),)
