"""What a Deribit key may do, from `GET /api/v2/private/list_api_keys`, else from `public/auth`.

One trade scope covers spot, futures and options: `trade_bundle`. The list is of all keys of the
account, secrets included: it comes here stripped (`stripping.py`), with its own entry alone. What
`public/auth` grants tells the scopes and no addresses, so that it can refuse, but never pass.
Source: Deribit OpenAPI 2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import instant, mapping, strangers, unclear
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "deribit",
    "Deribit → API Management → Edit",
    "enter this machine's address as `IP whitelist` at",
    silent_on=("expires",),
)
_P = Permission
_READ, _WRITE = "read", "read_write"
#: Scope and level → our words; `None`: no word of ours covers it. What is missing only reads.
_LEVELS: dict[tuple[str, str], tuple[Permission | None, ...]] = {
    ("account", _READ): (_P.READ,),
    ("account", _WRITE): (_P.READ, None),  # it can make keys
    ("trade", _WRITE): (_P.TRADE_BUNDLE,),
    ("wallet", _WRITE): (_P.WITHDRAW, _P.TRANSFER),
    ("block_trade", _WRITE): (None,),
    ("block_rfq", _WRITE): (None,),
}
_SCOPES = ("account", "trade", "wallet", "block_trade", "block_rfq")
_ALL = (_P.READ, _P.TRADE_BUNDLE, _P.WITHDRAW, _P.TRANSFER)
#: Of a session, not of the key: what `public/auth` adds.
_SESSION = frozenset({"connection", "mainaccount"})
_FIELDS = frozenset(
    (
        *("timestamp", "max_scope", "id", "enabled", "default", "client_id", "name"),
        *("enabled_features", "ip_whitelist", "public_key"),
    )
)


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants(()))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None:
        return unclear(EXCHANGE, facts)
    if (error := mapping(answer.get("error"))) is not None:
        return refusal(EXCHANGE, error.get("code")) or unclear(EXCHANGE, facts)
    result = answer.get("result")
    if isinstance(result, list) and len(result) == 1:
        key = mapping(result[0])
        return unclear(EXCHANGE, facts) if key is None else _of_list(key)
    if result == []:
        fact = "the key is not among those that deribit lists for its account"
        help_ = f"see whether it is of this account, and of this `venue`, at {EXCHANGE.page}"
        return Finding("permissions", Verdict.REFUSED, fact, help_)
    granted = mapping(result)
    if granted is None or _scopes(granted.get("scope")) is None:
        return unclear(EXCHANGE, facts)
    return Told(EXCHANGE, tuple(_grants(granted.get("scope"))), bound=None)


def _of_list(key: Mapping[str, object]) -> Told | Finding:
    if _scopes(key.get("max_scope")) is None:
        return unclear(EXCHANGE, key)
    addresses = key.get("ip_whitelist", [])
    is_list = isinstance(addresses, list) and all(type(word) is str for word in addresses)
    return Told(
        EXCHANGE,
        (*_grants(key.get("max_scope")), *_features(key), *strangers(key, _FIELDS)),
        bool(addresses) if is_list else None,
        tuple(addresses) if isinstance(addresses, list) and is_list else (),
        instant(key.get("timestamp")),
        notes=tuple(_notes(key)),
    )


def _scopes(value: object) -> tuple[str, ...] | None:
    """Between spaces in the examples, a list by the schema."""
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list) or not value:
        return None
    return tuple(value) if all(type(word) is str for word in value) else None


def _grants(scopes: object) -> Iterator[Grant]:
    """A word that neither scope nor session knows is on, whatever it means."""
    given: dict[Permission | None, list[str]] = {permission: [] for permission in _ALL}
    unnamed = []
    for scope in _scopes(scopes) or ():
        name, _, level = scope.partition(":")
        is_known = name in _SCOPES and level in ("none", _READ, _WRITE)
        for permission in _LEVELS.get((name, level), () if is_known else (None,)):
            if permission is not None:
                given[permission].append(scope)
            elif scope not in _SESSION and name not in ("session", "expires"):
                unnamed.append(scope)
    for permission in _ALL:
        by = given[permission]
        box = by[0] if by else _box_of(permission)
        yield Grant(permission, box, box, bool(by))
    for scope in unnamed:
        yield Grant(None, scope, scope, on=True)


def _box_of(permission: Permission) -> str:
    """The scope to ask for."""
    return next(f"{name}:{level}" for (name, level), its in _LEVELS.items() if permission in its)


def _features(key: Mapping[str, object]) -> Iterator[Grant]:
    """Block trades with restrictions or approvals: none of ours trades them."""
    features = key.get("enabled_features", [])
    if not isinstance(features, list):
        yield Grant(None, "enabled_features", "enabled_features", on=True)
        return
    known = {"restricted_block_trades", "block_trade_approval"}  # they restrict, and allow nothing
    for feature in features:
        if feature not in known:
            yield Grant(None, str(feature), str(feature), on=True)


def _notes(key: Mapping[str, object]) -> Iterator[Finding]:
    if key.get("enabled") is not True:
        fact = "the key is switched off at deribit"
        yield Finding("permissions", Verdict.REFUSED, fact, f"switch it on at {EXCHANGE.page}")
