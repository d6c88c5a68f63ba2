"""Whether logs are intact, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from runner.commands.audits.sources import Source, readable
from runner.journal.auditfile import Examined, gap_of, verified, vouched_for


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of each log. `is_head_in`: the published head is in one of them."""

    logs: tuple[tuple[Source, tuple[Examined, ...]], ...]
    head: str | None
    is_head_in: bool

    @property
    def is_intact(self) -> bool:
        """Nothing is wrong with any of them, and none is without a file."""
        bad = any(source.fault or any(one.bad for one in files) for source, files in self.logs)
        return self.is_head_in and not bad and all(files for _, files in self.logs)


def verify_all(sources: Sequence[Source], head: str | None) -> Verdict:
    """UsageError where `head` is none."""
    if head is not None and not re.fullmatch("[0-9a-f]{64}", head):
        raise click.UsageError(f"`--head {head}` is no head: write the 64 characters of one")
    logs = tuple((source, _examined(source, head)) for source in sources)
    found = head is None or any(head in one.found for _, files in logs for one in files)
    return Verdict(logs, head, found)


def _examined(source: Source, head: str | None) -> tuple[Examined, ...]:
    vouched = source.vouched
    wanted = {word for word in (head, vouched and vouched.hash) if word}
    with readable():
        found = verified(source.paths, wanted)
    return tuple(found if vouched is None else vouched_for(found, vouched))


def lines_of(verdict: Verdict) -> Iterator[str]:
    """One log after the other; of each file that is not intact its first bad line."""
    for source, files in verdict.logs:
        if source.has_journal:
            yield _title(source)
        for one in files:
            yield from _of_file(one)
        yield f"  {_standing(source, files)}"
    if verdict.head is not None:
        found = "is in the log" if verdict.is_head_in else "is not in the log: its end was cut off"
        other = "" if verdict.is_head_in else ", or it was written anew"
        yield f"head {verdict.head} {found}{other}"


def _title(source: Source) -> str:
    if not source.strategy:
        return f"runner {source.environment}"
    return f"{source.strategy} ({source.environment})"


def _of_file(one: Examined) -> Iterator[str]:
    if gap_of(one):
        lost = one.opening["lost"]
        calls = f", {lost} calls were not written" if lost else ""
        yield f"  {one.path.name}:1: gap ({one.opening['cause']}): {gap_of(one)}{calls}"
    if one.bad is not None:
        number, reason = one.bad
        yield f"  {one.path}:{number}: {reason}"
    else:
        yield f"  {one.path}: {one.lines:,} lines"


def _standing(source: Source, files: Sequence[Examined]) -> str:
    if source.fault:
        return f"not intact: {source.fault}"
    if not files:
        return "no audit log: nothing was called yet, or its files are gone"
    if any(one.bad for one in files):
        return "not intact"
    last = files[-1].last
    assert last is not None  # an intact file has a line
    end = f"line {last.seq}, {last.hash}"
    if source.vouched is None:
        return f"intact up to its own end: {end}"
    after = last.seq - source.vouched.seq
    if not after:
        return f"intact, up to the line that the journal vouches for: {end}"
    return f"intact: {end}; the journal vouches for line {source.vouched.seq}, {after} came after"


def document_of(verdict: Verdict) -> dict[str, Any]:
    """The same for programs."""
    head = {"hash": verdict.head, "found": verdict.is_head_in}
    return {
        "schema": 1,
        "intact": verdict.is_intact,
        "head": None if verdict.head is None else head,
        "logs": [_log_document(source, files) for source, files in verdict.logs],
    }


def _log_document(source: Source, files: Sequence[Examined]) -> dict[str, Any]:
    return {
        "strategy": source.strategy or None,
        "environment": source.environment or None,
        "journal": None if source.vouched is None else source.vouched._asdict(),
        "fault": source.fault or None,
        "files": [
            {
                "file": str(one.path),
                "lines": one.lines,
                "first": None if one.first is None else one.first.mark.seq,
                "last": None if one.last is None else one.last._asdict(),
                "bad": None if one.bad is None else {"line": one.bad[0], "reason": one.bad[1]},
                "gap": {name: one.opening[name] for name in ("cause", "reason", "lost")}
                if gap_of(one)
                else None,
            }
            for one in files
        ],
    }
