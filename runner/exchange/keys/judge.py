"""What a key may do against what the file declares: all checks of SPEC section 5, in its order.

In: what the exchange told, the declaration, an instant. Out: findings. What the exchange does not
tell is refused unless the file waives it; what no word of ours covers is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.exchange.keys.addresses import ip_bound, ip_list, own_ip
from runner.exchange.keys.ages import created, expires
from runner.exchange.keys.finding import Finding, Verdict, declares_withdraw
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.exchange.keys.waivers import waived
from runner.model.accounts import BUNDLES, AccountDeclaration, Permission

_READ, _TRANSFER, _WITHDRAW = Permission.READ, Permission.TRANSFER, Permission.WITHDRAW
_BUNDLE = Permission.TRADE_BUNDLE


def judge(
    told: Told, declaration: AccountDeclaration, now_ms: int, own: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Every check at least once; `own`: this machine's addresses, as far as they are known."""
    found = (
        *_withdraw(told, declaration),
        *_transfer(told, declaration),
        *_permissions(told, declaration),
        *told.notes,
        *_unread(told),
        ip_bound(told),
        *ip_list(told, declaration),
        *own_ip(told, declaration, own),
        *created(told, declaration, now_ms),
        expires(told, now_ms),
    )
    return waived(found, declaration, now_ms)


def _withdraw(told: Told, declaration: AccountDeclaration) -> Iterator[Finding]:
    """Never waived: not even a file that asks for it gets a key that can withdraw."""
    if _WITHDRAW in declaration.permissions:
        yield declares_withdraw()
        return
    yield from _agreed("withdraw", _WITHDRAW, told, declaration)


def _transfer(told: Told, declaration: AccountDeclaration) -> Iterator[Finding]:
    name = told.exchange.name
    if any(grant.permission is _TRANSFER for grant in told.grants):
        yield from _agreed("transfer", _TRANSFER, told, declaration)
    elif _TRANSFER in BUNDLES.get(name, frozenset()) and _has(told, _BUNDLE):
        if _BUNDLE in declaration.permissions:  # else refused under `permissions`
            fact = f"{name} does not split `transfer` from `trade_bundle`: the key can transfer"
            yield Finding("transfer", Verdict.OK, f"{fact}, as declared", "")
    elif _TRANSFER in declaration.permissions:
        yield _unknown_word(told.exchange, _TRANSFER)
    else:
        yield Finding("transfer", Verdict.OK, f"the key does not have `{_TRANSFER}`", "")


def _permissions(told: Told, declaration: AccountDeclaration) -> Iterator[Finding]:
    """Each box is ticked exactly when its permission is declared; without `read` nothing works."""
    exchange, declared = told.exchange, declaration.permissions
    if _READ not in declared:
        fact = f"the file does not declare `read`, without which no key of {exchange.name} can be"
        yield _refused("permissions", f"{fact} used", "add `read` to `permissions`")
        return
    shown = [grant.permission for grant in told.grants if grant.permission is not None]
    unsplit = declared & BUNDLES.get(exchange.name, frozenset()) - set(shown)
    for permission in dict.fromkeys(shown):
        if permission not in (_TRANSFER, _WITHDRAW) and not (unsplit and permission is _BUNDLE):
            yield from _agreed("permissions", permission, told, declaration)
    if unsplit:
        yield _not_split(exchange, sorted(unsplit)[0])
    for permission in sorted(declared - set(shown) - unsplit - {_TRANSFER, _WITHDRAW}):
        yield _unknown_word(exchange, permission)
    for grant in told.grants:
        if grant.permission is None and grant.on is not False:
            fact = f"the key has `{_shown(grant.field)}`, which runner has no permission for"
            help_ = f"untick `{_shown(grant.box)}` at {exchange.page}"
            yield _refused("permissions", fact, help_)


def _agreed(
    check: str, permission: Permission, told: Told, declaration: AccountDeclaration
) -> Iterator[Finding]:
    """The boxes of one permission: where it is declared, one of them that is enough will do."""
    exchange = told.exchange
    boxes = [grant for grant in told.grants if grant.permission is permission]
    if any(grant.on is None for grant in boxes):
        for grant in boxes:
            if grant.on is None:
                fact = f"{exchange.name} does not say clearly whether the key has `{grant.field}`"
                help_ = "try again later; if it stays so, update runner"
                yield _refused(check, fact, help_)
    elif permission in declaration.permissions:
        yield _wanted(check, permission, exchange, [it for it in boxes if not it.is_part])
    elif not any(grant.on for grant in boxes):
        fact = f"the key does not have `{permission}`, as declared"
        yield Finding(check, Verdict.OK, fact, "")
    else:
        ticked = [f"`{grant.box}`" for grant in boxes if grant.on]
        fact = f"the key has the permission `{permission}`, which the file does not declare"
        yield _refused(check, fact, f"untick {' and '.join(ticked)} at {exchange.page}")


def _wanted(check: str, permission: Permission, exchange: Exchange, boxes: list[Grant]) -> Finding:
    if any(grant.on for grant in boxes):
        return Finding(check, Verdict.OK, f"the key has `{permission}`, as declared", "")
    fact = f"the key lacks the permission `{permission}`, which the file declares"
    choice = " or ".join(dict.fromkeys(f"`{grant.box}`" for grant in boxes))
    hint = "".join(dict.fromkeys(grant.hint for grant in boxes))
    return _refused(check, fact, f"tick {choice} at {exchange.page}{hint}")


def _has(told: Told, permission: Permission) -> bool:
    return any(grant.permission is permission and grant.on is not False for grant in told.grants)


def _not_split(exchange: Exchange, permission: Permission) -> Finding:
    covered = ", ".join(f"`{word}`" for word in sorted(BUNDLES[exchange.name]))
    fact = f"keys of {exchange.name} cannot have `{permission}` alone: one box covers {covered}"
    help_ = f"write `permissions: [{_READ}, {_BUNDLE}]` if that is what the key may do"
    return _refused("permissions", fact, help_)


def _unknown_word(exchange: Exchange, permission: Permission) -> Finding:
    fact = f"{exchange.name} tells nothing of `{permission}`, which the file declares"
    return _refused("permissions", fact, f"take `{permission}` out of `permissions`")


def _unread(told: Told) -> Iterator[Finding]:
    if told.unread:
        fields = ", ".join(f"`{_shown(field)}`" for field in told.unread)
        fact = f"{told.exchange.name} tells what runner does not know: {fields}"
        yield Finding("permissions", Verdict.WARNING, fact, "see whether there is a newer runner")


def _shown(word: str) -> str:
    """A word that only the exchange knows, fit to stand in one line."""
    return "".join(it if it.isprintable() and it != "`" else "?" for it in word[:60])


def _refused(check: str, fact: str, help_: str) -> Finding:
    return Finding(check, Verdict.REFUSED, fact, help_)
