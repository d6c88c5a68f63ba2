"""`unverifiable`, `rotation`, `created` of an account: what a person vouches for, and how long."""

from __future__ import annotations

from datetime import date

from runner.model.accounts import Rotation, Waiver
from runner.rules import units
from runner.rules.bench import Bench, child, scalar, word
from runner.rules.nodes import Node, Scalar, Sequence, place

_DAY_MS = 86_400_000


def compile_upkeep(bench: Bench, account: Node) -> None:
    """Everything that is wrong with them."""
    _day(bench, scalar(account, "created"))
    _day(bench, scalar(account, "next", "created"))
    _rotation(bench, account)
    seen: set[str] = set()
    for waiver in _waivers(account):
        _day(bench, scalar(waiver, "until"))
        check = scalar(waiver, "check")
        if check is not None and check.text in seen:
            message = f"`{check.text}` is waived twice"
            bench.refuse(place(check), "R108", message, "keep one, with the end that holds")
        seen.add(check.text if check is not None else "")


def waivers_of(account: Node | None) -> tuple[Waiver, ...]:
    """By check, in whatever order they are written."""
    found = [
        Waiver(word(it, "check") or "", word(it, "reason") or "", word(it, "until") or "")
        for it in _waivers(account)
    ]
    return tuple(sorted(found, key=lambda waiver: waiver.check))


def rotation_of(account: Node | None) -> Rotation | None:
    """How old the key may become; without `warn` nothing is said before."""
    max_age = units.duration_ms(word(account, "rotation", "max_age") or "")
    if max_age is None:
        return None
    return Rotation(max_age, units.duration_ms(word(account, "rotation", "warn") or "") or 0)


def _waivers(account: Node | None) -> tuple[Node, ...]:
    listed = child(account, "unverifiable")
    return listed.items if isinstance(listed, Sequence) else ()


def _rotation(bench: Bench, account: Node) -> None:
    age, warn = scalar(account, "rotation", "max_age"), scalar(account, "rotation", "warn")
    age_ms = units.duration_ms(age.text) if age is not None else None
    if age is None or age_ms is None:
        return
    if age_ms < _DAY_MS:
        message = f"a key cannot be made anew every `{age.text}`"
        bench.refuse(place(age), "R111", message, "write `1d` or more, such as `90d`")
    warn_ms = units.duration_ms(warn.text) if warn is not None else None
    if warn is not None and warn_ms is not None and warn_ms >= age_ms:
        message = f"`warn: {warn.text}` would warn of every key: `max_age` is {age.text}"
        bench.refuse(place(warn), "R111", message, "write a shorter one")


def _day(bench: Bench, node: Scalar | None) -> None:
    """A day of the calendar, not only of its form."""
    if node is None:
        return
    try:
        date.fromisoformat(node.text)
    except ValueError:
        message = f"`{node.text}` is no day of the calendar"
        bench.refuse(place(node), "R110", message, 'write a day, such as `"2027-03-01"`')
