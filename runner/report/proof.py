"""What came of unit tests of rules, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from runner.model.proofs import Coverage, Outcome, Proof, SuiteOutcome
from runner.rules.diagnostic import Diagnostic, any_error
from runner.rules.format import as_bodies

SCHEMA = 1


def proof_lines(proof: Proof, found: Sequence[Diagnostic]) -> Iterator[str]:
    """What failed, where and why; coverage, where it was asked for; one line of it all.

    `found`: what there is to say of the files themselves; a wrong one was not run.
    """
    for suite in proof.suites:
        for outcome in suite.outcomes:
            yield from _failed(suite, outcome)
    for coverage in proof.coverage:
        yield from _coverage(coverage)
    yield summary(proof, len(wrong_files(found)))


def wrong_files(found: Sequence[Diagnostic]) -> list[str]:
    """Those with an error, in order."""
    return list(dict.fromkeys(one.file for one in found if any_error([one])))


def summary(proof: Proof, wrong: int) -> str:
    """`12 tests in 3 files, none failed`."""
    tests, files = proof.tests, len(proof.suites)
    counted = f"{tests} test{'' if tests == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
    verb = "file is" if wrong == 1 else "files are"
    more = f"; {wrong} {verb} wrong and not run" if wrong else ""
    return f"{counted}, {proof.failed or 'none'} failed{more}"


def _failed(suite: SuiteOutcome, outcome: Outcome) -> Iterator[str]:
    if not outcome.failures:
        return
    yield f"{suite.path}:{outcome.line}: failed: {outcome.name}"
    told: tuple[str, ...] = ()
    for failure in outcome.failures:
        yield f"  {suite.path}:{failure.line}: {failure.message}"
        for line in failure.why if failure.why != told else ():  # of one bar it is said once
            yield f"      {line}"
        told = failure.why
    yield ""


def _coverage(coverage: Coverage) -> Iterator[str]:
    """Only what is left out is worth a line."""
    if not coverage.tests:
        yield f"{coverage.strategy}: no test"
        return
    sides = [side for one in coverage.conditions for side in (one.true, one.false)]
    fired = [hit for _, hit in coverage.exits]
    yield (
        f"{coverage.strategy}: conditions {sum(sides)} of {len(sides)} truths seen, exits "
        f"{sum(fired)} of {len(fired)} fired"
    )
    for one in coverage.conditions:
        for word, seen in (("true", one.true), ("false", one.false)):
            if not seen:
                yield f"  never {word}: {one.label}"
    for reason, hit in coverage.exits:
        if not hit:
            yield f"  never fired: {reason}"


def proof_document(proof: Proof, found: Sequence[Diagnostic]) -> dict[str, Any]:
    """The same with stable keys; `diagnostics` as `validate` has them."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "tests": proof.tests,
        "failed": proof.failed,
        "wrong": len(wrong_files(found)),
        "files": [
            {
                "file": suite.path,
                "strategy": suite.strategy,
                "tests": [_test(outcome) for outcome in suite.outcomes],
            }
            for suite in proof.suites
        ],
        "diagnostics": as_bodies(found),
    }
    if proof.coverage:
        document["coverage"] = [_covered(one) for one in proof.coverage]
    return document


def _test(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "line": outcome.line,
        "passed": not outcome.failures,
        "failures": [
            {"line": one.line, "message": one.message, "why": list(one.why)}
            for one in outcome.failures
        ],
    }


def _covered(coverage: Coverage) -> dict[str, Any]:
    return {
        "strategy": coverage.strategy,
        "tests": coverage.tests,
        "conditions": [
            {"name": one.label, "true": one.true, "false": one.false} for one in coverage.conditions
        ],
        "exits": [{"reason": reason, "fired": hit} for reason, hit in coverage.exits],
    }
