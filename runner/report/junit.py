"""JUnit XML, as continuous integration reads it: suites of cases, each passed or with failures."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from runner.model.proofs import Outcome, Proof
from runner.model.values import dataclass
from runner.report.proof import wrong_files
from runner.rules.diagnostic import Diagnostic
from runner.rules.format import said


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One case; `failure` is empty where it passed: a line, then details.

    `error` in its place: it could not be run.
    """

    name: str
    file: str
    line: int
    failure: tuple[str, ...]
    error: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JUnitSuite:
    """Cases under one name."""

    name: str
    cases: tuple[JUnitCase, ...]


def junit_text(suites: Sequence[JUnitSuite]) -> str:
    """The document, without times: the same input gives the same bytes."""
    cases = [case for suite in suites for case in suite.cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {_counts(cases)}>",
        *(line for suite in suites for line in _suite(suite)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suite(suite: JUnitSuite) -> list[str]:
    lines = [f"  <testsuite name={_quoted(suite.name)} {_counts(suite.cases)}>"]
    for case in suite.cases:
        opening = (
            f"    <testcase classname={_quoted(suite.name)} name={_quoted(case.name)} "
            f'file={_quoted(case.file)} line="{case.line}"'
        )
        said, name = (case.error, "error") if case.error else (case.failure, "failure")
        if not said:
            lines.append(f"{opening}/>")
            continue
        text = escape(_printable("\n".join(said)))
        lines.append(f"{opening}>")
        lines.append(f"      <{name} message={_quoted(said[0])}>{text}</{name}>")
        lines.append("    </testcase>")
    return [*lines, "  </testsuite>"]


def _counts(cases: Sequence[JUnitCase]) -> str:
    failures = sum(bool(case.failure) for case in cases)
    errors = sum(bool(case.error) for case in cases)
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0"'


def _quoted(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters, not even escaped."""
    return "".join(mark if mark >= " " or mark in "\t\n" else "\ufffd" for mark in text)


def of_proof(proof: Proof, found: Sequence[Diagnostic]) -> tuple[JUnitSuite, ...]:
    """One suite a test file; one that is wrong was not run."""
    wrong = [
        JUnitSuite(file, (_unrun(file, [one for one in found if one.file == file]),))
        for file in wrong_files(found)
    ]
    run = tuple(
        JUnitSuite(
            suite.path,
            tuple(
                JUnitCase(outcome.name, suite.path, outcome.line, _failure(suite.path, outcome))
                for outcome in suite.outcomes
            ),
        )
        for suite in proof.suites
    )
    return (*run, *wrong)


def _unrun(file: str, found: Sequence[Diagnostic]) -> JUnitCase:
    lines = tuple(f"{file}:{one.line}:{one.column}: {one.code} {said(one)}" for one in found)
    return JUnitCase("the file is right", file, found[0].line, (), lines)


def _failure(path: str, outcome: Outcome) -> tuple[str, ...]:
    return tuple(
        line
        for failure in outcome.failures
        for line in (f"{path}:{failure.line}: {failure.message}", *failure.why)
    )
