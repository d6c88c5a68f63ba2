"""`runner test`: unit tests of rule files, on the core that trades them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.model.proofs import Coverage, Proof, SuiteOutcome
    from runner.rules.cases import Suite
    from runner.rules.compile import Loaded
    from runner.rules.diagnostic import Diagnostic

_MAY_BE_TESTS = re.compile(rb"""\bkind["']?\s*:\s*["']?test\b""")


@click.command(name="test")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="For people, for programs, or JUnit XML for continuous integration.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@click.option(
    "--coverage", is_flag=True, help="Which conditions were seen true and false, which exits fired."
)
def command(paths: tuple[Path, ...], form: str, as_json: bool, coverage: bool) -> int:
    """Run the unit tests of rules: `x.test.yaml` beside `x.yaml`, or all below a folder.

    Resolves no reference and opens no socket; exits with 1 where a test fails or a file is wrong.
    """
    from runner.commands.files import tell_diagnostics
    from runner.rules.diagnostic import any_error, in_order

    loaded = _loaded(paths)
    found = in_order(d for one in loaded for d in one.diagnostics)
    tell_diagnostics(found, loaded)
    suites = [one.suite for one in loaded if one.suite is not None]
    if not suites and not any_error(found):
        raise click.UsageError("no test there: write `x.test.yaml` beside `x.yaml`")
    others = _others(paths, loaded) if coverage else []
    proof = _proof(suites, _strategies([*loaded, *others]), with_coverage=coverage)
    _tell(proof, found, "json" if as_json else form)
    return 1 if proof.failed or any_error(found) else 0


def _files(paths: tuple[Path, ...]) -> list[Path]:
    from runner.commands.validate import rule_files

    return list(rule_files(tuple(map(_test_of, paths))))


def _loaded(paths: tuple[Path, ...]) -> list[Loaded]:
    """The files that are named, and the test files that lie there, right or wrong."""
    from runner.rules.compile import load

    return [load(file) for file in _files(paths) if file in paths or _holds_tests(file)]


def _others(paths: tuple[Path, ...], loaded: Sequence[Loaded]) -> list[Loaded]:
    """The rule files that lie there."""
    from runner.rules.compile import load

    known = {one.source.file for one in loaded}
    return [load(file) for file in _files(paths) if str(file) not in known]


def _holds_tests(file: Path) -> bool:
    """By its name, or by its kind, which is looked for before anything is parsed."""
    from runner.commands.validate import is_test_file
    from runner.model.errors import Refused
    from runner.rules.bench import word
    from runner.rules.document import MOST_BYTES, read
    from runner.rules.plainfile import bytes_at

    if is_test_file(file):
        return True
    try:
        data = bytes_at(file, MOST_BYTES + 1)
    except Refused:
        return False  # nobody said that it holds tests; `runner validate` tells of it
    return _MAY_BE_TESTS.search(data) is not None and (
        word(read(str(file), data).root, "kind") == "test"
    )


def _strategies(loaded: Sequence[Loaded]) -> list[Strategy]:
    return [one.strategy for one in loaded if one.strategy is not None]


def _test_of(path: Path) -> Path:
    """`rules/x.yaml` stands for the test beside it."""
    from runner.commands.validate import is_test_file

    if path.is_dir() or is_test_file(path):
        return path
    beside = path.with_suffix(".test.yaml")
    return beside if beside.exists() else path


def _proof(
    suites: Sequence[Suite], strategies: Sequence[Strategy], *, with_coverage: bool
) -> Proof:
    """All tests; with coverage, of each strategy that was found or is tested."""
    from runner.engine.proving import Tally
    from runner.model.proofs import Proof

    tallies: dict[Path, Tally] = {}
    if with_coverage:
        for strategy in (*strategies, *(suite.strategy for suite in suites)):
            tallies.setdefault(Path(strategy.path).resolve(), Tally(strategy))
    outcomes = tuple(_suite_outcome(suite, tallies) for suite in suites)
    found: tuple[Coverage, ...] = tuple(tally.coverage() for tally in tallies.values())
    return Proof(outcomes, found)


def _suite_outcome(suite: Suite, tallies: Mapping[Path, object]) -> SuiteOutcome:
    from runner.commands.files import inputs_for, markets_for
    from runner.engine.proving import Tally, prove
    from runner.model.proofs import SuiteOutcome

    path = Path(suite.strategy.path)
    tally = tallies.get(path.resolve())
    assert tally is None or isinstance(tally, Tally)
    inputs = inputs_for(suite.strategy)
    outcomes = tuple(
        prove(case, markets_for(case.strategy, path), inputs, tally) for case in suite.cases
    )
    return SuiteOutcome(suite.path, suite.strategy.path, outcomes)


def _tell(proof: Proof, found: Sequence[Diagnostic], form: str) -> None:
    from runner.report.junit import junit_text, of_proof
    from runner.report.proof import proof_document, proof_lines

    match form:
        case "json":
            click.echo(json.dumps(proof_document(proof, found), allow_nan=False))
        case "junit":
            click.echo(junit_text(of_proof(proof, found)), nl=False)
        case _:
            click.echo("\n".join(proof_lines(proof, found)))
