"""What changed in risk between two rule files.

In: two right files. Out: each difference of what is in effect with its verdict, so that a default
that is written out, a comment or an order of keys is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runner.core.strategy import Blackout, EntryRule, SizeMode, Strategy
from runner.model.trades import PositionSide
from runner.model.values import dataclass
from runner.rules.comparable import Comparable, Item, Path, Side
from runner.rules.defaults import pattern_of
from runner.rules.digest import digest_of
from runner.rules.in_words import counted
from runner.rules.meaning import reads_session
from runner.rules.quantity import Quantity
from runner.rules.risk import (
    DEFINITION,
    UNSURE,
    Risk,
    Verdict,
    appeared,
    is_block,
    judged,
    vanished,
)

_ORDER = tuple(Risk)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` and `after` are words, `None` where there is nothing.

    `added` and `removed`: of a list of words, what came and what went.
    """

    key: str
    risk: Risk
    before: str | None
    after: str | None
    why: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def differences(before: Comparable, after: Comparable) -> tuple[Change, ...]:
    """Every change, more risk first, else in the order of the schema."""
    left, right = before.root, _renamed(before, after)
    found = [*_compared(left, right, ()), *_calendars(before, after)]
    # a use of what a name stands for must have changed, unless names came or went
    is_explained = any(it.why != DEFINITION or None in (it.before, it.after) for it in found)
    if not is_explained and _digest(before.strategy) != _digest(after.strategy):
        words = "order, spelling or use of something"
        found.append(Change("file", UNSURE[0], words, words, UNSURE[1]))
    found = [_in_context(it, before.strategy, after.strategy) for it in found]
    return tuple(sorted(found, key=lambda it: _ORDER.index(it.risk)))


def _digest(strategy: Strategy) -> str:
    """Of everything but what the names and defaults of a file make different."""
    account = replace(strategy.account, name="")
    most = strategy.max_open or len(strategy.symbols)
    return digest_of(replace(strategy, account=account, max_open=most), {})


def _renamed(before: Comparable, after: Comparable) -> dict[str | int, Side]:
    """The second file with its trading account under the first one's name, if only that differs."""
    old, new = before.strategy.account.name, after.strategy.account.name
    left, right = before.root.get("accounts"), after.root.get("accounts")
    if not isinstance(left, dict) or not isinstance(right, dict) or new in left or old in right:
        return after.root
    accounts = {old if name == new else name: it for name, it in right.items()}
    return {**after.root, "accounts": accounts, "account": before.root["account"]}


def _compared(before: Side | None, after: Side | None, path: Path) -> Iterator[Change]:
    if not is_block(pattern_of(path)):  # what is in it is judged, there or not
        before, after = _opened(before, after), _opened(after, before)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _compared(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, dict) or isinstance(after, dict):
        yield from _block(before, after, path)
    elif not _is_same(before, after):
        yield from _value(before, after, path)


def _opened(side: Side | None, other: Side | None) -> Side | None:
    """Nothing as a block that holds nothing, where the other side has a block."""
    return {} if isinstance(other, dict) and (side is None or _is_nothing(side)) else side


def _is_unwritten(side: Side) -> bool:
    """Whether nobody wrote it, nor anything in it."""
    if isinstance(side, dict):
        return all(_is_unwritten(it) for it in side.values())
    return side.is_default


def _is_same(before: Item | None, after: Item | None) -> bool:
    """Alike, or a default where the other file has no place for the key."""
    if before is None or after is None:
        other = before or after
        return other is None or other.is_default
    is_written_alike = isinstance(before.value, Quantity) and before.shown == after.shown
    return is_written_alike or before.meaning == after.meaning  # bars of another length are bars


