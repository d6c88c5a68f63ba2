"""What a Gate key may do, from `GET /api/v4/account/main_keys`.

The answer lists all keys of the account; it comes here with its own entry alone (`stripping.py`).
`wallet` that may write moves funds, also out. When a key ends is not told. Source: github
tiagosiebler/gateio-api, account; gate/gateapi-nodejs, Key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import instant, mapping, strangers, unclear, words
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "gate",
    "Gate → API Key Management → Edit",
    "enter this machine's address as `IP whitelist` at",
    silent_on=("expires",),
)
_P = Permission
#: Name among `perms` → our words where it may write.
_WORDS: dict[str, tuple[Permission, ...]] = {
    "spot": (_P.SPOT,),
    "futures": (_P.FUTURES,),
    "delivery": (_P.FUTURES,),
    "options": (_P.OPTIONS,),
    "unified": (_P.MARGIN,),
    "margin": (_P.MARGIN,),
    "wallet": (_P.TRANSFER, _P.WITHDRAW),
    "withdraw": (_P.WITHDRAW,),
}
_ALL = dict.fromkeys(permission for its in _WORDS.values() for permission in its)
_FIELDS = frozenset(
    (
        *("key", "name", "state", "mode", "perms", "ip_whitelist", "currency_pairs", "user_id"),
        *("created_at", "updated_at", "last_access"),
    )
)
_NORMAL = 1
_S = 1_000
_MILLISECONDS_SINCE = 10**11  # as seconds the year 5138: the docs do not name the unit


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants([]))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    key = mapping(facts[0]) if isinstance(facts, list) and len(facts) == 1 else None
    rows = key.get("perms") if key is not None else None
    if key is None or not isinstance(rows, list) or not all(_is_right(row) for row in rows):
        return unclear(EXCHANGE, facts)
    addresses = words(key.get("ip_whitelist", []))
    return Told(
        EXCHANGE,
        (*_grants(rows), *strangers(key, _FIELDS)),
        None if addresses is None else bool(addresses),
        addresses,
        _made(key.get("created_at")),
        notes=tuple(_notes(key)),
    )


def _is_right(row: object) -> bool:
    """A name, and whether it only reads; no more."""
    return (
        isinstance(row, Mapping)
        and set(row) <= {"name", "read_only"}
        and type(row.get("name")) is str
        and type(row.get("read_only", False)) is bool
    )


def _grants(rows: list[Mapping[str, object]]) -> Iterator[Grant]:
    """Without `read_only` a right may write."""
    writes = [str(row["name"]) for row in rows if not row.get("read_only", False)]
    yield Grant(_P.READ, "read_only", "Read", on=bool(rows))
    for permission in _ALL:
        names = [name for name, its in _WORDS.items() if permission in its]
        box = next((name for name in names if name in writes), names[0])
        yield Grant(permission, box, box, box in writes)
    for name in sorted(set(writes) - set(_WORDS)):
        yield Grant(None, name, name, on=True)


def _made(value: object) -> int | None:
    in_ms = instant(value)
    if in_ms is not None and in_ms < _MILLISECONDS_SINCE:
        return instant(value, _S)
    return in_ms


def _notes(key: Mapping[str, object]) -> Iterator[Finding]:
    if type(key.get("state")) is not int or key.get("state") != _NORMAL:
        fact = "the key is locked or frozen at gate"
        yield Finding("permissions", Verdict.REFUSED, fact, f"look at {EXCHANGE.page}")
