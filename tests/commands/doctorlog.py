"""What tests of `runner doctor`'s own log share."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from runner.commands.checks.calls import own_log
from runner.commands.checks.verdict import Check
from tests.commands.answering import (
    Standing,
    answers,
    asked_by,
    no_pause,
)
from tests.exchange.scripted import KEY
from tests.rules.files import a_file

FINGERPRINT = sha256(KEY.encode()).hexdigest()[:16]
WAIVED = a_file(
    ("    limits:", '    unverifiable: [{check: ip_list, reason: s, until: "2999-01-01"}]\n'
     "    limits:"),
)  # fmt: skip


def log_of(state: Path) -> Path:
    return state / "doctor" / "audit.jsonl"


Audit = Callable[..., tuple[int, str]]


def again(state: Path) -> list[Check]:
    """One more doctor; what it says of its log."""
    with own_log(state, "main", Standing(), no_pause) as log:
        asked_by(log, answers())
        return list(log.checks())
