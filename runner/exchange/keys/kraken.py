"""What a Kraken spot key may do, from `POST /0/private/GetApiKeyInfo`.

Orders are one permission for spot and margin: `trade_bundle`. Futures have keys of their own, at
another host. Source: docs.kraken.com/api-reference/account-data/get-api-key-info.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.exchange.keys.finding import Finding
from runner.exchange.keys.reading import end, instant, mapping, strangers, unclear, words
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "kraken", "Kraken → Settings → API", "enter this machine's address as `IP allowlist` at"
)
_P = Permission
#: Word of `permissions` → our word, the name of its box, whether it is only a part of ours.
_WORDS: dict[str, tuple[Permission, str, bool]] = {
    "query-funds": (_P.READ, "Query Funds", False),
    "query-open-trades": (_P.READ, "Query Open Orders & Trades", True),
    "query-closed-trades": (_P.READ, "Query Closed Orders & Trades", True),
    "query-ledger": (_P.READ, "Query Ledger Entries", True),
    "modify-trades": (_P.TRADE_BUNDLE, "Create & Modify Orders", False),
    "close-trades": (_P.TRADE_BUNDLE, "Cancel/Close Orders", True),
    "withdraw-funds": (_P.WITHDRAW, "Withdraw Funds", False),
}
_FIELDS = frozenset(
    (
        *("apiKeyName", "apiKey", "nonce", "nonceWindow", "permissions", "iban", "validUntil"),
        *("queryFrom", "queryTo", "createdTime", "modifiedTime", "ipAllowlist", "lastUsed"),
    )
)
_S = 1_000  # its instants are seconds


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants(()))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    key = mapping(answer.get("result")) if answer is not None else None
    if answer is None or answer.get("error") != [] or key is None:
        return unclear(EXCHANGE, facts)
    rights, addresses = words(key.get("permissions")), key.get("ipAllowlist")
    listed = words(addresses) if isinstance(addresses, list) else None
    if rights is None:
        return unclear(EXCHANGE, facts)
    return Told(
        EXCHANGE,
        (*_grants(rights), *strangers(key, _FIELDS)),
        None if listed is None else bool(listed),
        listed,
        instant(key.get("createdTime"), _S),
        end(key.get("validUntil", ""), _S, none=("0",)),
    )


def _grants(rights: tuple[str, ...]) -> Iterator[Grant]:
    for word, (permission, box, is_part) in _WORDS.items():
        yield Grant(permission, word, box, word in rights, is_part)
    for word in sorted(set(rights) - set(_WORDS)):
        yield Grant(None, word, word, on=True)
