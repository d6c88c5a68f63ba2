"""What an OKX key may do, from `GET /api/v5/account/config`.

`trade` covers spot, margin, derivatives and transfers between one's own accounts: `trade_bundle`.
Neither the day the key was made nor its end is told. Sources: github thrasher-corp/gocryptotrader
okx_types.go; docs.rs rust-okx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import mapping, unclear, unknown_rights, unread, words
from runner.exchange.keys.refusing import refusal
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "okx",
    "OKX → API → Edit",
    "enter this machine's address as `Linked IP addresses` at",
    silent_on=("created", "expires"),
    most_addresses=20,
)
#: Word of `perm` → our word, the name of its box.
_WORDS: dict[str, tuple[Permission, str]] = {
    "read_only": (Permission.READ, "Read"),
    "trade": (Permission.TRADE_BUNDLE, "Trade"),
    "withdraw": (Permission.WITHDRAW, "Withdraw"),
}
#: Settings of the account, not rights of the key.
_FIELDS = frozenset(
    (
        *("acctLv", "acctStpMode", "autoLoan", "ctIsoMode", "enableSpotBorrow", "feeType"),
        *("greeksType", "ip", "kycLv", "label", "level", "levelTmp", "liquidationGear", "mainUid"),
        *("mgnIsoMode", "opAuth", "perm", "posMode", "roleType", "settleCcy", "settleCcyList"),
        *("spotBorrowAutoRepay", "spotOffsetType", "spotRoleType", "spotTraderInsts"),
        *("traderInsts", "type", "uid", "stgyType"),
    )
)
_ONE_WAY, _HEDGED = "net_mode", "long_short_mode"


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_grants(()))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None:
        return unclear(EXCHANGE, facts)
    if (refused := refusal(EXCHANGE, answer.get("code"))) is not None:
        return refused
    rows = answer.get("data")
    key = mapping(rows[0]) if isinstance(rows, list) and len(rows) == 1 else None
    rights = words(key.get("perm")) if key is not None else None
    if answer.get("code") != "0" or key is None or rights is None:
        return unclear(EXCHANGE, facts)
    addresses = words(key.get("ip"))
    return Told(
        EXCHANGE,
        (*_grants(rights), *unknown_rights(key, _FIELDS)),
        None if addresses is None else bool(addresses),
        addresses,
        unread=unread(key, _FIELDS),
        notes=tuple(_notes(key)),
    )


def _grants(rights: tuple[str, ...]) -> Iterator[Grant]:
    for word, (permission, box) in _WORDS.items():
        yield Grant(permission, word, box, word in rights)
    for word in sorted(set(rights) - set(_WORDS)):
        yield Grant(None, word, word, on=True)


def _notes(key: Mapping[str, object]) -> Iterator[Finding]:
    """Whose key it is, and how its account holds positions: the same answer tells."""
    if isinstance(kind := key.get("type"), str) and kind:
        whose = "the main account" if kind == "0" else "a sub-account"
        yield Finding("permissions", Verdict.OK, f"the key is of {whose}", "")
    mode = key.get("posMode")
    if mode == _HEDGED:
        fact = "the account holds long and short positions side by side; runner trades one way"
        help_ = f"choose `{_ONE_WAY}` as position mode in the account's settings before futures"
        yield Finding("permissions", Verdict.WARNING, fact, help_)
