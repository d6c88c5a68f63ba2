"""What a Bitget key may do: classic accounts by `authorities`, unified ones by `permType`.

Classic: `GET /api/v2/spot/account/info`; unified: `GET /api/v3/account/info`, where one word covers
spot, margin and futures: `trade_bundle`. `regisTime` is the account's; when a key was made or ends
is not told. Sources: Bitget API docs, Get Account Info of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding
from runner.exchange.keys.reading import mapping, unclear, unknown_rights, unread, words
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "bitget",
    "Bitget → API Keys → Edit",
    "enter this machine's address as `Bind IP address` at",
    silent_on=("created", "expires"),
    most_addresses=30,
)
_P = Permission
#: Authority of a classic account → our word, the name of its box, whether it is only a part.
_AUTHORITIES: dict[str, tuple[Permission, str, bool]] = {
    "stow": (_P.SPOT, "Spot trade", False),
    "coow": (_P.FUTURES, "Futures orders", False),
    "cpow": (_P.FUTURES, "Futures holdings", True),
    "smow": (_P.MARGIN, "Margin", False),
    "wtow": (_P.TRANSFER, "Transfer", False),
    "wwow": (_P.WITHDRAW, "Withdraw", False),
}
_READS = frozenset(
    ("stor", "coor", "cpor", "smor", "ttor", "wtor", "taxr", "chor", "p2pr", "pllr", "readonly")
)
#: Word of a unified account → our word, the name of its box.
_UNIFIED: dict[str, tuple[Permission, str]] = {
    "uta_trade": (_P.TRADE_BUNDLE, "UTA trade"),
    "uta_mgt": (_P.TRANSFER, "UTA management"),
    "withdraw": (_P.WITHDRAW, "Withdraw"),
}
#: The docs write it in both ways.
_READS_ONLY = {
    "read-only": True,
    "readonly": True,
    "read-and-write": False,
    "read_and_write": False,
}
_FIELDS = frozenset(
    (
        *("userId", "uid", "inviterId", "ips", "authorities", "permType", "permissions"),
        *("parentId", "traderType", "channelCode", "channel", "regisTime"),
    )
)


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    classic = _classic({"authorities": []}) or ()
    unified = _unified({"permType": "read-and-write", "permissions": []}) or ()
    return (Grant(_P.READ, "read", "Read-only", on=True), *classic, *unified)


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None:
        return unclear(EXCHANGE, facts)
    if (refused := refusal(EXCHANGE, answer.get("code"))) is not None:
        return refused
    key = mapping(answer.get("data"))
    if answer.get("code") != "00000" or key is None:
        return unclear(EXCHANGE, facts)
    if ("authorities" in key) == ("permType" in key):
        return unclear(EXCHANGE, facts)
    grants = _classic(key) if "authorities" in key else _unified(key)
    if grants is None:
        return unclear(EXCHANGE, facts)
    addresses = words(key.get("ips"))
    return Told(
        EXCHANGE,
        (Grant(_P.READ, "read", "Read-only", on=True), *grants, *unknown_rights(key, _FIELDS)),
        None if addresses is None else bool(addresses),
        addresses,
        unread=unread(key, _FIELDS),
    )


def _classic(key: Mapping[str, object]) -> tuple[Grant, ...] | None:
    rights = words(key.get("authorities"))
    if rights is None:
        return None
    known = [
        Grant(permission, word, box, word in rights, is_part)
        for word, (permission, box, is_part) in _AUTHORITIES.items()
    ]
    return (*known, *_unknown(rights, {*_AUTHORITIES, *_READS}))


def _unified(key: Mapping[str, object]) -> tuple[Grant, ...] | None:
    """A key that only reads still lists what it could do; `withdraw` refuses all the same."""
    rights, kind = words(key.get("permissions")), key.get("permType")
    reads_only = _READS_ONLY.get(kind) if isinstance(kind, str) else None
    if rights is None or reads_only is None:
        return None
    known = [
        Grant(permission, word, box, word in rights and (not reads_only or word == "withdraw"))
        for word, (permission, box) in _UNIFIED.items()
    ]
    return (*known, *(() if reads_only else _unknown(rights, set(_UNIFIED))))


def _unknown(rights: tuple[str, ...], known: set[str]) -> Iterator[Grant]:
    for word in sorted(set(rights) - known):
        yield Grant(None, word, word, on=True)
