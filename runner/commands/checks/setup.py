"""`runner doctor --setup EXCHANGE`: what to tick when a key is made there; nothing is asked.

In: an exchange, and the rule file that the key is for, if there is one. Out: the boxes of the
exchange's form as the audit knows them, the addresses to enter, and what the file has to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runner.exchange.keys.audit import BOXES, EXCHANGES, foreseen
from runner.exchange.keys.told import Grant
from runner.model.accounts import BUNDLES, Permission
from runner.model.errors import Refused
from runner.model.exchanges import NAMES as TRADED
from runner.rules.compile_key import needed

if TYPE_CHECKING:
    from runner.rules.compile import Untraded

_READ, _BUNDLE = Permission.READ, Permission.TRADE_BUNDLE
_MARKETS = ("spot", "futures")


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the form, the permission it gives, and whether it is ticked for this key."""

    name: str
    permission: Permission
    ticked: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One way to fill it in, for a market; `missing`: permissions without a box there."""

    market: str
    permissions: tuple[Permission, ...]
    boxes: tuple[Box, ...]
    missing: tuple[Permission, ...]


def forms_of(exchange: str, meant: Untraded | None) -> list[Form]:
    """For the file's market, or for each; some exchanges have two kinds of accounts."""
    if exchange not in EXCHANGES:
        known = ", ".join(f"`{name}`" for name in sorted(EXCHANGES))
        raise Refused(f"nothing is known of keys of `{exchange}`; there is {known}")
    markets = _MARKETS if meant is None else (meant.market_kind.value,)
    return [
        _form(exchange, market, permissions)
        for market in markets
        for permissions in needed(exchange, market)
    ]


def _form(exchange: str, market: str, permissions: frozenset[Permission]) -> Form:
    """Where one box covers a bundle there are none for what it covers, and the other way round."""
    hidden = BUNDLES.get(exchange, frozenset()) if _BUNDLE in permissions else {_BUNDLE}
    shown = [it for it in BOXES[exchange] if it.permission not in hidden or it.permission is None]
    found = [(it.box, it.permission) for it in shown if it.permission and not _comes_along(it)]
    boxes = (Box(name, word, word in permissions) for name, word in dict.fromkeys(found))
    given = {it.permission for it in shown}
    missing = tuple(sorted(permissions - given))
    listed = (_READ, *sorted(permissions - {_READ}))
    return Form(market, listed, tuple(boxes), missing)


def _comes_along(grant: Grant) -> bool:
    """Every key has it: there is nothing to tick."""
    return grant.on is True


def setup_lines(exchange: str, meant: Untraded | None) -> Iterator[str]:
    """For people."""
    forms, told = forms_of(exchange, meant), EXCHANGES[exchange]
    yield f"make the key at {told.page}"
    if told.choice:
        yield f"choose `{told.choice}`"
    for form in forms:
        yield ""
        yield f"for `market: {form.market}`, `permissions: [{', '.join(form.permissions)}]`:"
        width = max((len(box.name) for box in form.boxes), default=0)
        for box in () if form.missing else form.boxes:
            does = "tick" if box.ticked else "leave off"
            yield f"  {does:<9}  {box.name:<{width}}  {box.permission}"
        for permission in form.missing:
            yield f"  no key made there has `{permission}`"
    yield ""
    addresses = meant.account.ip_allowlist if meant is not None else ()
    entered = f": {', '.join(addresses)}" if addresses else ""
    yield f"{told.bind} {told.page}{entered}"
    yield from _notes(exchange, meant)


def _notes(exchange: str, meant: Untraded | None) -> Iterator[str]:
    """What the file has to say beside it, and what no file can."""
    told = EXCHANGES[exchange]
    if meant is not None:
        from runner.model.clock import machine_ms

        declaration = replace(meant.account, exchange=exchange)
        for finding in foreseen(declaration, machine_ms()):
            yield f"{finding.fact}: {finding.help}"
    else:
        for check in told.silent_on:
            if check != "ip_bound":
                yield f"{told.gap(check)}: `unverifiable` waives it"
    if told.never:
        yield f"no key of it is accepted: {told.never}"
    if exchange not in TRADED:
        yield f"no orders go to {exchange}: `runner doctor` audits its keys, `run` refuses the file"


def setup_document(exchange: str, meant: Untraded | None) -> dict[str, object]:
    """For programs."""
    forms = forms_of(exchange, meant)
    return {
        "schema": 1,
        "exchange": exchange,
        "page": EXCHANGES[exchange].page,
        "choice": EXCHANGES[exchange].choice,
        "keys": [
            {
                "market": form.market,
                "permissions": list(form.permissions),
                "boxes": [
                    {"name": box.name, "permission": box.permission, "tick": box.ticked}
                    for box in form.boxes
                ],
                "missing": list(form.missing),
            }
            for form in forms
        ],
        "addresses": list(meant.account.ip_allowlist) if meant is not None else [],
        "notes": list(_notes(exchange, meant)),
    }
