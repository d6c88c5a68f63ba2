"""`runner validate`: everything that is wrong with rule files, at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.rules.compile import Loaded
    from runner.rules.diagnostic import Diagnostic
    from runner.rules.format import Report

_FORMATS = ("text", "json", "sarif", "github", "junit")
_SUFFIXES = {".yaml", ".yml"}


@click.command(name="validate")
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
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="For people; for programs; or as code scanning, GitHub and test reports want it.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def command(paths: tuple[Path, ...], form: str, strict: bool) -> int:
    """Check rule files and folders of them; resolves no reference and opens no socket."""
    from runner.rules.compile import load
    from runner.rules.diagnostic import in_order
    from runner.rules.format import Report
    from runner.rules.owners import second_owners

    files = list(rule_files(paths))
    if not files:
        raise click.UsageError("no rule file there: give a .yaml file or a folder that holds one")
    loaded = [load(file) for file in files]
    found = [diagnostic for one in loaded for diagnostic in one.diagnostics]
    found += [it for file, one in zip(files, loaded, strict=True) for it in _too_small(file, one)]
    found = in_order([*found, *second_owners(loaded)])
    report = Report(
        tuple(one.source.file for one in loaded),
        tuple(found),
        {one.source.file: one.source for one in loaded},
        strict,
    )
    click.echo(written(form, report), nl=False)
    return 1 if report.fails(found) else 0


def written(form: str, report: Report) -> str:
    """The report in one of the formats; only its own module is loaded."""
    match form:
        case "json":
            from runner.rules.format import as_json

            return as_json(report.diagnostics, len(report.files))
        case "sarif":
            from runner.rules.format_sarif import as_sarif

            return as_sarif(report)
        case "github":
            from runner.rules.format_github import as_github

            return as_github(report)
        case "junit":
            from runner.rules.format_junit import as_junit

            return as_junit(report)
    from runner.rules.format import as_text, summary

    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    text = as_text(report.diagnostics, report.sources, color)
    return f"{text}{summary(report.diagnostics, len(report.files))}\n"


def _too_small(file: Path, loaded: Loaded) -> Iterator[Diagnostic]:
    """Sizes below what the `markets.lock` beside the file says."""
    from runner.data.markets import LOCK_NAME, locked_market

    lock = file.parent / LOCK_NAME
    strategy = loaded.strategy if lock.exists() else None
    if strategy is None or loaded.root is None:
        return
    from runner.rules.ignore import is_ignored
    from runner.rules.minimums import below_minimum

    exchange = strategy.account.exchange
    known = (locked_market(lock, exchange, symbol) for symbol in strategy.symbols)
    markets = [market for market in known if market is not None]
    for found in below_minimum(loaded, markets):
        if not is_ignored(loaded.source, loaded.root, found):
            yield found


def is_test_file(path: Path) -> bool:
    """By its name: `x.test.yaml`, the tests of `x.yaml`."""
    return path.suffix in _SUFFIXES and path.stem.endswith(".test")


def rule_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and every YAML file below the folders named; each once, hidden ones not."""
    seen: set[Path] = set()
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            fits = file == path or (file.suffix in _SUFFIXES and file.is_file() and not hidden)
            if fits and file.resolve() not in seen:
                seen.add(file.resolve())
                yield file
