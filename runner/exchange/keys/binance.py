"""What a Binance key may do, from `GET /sapi/v1/account/apiRestrictions`.

Every field is accounted for: a known one must be there and be true or false, an unknown one must be
off. Source: github binance/binance-connector-python, wallet, get_api_key_permission.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from runner.exchange.keys.finding import Finding, Verdict, declares_withdraw
from runner.model.accounts import AccountDeclaration, Permission
from runner.model.clock import iso

_PAGE = "Binance → API Management → Edit restrictions"

#: Field → the permission it gives, the name of its box.
_BOXES: dict[str, tuple[Permission, str]] = {
    "enableReading": (Permission.READ, "Enable Reading"),
    "enableSpotAndMarginTrading": (Permission.SPOT, "Enable Spot & Margin Trading"),
    "enableMargin": (Permission.MARGIN, "Enable Margin Loan, Repay & Transfer"),
    "enableFutures": (Permission.FUTURES, "Enable Futures"),
    "enableVanillaOptions": (Permission.OPTIONS, "Enable European Options"),
    "enableInternalTransfer": (Permission.TRANSFER, "Enable Internal Transfer"),
    "permitsUniversalTransfer": (Permission.TRANSFER, "Permits Universal Transfer"),
    "enableWithdrawals": (Permission.WITHDRAW, "Enable Withdrawals"),
}
#: Fields of newer keys that no word of ours covers; they may be absent, and must be off.
_NAMELESS = {
    "enableFixApiTrade": "FIX API trading",
    "enablePortfolioMarginTrading": "Enable Portfolio Margin Trading",
}
_READS_ONLY = "enableFixReadOnly"  # FIX market data and order reports: part of `read`
_TIMES = {"createTime", "tradingAuthorityExpirationTime"}
_BOUND = "ipRestrict"
#: What a box may need before it can be ticked (docs.rs binance-sdk, wallet).
_FIRST = {
    "enableFutures": "; if it cannot be ticked, the key is older than the futures account: make a "
    "new one"
}


def findings(facts: object, declaration: AccountDeclaration) -> tuple[Finding, ...]:
    """All checks, in the order of SPEC section 5."""
    if not isinstance(facts, Mapping) or not facts:
        fact = "binance's answer about the key is not what it documents"
        return (_refused("permissions", fact, "try again later; if it stays so, update runner"),)
    declared = declaration.permissions
    return (
        _withdraw(facts, declared),
        *_transfers(facts, declared),
        *_permissions(facts, declared),
        *_unknown(facts),
        _bound(facts),
        _listed(declaration),
        _own_address(),
        _created(facts),
        _expires(facts),
    )


def _withdraw(facts: Mapping[str, object], declared: Set[Permission]) -> Finding:
    """Never waived: not even a file that asks for it gets a key that can withdraw."""
    if Permission.WITHDRAW in declared:
        return declares_withdraw()
    return _box("withdraw", "enableWithdrawals", facts, declared)


def _transfers(facts: Mapping[str, object], declared: Set[Permission]) -> list[Finding]:
    """Two boxes for one word: with `transfer` declared, either will do."""
    boxes = ["enableInternalTransfer", "permitsUniversalTransfer"]
    on = [box for box in boxes if facts.get(box) is True]
    told = all(type(facts.get(box)) is bool for box in boxes)
    if Permission.TRANSFER in declared and told and on:
        return [Finding("transfer", Verdict.OK, "the key can transfer, as declared", "")]
    return [_box("transfer", box, facts, declared) for box in boxes]


def _permissions(facts: Mapping[str, object], declared: Set[Permission]) -> list[Finding]:
    own_checks = {Permission.WITHDRAW, Permission.TRANSFER}
    if Permission.READ not in declared:
        fact = "the file does not declare `read`, without which no key of binance can be used"
        return [_refused("permissions", fact, "add `read` to `permissions`")]
    boxes = [box for box, (permission, _) in _BOXES.items() if permission not in own_checks]
    return [_box("permissions", box, facts, declared) for box in boxes]


def _box(check: str, field: str, facts: Mapping[str, object], declared: Set[Permission]) -> Finding:
    """The box is ticked exactly when its permission is declared."""
    permission, box = _BOXES[field]
    ticked, wanted = facts.get(field), permission in declared
    if type(ticked) is not bool:
        return _unclear(check, field)
    if ticked and not wanted:
        fact = f"the key has the permission `{permission}`, which the file does not declare"
        return _refused(check, fact, f"untick `{box}` at {_PAGE}")
    if wanted and not ticked:
        fact = f"the key lacks the permission `{permission}`, which the file declares"
        return _refused(check, fact, f"tick `{box}` at {_PAGE}{_FIRST.get(field, '')}")
    does = "has" if ticked else "does not have"
    return Finding(check, Verdict.OK, f"the key {does} `{permission}`, as declared", "")


def _unknown(facts: Mapping[str, object]) -> list[Finding]:
    """What no word of ours covers must be off; what is neither on nor off cannot be judged."""
    known = {*_BOXES, *_TIMES, _BOUND}
    found = []
    for field in sorted(str(name) for name in facts if name not in known):
        value = facts.get(field)
        if value is False or value is None or (field == _READS_ONLY and value is True):
            continue
        box = _NAMELESS.get(field, field)
        fact = f"the key has `{field}`, which runner has no permission for"
        found.append(_refused("permissions", fact, f"untick `{box}` at {_PAGE}"))
    return found


def _bound(facts: Mapping[str, object]) -> Finding:
    bound = facts.get(_BOUND)
    if type(bound) is not bool:
        return _unclear("ip_bound", _BOUND)
    if not bound:
        fact = "the key works from every address"
        help_ = "tick `Restrict access to trusted IPs only` and enter this machine's address at"
        return _refused("ip_bound", fact, f"{help_} {_PAGE}")
    return Finding("ip_bound", Verdict.OK, "the key works from listed addresses only", "")


def _listed(declaration: AccountDeclaration) -> Finding:
    listed = ", ".join(declaration.ip_allowlist) or "nothing"
    fact = f"binance does not return the list of addresses; the file says {listed}"
    return Finding("ip_list", Verdict.CANNOT_VERIFY, fact, f"compare it with the list at {_PAGE}")


def _own_address() -> Finding:
    fact = "binance does not say which address it sees"
    return Finding(
        "own_ip", Verdict.CANNOT_VERIFY, fact, "a wrong one is refused at the first call"
    )


def _created(facts: Mapping[str, object]) -> Finding:
    if (created := _day(facts.get("createTime"))) is None:
        fact = "binance does not say when the key was made"
        return Finding("created", Verdict.CANNOT_VERIFY, fact, f"look it up at {_PAGE}")
    return Finding("created", Verdict.OK, f"the key was made on {created}", "")


def _expires(facts: Mapping[str, object]) -> Finding:
    if (ends := _day(facts.get("tradingAuthorityExpirationTime"))) is None:
        return Finding("expires", Verdict.OK, "binance names no end of the key's permissions", "")
    help_ = f"bind the key to this machine's address at {_PAGE}"
    return Finding("expires", Verdict.WARNING, f"the key may not trade after {ends}", help_)


def _day(ms: object) -> str | None:
    """The UTC date of an instant; `None` for what is no instant up to the year 2286."""
    return iso(ms)[:10] if type(ms) is int and 0 < ms < 10**13 else None


def _unclear(check: str, field: str) -> Finding:
    fact = f"binance does not say clearly whether the key has `{field}`"
    return _refused(check, fact, "try again later; if it stays so, update runner")


def _refused(check: str, fact: str, help_: str) -> Finding:
    return Finding(check, Verdict.REFUSED, fact, help_)
