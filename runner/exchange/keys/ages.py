"""When a key was made, when it has to be made anew, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.told import UNCLEAR_MS, Told
from runner.model.accounts import AccountDeclaration, Rotation
from runner.model.clock import iso

DAY_MS = 86_400_000
_SOON_MS = 30 * DAY_MS  # a month is enough to make a key anew


def created(told: Told, declaration: AccountDeclaration, now_ms: int) -> Iterator[Finding]:
    """The exchange's word counts, then the file's; `rotation` needs one of them."""
    exchange, declared = told.exchange, declaration.created
    if told.created_ms is None and declared is None:
        yield _not_told(told, declaration, now_ms)
        return
    if told.created_ms is None:
        made, source = str(declared), f"the file says; {exchange.name} does not tell"
    else:
        made, source = day_of(told.created_ms), ""
    if declared is not None and abs(_days(made) - _days(declared)) > 1:  # a page shows local days
        fact = f"the key was made on {made}, `created` of the file is {declared}"
        help_ = f'write `created: "{made}"` if this is the key that you mean'
        yield Finding("created", Verdict.REFUSED, fact, help_)
        return
    yield _aged(made, source, told, declaration.rotation, now_ms)


def expires(told: Told, now_ms: int) -> Finding:
    """A key that has ended is refused, one that ends within a month warns."""
    name, page = told.exchange.name, told.exchange.page
    if told.ends_ms == UNCLEAR_MS:
        fact = f"{name} does not say clearly when the key ends"
        return Finding("expires", Verdict.REFUSED, fact, f"look at {page}, or update runner")
    if told.ends_ms is None and "expires" in told.exchange.silent_on:
        fact = told.exchange.gap("expires")
        return Finding("expires", Verdict.CANNOT_VERIFY, fact, f"look it up at {page}")
    if told.ends_ms is None:
        return Finding("expires", Verdict.OK, f"{name} names no end of the key's permissions", "")
    ends = day_of(told.ends_ms)
    if told.ends_ms <= now_ms:
        fact = f"the key may not trade after {ends}, which is past"
        return Finding("expires", Verdict.REFUSED, fact, f"make a new key at {page}")
    if told.ends_ms - now_ms <= _SOON_MS:
        help_ = f"make a new key, or bind this one to this machine's address, at {page}"
        return Finding("expires", Verdict.WARNING, f"the key may not trade after {ends}", help_)
    return Finding("expires", Verdict.OK, f"the key may trade until {ends}", "")


def _aged(made: str, source: str, told: Told, rotation: Rotation | None, now_ms: int) -> Finding:
    said = f"the key was made on {made}{f', {source}' if source else ''}"
    age_ms = now_ms - _days(made) * DAY_MS
    if age_ms < -DAY_MS:
        fact = f"{said}: that is in the future"
        return Finding("created", Verdict.REFUSED, fact, "correct `created`, or this clock")
    if rotation is None:
        return Finding("created", Verdict.OK, said, "")
    due_ms = rotation.max_age_ms - age_ms
    old = max(age_ms, 0) // DAY_MS
    ago = f"{old} day{'' if old == 1 else 's'} ago"
    days = f"{ago}; `max_age` is {rotation.max_age_ms // DAY_MS}d"
    help_ = f"make a new key at {told.exchange.page}, then delete this one there"
    if due_ms < 0:
        return Finding("created", Verdict.REFUSED, f"{said}, {days}", help_)
    if due_ms <= rotation.warn_ms:
        fact = f"{said}, {days}: it is refused after {day_of(now_ms + due_ms)}"
        return Finding("created", Verdict.WARNING, fact, help_)
    return Finding("created", Verdict.OK, f"{said}, {days}", "")


def _not_told(told: Told, declaration: AccountDeclaration, now_ms: int) -> Finding:
    fact = told.exchange.gap("created")
    write = f'write `created: "{day_of(now_ms)}"` in the account, with the day it was made'
    if declaration.rotation is not None:
        return Finding("created", Verdict.REFUSED, f"{fact}, from which `rotation` counts", write)
    return Finding("created", Verdict.CANNOT_VERIFY, fact, write)


def day_of(ms: int) -> str:
    """The UTC date of an instant."""
    return iso(ms)[:10]


def _days(day: str) -> int:
    """Days since 1970-01-01."""
    from datetime import date

    return (date.fromisoformat(day) - date(1970, 1, 1)).days
