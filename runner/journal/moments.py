"""A journal as it stood at earlier instants, for whoever looks back.

In: the journal's file and instants. Out: what was written beside their decisions, or all that was
known then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.journal import bodies
from runner.journal.events import Kind, Row
from runner.journal.file import File
from runner.journal.history import History
from runner.journal.lease import witness_of


@dataclass(frozen=True, slots=True)
class Decision:
    """What was journaled beside the decisions of one instant (UTC ms); fractions as text."""

    instant_ms: int
    trace: Mapping[str, Any]


def decisions(journal: Path) -> Iterator[Decision]:
    """Every decided instant, oldest first; one is held at a time."""
    for row in _rows(journal):
        if row.kind == Kind.DECIDED:
            body = bodies.read(row.body)
            yield Decision(body["instant_ms"], body["trace"])


def moments(journal: Path, instants: Sequence[int]) -> Iterator[tuple[int, History]]:
    """What was known right after each of these instants (UTC ms, ascending) was decided.

    Of one at which nothing was decided it is all that was written by then. It is one history that
    grows from moment to moment.
    """
    decided = {decision.instant_ms for decision in decisions(journal)}
    waiting, history = deque(instants), History(())
    for row in _rows(journal):
        while waiting and row.at_ms > waiting[0] and waiting[0] not in decided:
            yield waiting.popleft(), history
        history.add(row)
        while waiting and history.is_decided(waiting[0]):
            yield waiting.popleft(), history
    yield from ((instant, history) for instant in waiting)


def _rows(journal: Path) -> Iterator[Row]:
    witness = witness_of(journal)  # before the rows: they may only be newer
    file = File.readable(journal)
    try:
        yield from file.rows(witness)
    finally:
        file.close()
