"""What came of unit tests of rules: which passed, what failed and why, and what was covered."""

from __future__ import annotations

from runner.model.orders import ExitReason
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was not as it must be; `line` of the test file, `why` for a person."""

    line: int
    message: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one test; it passed where nothing failed."""

    name: str
    line: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class ConditionSeen:
    """A condition, or a rule without named ones: whether it was ever surely true, surely false."""

    label: str
    true: bool
    false: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What all tests of a rule file together have seen; every exit that it declares is there."""

    strategy: str  # path
    conditions: tuple[ConditionSeen, ...]
    exits: tuple[tuple[ExitReason, bool], ...]
    tests: int

    @property
    def is_full(self) -> bool:
        """Nothing was left out."""
        seen = all(one.true and one.false for one in self.conditions)
        return self.tests > 0 and seen and all(fired for _, fired in self.exits)


@dataclass(frozen=True, slots=True)
class SuiteOutcome:
    """What came of one test file."""

    path: str
    strategy: str  # path
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """All test files of one call; `coverage` is empty unless it was asked for."""

    suites: tuple[SuiteOutcome, ...]
    coverage: tuple[Coverage, ...]

    @property
    def tests(self) -> int:
        """How many there are."""
        return sum(len(suite.outcomes) for suite in self.suites)

    @property
    def failed(self) -> int:
        """How many of them did not pass."""
        outcomes = [one for suite in self.suites for one in suite.outcomes]
        return sum(bool(outcome.failures) for outcome in outcomes)