def _block(before: Side | None, after: Side | None, path: Path) -> Iterator[Change]:
    """A block that is there on one side only, or a single value on the other."""
    missing = [side for side in (before, after) if side is None or _is_nothing(side)]
    if None in missing and _is_unwritten(before or after or {}):
        return
    if not missing:
        yield _change(path, UNSURE, before, after)
    elif isinstance(after, dict):
        yield _change(path, appeared(pattern_of(path)), None, after)
    else:
        yield _change(path, vanished(pattern_of(path)), before, None)


def _is_nothing(side: Side) -> bool:
    return isinstance(side, Item) and side.value is None


def _value(before: Item | None, after: Item | None, path: Path) -> Iterator[Change]:
    old, new = (it.value if it else None for it in (before, after))
    verdict = judged(pattern_of(path), old, new)
    if verdict is None:
        return
    if isinstance(old, tuple) and isinstance(new, tuple):
        added = tuple(it for it in new if it not in old)
        removed = tuple(it for it in old if it not in new)
        yield _change(path, verdict, before, after, added, removed)
        return
    why = verdict[1]
    if before and after and before.shown == after.shown:
        why = f"a name in it stands for something else; {why}".removesuffix("; ")
    yield _change(path, (verdict[0], why), before, after)


def _change(
    path: Path,
    verdict: Verdict,
    before: Side | None,
    after: Side | None,
    added: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
) -> Change:
    return Change(_key(path), verdict[0], _shown(before), _shown(after), verdict[1], added, removed)


def _key(path: Path) -> str:
    """The keys as a person writes them; numbers only from the second on."""
    words = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part != 0)
    return "".join(words).removeprefix(".")


def _shown(side: Side | None) -> str | None:
    """A value or a block on one line, without what nobody wrote."""
    match side:
        case None:
            return None
        case Item():
            return side.shown
    written = {key: _shown(it) for key, it in side.items() if not _is_unwritten(it)}
    parts = (words if isinstance(key, int) else f"{key}: {words}" for key, words in written.items())
    text = ", ".join(part or "" for part in parts)
    return text if all(isinstance(key, int) for key in written) else f"{{{text}}}"


def _calendars(before: Comparable, after: Comparable) -> Iterator[Change]:
    """Calendars of one name that hold other instants."""
    pairs = zip(before.strategy.blackouts, after.strategy.blackouts, strict=False)
    for at, (old, new) in enumerate(pairs):
        if old.calendar == new.calendar and old.instants != new.instants:
            key = _key(("blackout", at, "calendar"))
            yield Change(key, UNSURE[0], _instants(old), _instants(new), UNSURE[1])


def _instants(blackout: Blackout) -> str:
    return f"{blackout.calendar} with {counted(len(blackout.instants), 'instant')}"


def _in_context(change: Change, before: Strategy, after: Strategy) -> Change:
    """The verdict again, where it depends on more than the value itself."""
    rules = (*before.entries, *after.entries)
    by_risk = any(rule.size.mode is SizeMode.RISK for rule in rules)
    if change.key == "exit.stop_loss.distance" and change.risk is Risk.LESS and by_risk:
        why = "sized by `risk`, positions grow as the stop comes nearer"
        return replace(change, risk=Risk.MORE, why=why)
    if change.risk is Risk.LESS and change.key.startswith("sessions."):
        name = change.key.split(".")[1]
        if any(reads_session(it, name) for it in (before, after)):
            why = "more than entries asks for this session, counts as more"
            return replace(change, risk=Risk.MORE, why=why)
    for side in PositionSide:
        if change.key.split("[")[0] == f"exit.{side}" and change.after is None:
            return _without_exit(change, before.entry(side), after.entry(side))
    return change


def _without_exit(change: Change, before: EntryRule | None, after: EntryRule | None) -> Change:
    """An exit rule that goes, by the entries of its side."""
    if before is None and after is None:
        return replace(change, risk=Risk.OTHER, why="there is no such entry")
    if after is None:
        why = "positions held on that side lose this exit, counts as more"
        return replace(change, why=why)
    return change
