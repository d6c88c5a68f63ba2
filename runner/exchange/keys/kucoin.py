"""What a KuCoin key may do, from `GET /api/v1/user/api-key`.

Words are compared as they are written; one that is not known is refused. Source: github
tiagosiebler/kucoin-api, spot-account; KuCoin docs, permissions of keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import end, instant, mapping, strangers, unclear, words
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "kucoin", "KuCoin → API Management → Edit", "choose `IP restriction` with its address at"
)
_P = Permission
#: Word of `permission` → our word.
_WORDS: dict[str, Permission] = {
    "General": _P.READ,
    "Spot": _P.SPOT,
    "Margin": _P.MARGIN,
    "Futures": _P.FUTURES,
    "Transfer": _P.TRANSFER,
    "InnerTransfer": _P.TRANSFER,
    "Withdrawal": _P.WITHDRAW,
    "Withdraw": _P.WITHDRAW,
}
_FIELDS = frozenset(
    (
        *("uid", "subName", "remark", "apiKey", "apiVersion", "permission", "ipWhitelist"),
        *("createdAt", "expiredAt", "isMaster", "region"),
    )
)


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants(()))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    key = mapping(answer.get("data")) if answer is not None else None
    rights = words(key.get("permission")) if key is not None else None
    if answer is None or answer.get("code") != "200000" or key is None or rights is None:
        return unclear(EXCHANGE, facts)
    addresses = words(key.get("ipWhitelist", ""))
    return Told(
        EXCHANGE,
        (*_grants(rights), *strangers(key, {*_FIELDS, "thirdPartyApp"})),
        None if addresses is None else bool(addresses),
        addresses,
        instant(key.get("createdAt")),
        end(key.get("expiredAt")),
        notes=tuple(_notes(key)),
    )


def _grants(rights: tuple[str, ...]) -> Iterator[Grant]:
    for word, permission in _WORDS.items():
        yield Grant(permission, word, word, word in rights)
    for word in sorted(set(rights) - set(_WORDS)):
        yield Grant(None, word, word, on=True)


def _notes(key: Mapping[str, object]) -> Iterator[Finding]:
    if key.get("thirdPartyApp"):
        fact = "the key is bound to an application of somebody else, who can use it as well"
        help_ = f"make a key of your own at {EXCHANGE.page}"
        yield Finding("permissions", Verdict.REFUSED, fact, help_)
    is_master = key.get("isMaster")
    if type(is_master) is bool:
        whose = "the main account" if is_master else "a sub-account"
        yield Finding("permissions", Verdict.OK, f"the key is of {whose}", "")
