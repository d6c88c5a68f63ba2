"""`runner test`: unit tests of rule files, on the core that trades them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.model.proofs import Coverage, Proof, SuiteOutcome
    from runner.rules.cases import Suite
    from runner.rules.compile import Loaded


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

    Resolves no reference and opens no socket; exits with 1 where a test fails.
    """
    suites, strategies = _loaded(paths, with_others=coverage)
    proof = _proof(suites, strategies, with_coverage=coverage)
    _tell(proof, "json" if as_json else form)
    return 1 if proof.failed else 0


def _loaded(paths: tuple[Path, ...], *, with_others: bool) -> tuple[list[Suite], list[Strategy]]:
    """The test files that are named or lie there, and the strategies beside them."""
    from runner.commands.files import tell_diagnostics
    from runner.commands.validate import is_test_file, rule_files
    from runner.rules.compile import load
    from runner.rules.diagnostic import any_error, in_order

    files = list(rule_files(tuple(map(_test_of, paths))))
    wanted = [file for file in files if is_test_file(file) or file in paths]
    loaded = [load(file) for file in wanted]
    tell_diagnostics(in_order(d for one in loaded for d in one.diagnostics), loaded)
    if any(any_error(one.diagnostics) for one in loaded):
        raise SystemExit(1)
    suites = [one.suite for one in loaded if one.suite is not None]
    if not suites:
        raise click.UsageError("no test there: write `x.test.yaml` beside `x.yaml`")
    others = [load(file) for file in files if with_others and file not in wanted]
    return suites, _strategies([*loaded, *others])


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


def _tell(proof: Proof, form: str) -> None:
    from runner.report.junit import junit_text, of_proof
    from runner.report.proof import proof_document, proof_lines

    match form:
        case "json":
            click.echo(json.dumps(proof_document(proof), allow_nan=False))
        case "junit":
            click.echo(junit_text(of_proof(proof)), nl=False)
        case _:
            click.echo("\n".join(proof_lines(proof)))
