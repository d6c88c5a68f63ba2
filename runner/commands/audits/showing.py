"""Lines of audit logs that a person asks for, as they stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from runner.commands.audits.sources import Source, readable
from runner.commands.runs import DOCTOR
from runner.commands.times import instant_of
from runner.journal.auditline import CALL, GAP, Bad, intact
from runner.model.errors import Refused

Entry = Mapping[str, Any]
Filter = Callable[[Entry], bool]


def filter_of(
    *,
    since: str | None = None,
    until: str | None = None,
    account: str | None = None,
    verb: str | None = None,
    outcome: str | None = None,
    symbol: str | None = None,
    order: str | None = None,
) -> Filter:
    """What a call must be like; gaps are told unless something but the time is asked for."""
    since_ms = None if since is None else instant_of("--since", since)
    until_ms = None if until is None else instant_of("--until", until)
    exact = {"account": account, "verb": verb, "outcome": outcome, "market": symbol}
    members = {name: word for name, word in exact.items() if word is not None}

    def fits(entry: Entry) -> bool:
        at_ms = instant_of("at", entry["at"])
        if since_ms is not None and at_ms < since_ms:
            return False
        if until_ms is not None and at_ms >= until_ms:
            return False
        if entry["type"] != CALL:
            return entry["type"] == GAP and not members and order is None
        if any(entry[name] != word for name, word in members.items()):
            return False
        return order is None or any(name.startswith(order) for name in _orders(entry))

    return fits


def _orders(entry: Entry) -> Iterator[str]:
    yield from entry["client_order_ids"]
    yield from entry["exchange_order_ids"]
    for pair in entry["foreign"]:
        yield from pair


def entries(sources: Sequence[Source], fits: Filter) -> Iterator[Entry]:
    """Calls and gaps of all logs, one log after the other; Refused at the first bad line."""
    for source in sources:
        for path in source.paths:
            try:
                with readable():
                    yield from (line.body for line in intact(path) if fits(line.body))
            except Bad as bad:
                raise Refused(
                    f"{path}:{bad.number} {bad.reason}: `runner audit verify` tells what is intact"
                ) from None


def call_text(entry: Entry) -> str:
    """One line."""
    if entry["type"] != CALL:
        lost = f", {entry['lost']} calls were not written" if entry["lost"] else ""
        return f"{entry['at']}  gap      {entry['cause']}: {entry['reason']}{lost}"
    status = "no answer" if entry["status"] is None else str(entry["status"])
    code = f" {entry['code']}" if entry["code"] else ""
    ids = [*entry["client_order_ids"], *entry["exchange_order_ids"]]
    foreign = [f"not ours: {theirs}" for _, theirs in entry["foreign"]]
    more = [f"and {entry['left_out']:,} more"] if entry.get("left_out") else []
    words = (
        entry["at"],
        f"{entry['verb']:<7}",
        f"{entry['outcome']:<8}",
        f"{entry['method']} {entry['host']}{entry['path']}",
        f"{status}{code}",
        f"{entry['latency_ms']} ms",
        entry["market"],
        " ".join([*ids, *foreign, *more]),
        "runner doctor" if entry["environment"] == DOCTOR else "",
    )
    return "  ".join(word for word in words if word)
