"""What a Bybit key may do, from `GET /v5/user/query-api`.

`readOnly` decides first: a key that only reads still lists what it could do. `Withdraw` in the list
refuses all the same: one tick would make it true. What moves money out of trading (convert, earn,
P2P, cards) has no word here, and must be off. Source: github bybit-exchange/docs, apikey-info.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import (
    end,
    instant,
    mapping,
    unclear,
    unknown_rights,
    unread,
    words,
)
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "bybit",
    "Bybit → API → Edit",
    "choose `Only IPs with permissions granted` with its address at",
    choice="Read-Write",
)
_P = Permission
#: Group and word of `permissions` → our word, whether it is only a part of what trading needs.
_WORDS: dict[tuple[str, str], tuple[Permission, bool]] = {
    ("Spot", "SpotTrade"): (_P.SPOT, False),
    ("ContractTrade", "Order"): (_P.FUTURES, False),
    ("ContractTrade", "Position"): (_P.FUTURES, True),
    ("Derivatives", "DerivativesTrade"): (_P.FUTURES, False),
    ("Options", "OptionsTrade"): (_P.OPTIONS, False),
    ("Wallet", "AccountTransfer"): (_P.TRANSFER, False),
    ("Wallet", "SubMemberTransfer"): (_P.TRANSFER, False),
    ("Wallet", "SubMemberTransferList"): (_P.TRANSFER, False),
    ("Wallet", "Withdraw"): (_P.WITHDRAW, False),
}
_FIELDS = frozenset(
    (
        *("id", "note", "apiKey", "readOnly", "secret", "permissions", "ips", "type"),
        *("deadlineDay", "expiredAt", "createdAt", "unified", "uta", "userID", "inviterID"),
        *("vipLevel", "mktMakerLevel", "affiliateID", "rsaPublicKey", "isMaster", "parentUid"),
        *("kycLevel", "kycRegion", "userIDInt64", "inviterIDInt64", "affiliateIDInt64"),
    )
)
_NO_END = "1970-01-01T00:00:00Z"  # what a bound key shows
_OWN, _OF_AN_APP = 1, 2  # `type`


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants({}, reads_only=False))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None:
        return unclear(EXCHANGE, facts)
    code = answer.get("retCode")
    if (refused := refusal(EXCHANGE, code)) is not None:
        return refused
    key = mapping(answer.get("result"))
    rights = mapping(key.get("permissions")) if key is not None else None
    if type(code) is not int or code != 0 or key is None or rights is None:
        return unclear(EXCHANGE, facts)
    reads_only = {0: False, 1: True}.get(_whole(key.get("readOnly")))
    if reads_only is None:
        return unclear(EXCHANGE, facts)
    addresses = words(key.get("ips"))
    return Told(
        EXCHANGE,
        (*_grants(rights, reads_only=reads_only), *unknown_rights(key, _FIELDS)),
        None if addresses is None else bool(addresses),
        addresses,
        instant(key.get("createdAt")),
        end(key.get("expiredAt"), none=("", _NO_END)),
        unread(key, _FIELDS),
        tuple(_notes(key)),
    )


def _grants(rights: Mapping[str, object], *, reads_only: bool) -> Iterator[Grant]:
    listed = {group: words(value) for group, value in rights.items()}
    yield Grant(_P.READ, "readOnly", "Read-Only", on=True)  # a key that is answered reads
    for (group, word), (permission, is_part) in _WORDS.items():
        there = listed.get(group, ())
        on = None if there is None else word in there and (not reads_only or word == "Withdraw")
        yield Grant(permission, f"{group}: {word}", f"{group}: {word}", on, is_part)
    for group, there in sorted(listed.items()):
        for word in (group,) if there is None else there:
            if (group, word) not in _WORDS and not (reads_only and there is not None):
                yield Grant(None, f"{group}: {word}", f"{group}: {word}", on=True)


def _notes(key: Mapping[str, object]) -> Iterator[Finding]:
    kind, is_master = _whole(key.get("type")), key.get("isMaster")
    if kind == _OF_AN_APP:
        fact = "the key is bound to an application of somebody else, who can use it as well"
        help_ = f"make a key of your own (system-generated) at {EXCHANGE.page}"
        yield Finding("permissions", Verdict.REFUSED, fact, help_)
    elif kind != _OWN:
        fact = "bybit does not say clearly whose key it is (`type`)"
        yield Finding("permissions", Verdict.REFUSED, fact, "try again later, or update runner")
    if type(is_master) is bool:
        whose = "the main account" if is_master else "a sub-account"
        yield Finding("permissions", Verdict.OK, f"the key is of {whose}", "")


def _whole(value: object) -> int:
    """The number, -1 for what is none: true is not 1."""
    return value if type(value) is int else -1
