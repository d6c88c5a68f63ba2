"""Audit logs for tests, with only what matters spelled out, and the verifier of the guide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.journal.audit import MOST_BYTES, Log
from runner.journal.auditfile import files_in, verified, vouched_for
from runner.journal.auditline import Mark
from runner.model.calls import CallOutcome, CallRecord
from tests.conftest import ROOT

NOW = 1_700_000_000_000
GUIDE = ROOT / "docs" / "guide" / "audit.md"

READ = CallRecord(
    at_ms=NOW,
    latency_ms=12,
    exchange="binance",
    venue="live",
    key="0123456789abcdef",
    verb="read",
    method="GET",
    host="api.binance.com",
    path="/api/v3/account",
    market="",
    client_order_ids=(),
    exchange_order_ids=(),
    shown=(),
    outcome=CallOutcome.ANSWERED,
    status=200,
    code="",
    weight=(("x-mbx-used-weight-1m", 20),),
)


def a_call(verb: str = "read", *ids: str, **changes: Any) -> CallRecord:
    """A reading of balances, or a write about these orders."""
    if verb == "read":
        return replace(READ, **changes)
    accepted = {"outcome": CallOutcome.ACCEPTED, "method": "POST", "path": "/api/v3/order"}
    names = {"verb": verb, "client_order_ids": ids, "market": "BTC/USDT"}
    return replace(READ, **(accepted | names | changes))


def a_log(
    folder: Path,
    vouched: Mark | None = None,
    *,
    step: Callable[[str], None] = lambda name: None,
    ours: tuple[str, ...] = (),
    most_bytes: int = MOST_BYTES,
) -> Log:
    """A log by a clock that stands still."""
    return Log.open(folder, vouched, "live", lambda: NOW, step, ours.__contains__, most_bytes)


def filled(folder: Path, calls: int, *, most_bytes: int = MOST_BYTES) -> Mark:
    """A log with so many calls of both kinds, closed in order; returns its last line."""
    folder.mkdir(exist_ok=True)
    log = a_log(folder, most_bytes=most_bytes)
    for number in range(calls):
        log.record("main", a_call("submit", f"o{number}") if number % 3 == 0 else a_call())
    log.close()
    assert log.trouble == ""
    last = log.newest()
    assert last is not None
    return last


def bodies(path: Path) -> list[dict[str, Any]]:
    """What the lines of a file tell."""
    return [json.loads(line)["body"] for line in path.read_text().splitlines()]


def verifier() -> Callable[[list[str], str | None], tuple[str, Any]]:
    """The program that docs/guide/audit.md shows."""
    found = re.search(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    assert found[1].count("\n") <= 40
    space: dict[str, Any] = {"__name__": "verifier"}
    exec(compile(found[1], str(GUIDE), "exec"), space)
    verify: Callable[[list[str], str | None], tuple[str, Any]] = space["verify"]
    return verify


def intact(folder: Path, vouched: Mark | None = None) -> list[str]:
    """What is wrong, by us and by the guide's verifier; nothing is right."""
    paths = files_in(folder)
    found = verified(paths, {vouched.hash} if vouched else ())
    if vouched:
        found = vouched_for(found, vouched)
    said, _ = verifier()([str(path) for path in paths], vouched and vouched.hash)
    wrong = [f"{one.path}:{one.bad[0]}" for one in found if one.bad]
    assert bool(said) == bool(wrong)
    return wrong
