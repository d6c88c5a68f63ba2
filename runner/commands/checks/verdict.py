"""One thing that was looked at, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from runner.model.errors import RunnerError


class Verdict(StrEnum):
    """What a check says."""

    OK = "ok"
    REFUSED = "refused"
    WARNING = "warning"
    CANNOT_VERIFY = "cannot_verify"


NOT_READY = 3  # the exit code where the world is


@dataclass(frozen=True, slots=True)
class Check:
    """`subject` is what was looked at, `fact` what was found, `help` what to do (may be empty).

    `exit_code` counts where it is refused: 1 the answer is no, 3 the world is not ready; and where
    it is 3 of what cannot be verified: it could not be asked.
    """

    name: str
    subject: str
    verdict: Verdict
    fact: str
    help: str = ""
    exit_code: int = 1


def ok(name: str, subject: str, fact: str) -> Check:
    """Nothing to do."""
    return Check(name, subject, Verdict.OK, fact)


def refused(name: str, subject: str, error: RunnerError) -> Check:
    """What an error of ours says; what to do is part of its message."""
    return Check(name, subject, Verdict.REFUSED, str(error), "", error.exit_code)


def exit_code_of(checks: Sequence[Check]) -> int:
    """1 where an answer is no, else 3 where the world is not ready, else 0."""
    codes = {check.exit_code for check in checks if _counts(check)}
    return min(codes, default=0)


def _counts(check: Check) -> bool:
    is_open = check.verdict is Verdict.CANNOT_VERIFY and check.exit_code == NOT_READY
    return is_open or check.verdict is Verdict.REFUSED
