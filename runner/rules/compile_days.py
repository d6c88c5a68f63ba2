"""`timezone:`, `sessions:` and `blackout:`: when of the day and around which instants."""

from __future__ import annotations

from runner.core.strategy import Blackout, TradingSession
from runner.language.words import quoted
from runner.rules import units
from runner.rules.advice import meant_by
from runner.rules.bench import Bench, child, scalar, word
from runner.rules.calendar import Unusable, instants_of
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MINUTES_OF_DAY = 1440
_UTC = "UTC"


def compile_timezone(bench: Bench, node: Scalar | None, default: str = _UTC) -> str:
    """A time zone by its name in the IANA database."""
    if node is None or node.text == _UTC:
        return default if node is None else _UTC
    from zoneinfo import ZoneInfo  # for the few files that name a zone

    try:
        return ZoneInfo(node.text).key
    except (KeyError, OSError, ValueError):
        message = f"{quoted(node.text)} is not a time zone of this machine"
        bench.refuse(place(node), "R105", message, _meant(node.text))
    return default


def _meant(text: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    near = get_close_matches(text, sorted(available_timezones()), n=1)
    return f"did you mean `{near[0]}`?" if near else "write `UTC`, or a name like `Europe/Berlin`"


def compile_sessions(bench: Bench, root: Mapping, timezone: str) -> tuple[TradingSession, ...]:
    """Named spans of local time; the wrong ones are remembered as failed."""
    node, written = child(root, "sessions"), child(bench.written, "sessions")
    found = []
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        session = _session(bench, name, entry.value, timezone)
        if bench.is_new(entry.key) and session is not None:
            bench.sessions.add(name)
            found.append(session)
    if isinstance(written, Mapping):
        bench.failed |= set(written.entries) - bench.sessions
    return tuple(found)


def _session(bench: Bench, name: str, node: Node, timezone: str) -> TradingSession | None:
    begins, ends = (units.minutes(word(node, key) or "") for key in ("from", "to"))
    days = _days(bench, child(node, "days"))
    zone = compile_timezone(bench, scalar(node, "timezone"), timezone)
    at = scalar(node, "from")
    if at is not None and begins == _MINUTES_OF_DAY:
        bench.refuse(place(at), "R111", "a session begins before midnight", 'write "00:00"')
        return None
    if begins is None or ends is None or not days:
        return None
    until = ends if ends > begins else ends + _MINUTES_OF_DAY
    return TradingSession(name, days, begins, until, zone)


def _days(bench: Bench, node: Node | None) -> frozenset[int]:
    """`MON-FRI`, or a list of such; Monday is 0."""
    if node is None:
        return frozenset(range(7))
    items = node.items if isinstance(node, Sequence) else (node,)
    days: set[int] = set()
    for item in items:
        first, _, last = _text(item).partition("-")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        span = range(begin, end + 1) if begin <= end else (*range(begin, 7), *range(end + 1))
        days.update(span)
    return frozenset(days)


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def known_session(bench: Bench, node: Scalar | None) -> str | None:
    """The name of a session that the file declares."""
    if node is None or node.text in bench.failed:
        return None
    if node.text in bench.sessions:
        bench.used.add(node.text)
        return node.text
    names = ", ".join(f"`{name}`" for name in sorted(bench.sessions))
    meant = meant_by(node.text, list(bench.sessions))
    help = f"declared: {names}" if names else 'declare it: `sessions: {us: {from: "13:30", …}}`'
    help = f"did you mean `{meant}`?" if meant else help
    bench.refuse(place(node), "R406", f"{quoted(node.text)} is not under `sessions`", help)
    return None


def compile_blackouts(bench: Bench, root: Mapping) -> tuple[Blackout, ...]:
    """Each calendar is read now: its instants are part of what the file means."""
    listed = child(root, "blackout")
    found = []
    for item in listed.items if isinstance(listed, Sequence) else ():
        calendar = scalar(item, "calendar")
        before, after = scalar(item, "before"), scalar(item, "after")
        if calendar is None or before is None or after is None:
            continue
        around = [
            bench.unit(it, units.duration_ms, "a duration, such as `30m`") for it in (before, after)
        ]
        try:
            instants = instants_of(bench.source.file, calendar.text)
        except Unusable as why:
            bench.refuse(place(calendar), "R407", str(why), why.help)
            continue
        if around[0] is not None and around[1] is not None:
            closes = word(item, "positions") == "close"
            found.append(Blackout(calendar.text, instants, around[0], around[1], closes))
    return tuple(found)
