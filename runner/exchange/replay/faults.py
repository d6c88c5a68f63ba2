"""What goes wrong on purpose; read from a file that only tests hand over.

A rule names a path (or `commit`, the ledger's durable commits), counts the requests to it from the
start of the process, and acts on the `nth`:
[{"path": "/api/v3/order", "method": "POST", "nth": 2, "do": "drop_answer"}]
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMIT = "commit"
BEFORE = ("drop_request", "reset", "kill_before")  # nothing is done, no answer comes
AFTER = ("drop_answer", "kill_after")  # it is done, no answer comes
STATUS, STATUS_AFTER, MALFORMED = "status:", "status_after:", "malformed"


@dataclass(frozen=True, slots=True)
class Rule:
    """`method` may be empty: any. Of a commit it is the moment."""

    path: str
    method: str
    nth: int
    do: str


class Faults:
    """The rules and how often each path was asked."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._seen: Counter[int] = Counter()

    @staticmethod
    def read(path: Path | None) -> Faults:
        """No rules without a file."""
        if path is None:
            return Faults([])
        rules = [_rule(document) for document in json.loads(path.read_text())]
        wrong = [rule.do for rule in rules if not _known(rule.do)]
        if wrong:
            raise ValueError(f"unknown faults: {', '.join(wrong)}")
        return Faults(rules)

    def of(self, method: str, path: str) -> str:
        """What happens to this request; empty: nothing unusual."""
        do = ""
        for number, rule in enumerate(self._rules):
            if rule.path == path and rule.method in ("", method):
                self._seen[number] += 1
                if self._seen[number] == rule.nth:
                    do = rule.do
        return do

    def at_commit(self, moment: str) -> None:
        """Dies before or after the nth durable commit; `moment` is "before" or "after"."""
        if self.of(moment, COMMIT):
            die()


def die() -> None:
    """As abruptly as a process can."""
    os.kill(os.getpid(), signal.SIGKILL)


def _rule(document: dict[str, Any]) -> Rule:
    do = str(document["do"])
    # A rule about commits counts the moments of its own kind only.
    method = do.removeprefix("kill_") if document["path"] == COMMIT else document.get("method", "")
    return Rule(document["path"], method, document["nth"], do)


def _known(do: str) -> bool:
    if do.startswith((STATUS, STATUS_AFTER)):
        return do.partition(":")[2].isdigit()
    return do == MALFORMED or do in BEFORE or do in AFTER
