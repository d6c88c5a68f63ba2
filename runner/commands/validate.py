"""`runner validate`: everything that is wrong with rule files, at once."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import settings_option

if TYPE_CHECKING:
    from runner.model.errors import Refused
    from runner.rules.compile import Loaded
    from runner.rules.diagnostic import Diagnostic
    from runner.rules.format import Report
    from runner.rules.settings import Settings
    from runner.rules.source import Source

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
@settings_option
def command(paths: tuple[Path, ...], form: str, strict: bool, operator: Path | None) -> int:
    """Check rule files and folders of them; resolves no reference and opens no socket."""
    from runner.rules.diagnostic import in_order
    from runner.rules.format import Report

    files = list(rule_files(paths))
    if not files:
        raise click.UsageError("no rule file there: give a .yaml file or a folder that holds one")
    settings = None
    if operator is not None:
        from runner.commands.files import settings_from

        settings = settings_from(operator)
    gc.disable()  # what a file leaves is let go without: it holds no cycles
    try:
        found, sources = _said_of(files, settings)
    finally:
        gc.enable()
    report = Report(tuple(map(str, files)), tuple(in_order(found)), sources, strict)
    click.echo(written(form, report), nl=False)
    return 1 if report.fails(report.diagnostics) else 0


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


def _said_of(
    files: Sequence[Path], settings: Settings | None
) -> tuple[list[Diagnostic], dict[str, Source]]:
    """What is wrong with the files, and the sources it is shown in; no other file is kept."""
    from runner.model.errors import Refused
    from runner.rules.compile import load
    from runner.rules.owners import Owners

    if settings is not None:
        from runner.rules.shares import Shares
        from runner.rules.within import within

        shares = Shares(settings)
    owners, said, sources = Owners(), [], {}
    for file in files:
        try:
            loaded = load(file)
        except Refused as why:
            said.append(_unread(file, why))
            continue
        if settings is not None:
            loaded = within(loaded, settings)
        found = [*loaded.diagnostics, *_too_small(file, loaded), *owners.second(loaded)]
        if settings is not None:
            found += shares.over(loaded)
        if found:
            said += found
            sources[loaded.source.file] = loaded.source
    return said, sources


def _unread(file: Path, why: Refused) -> Diagnostic:
    """A file that has no bytes to be had, beside what is wrong with the others."""
    from runner.rules.diagnostic import Diagnostic, Severity

    reason, _, help = str(why).removeprefix(f"{file}: ").partition("; ")
    return Diagnostic(str(file), 1, 1, 1, 1, Severity.ERROR, "R001", reason, help)


def _too_small(file: Path, loaded: Loaded) -> Iterator[Diagnostic]:
    """Sizes below what the `markets.lock` beside the file says."""
    from runner.data.markets import LOCK_NAME, locked_market

    if not os.path.exists(os.path.join(os.path.dirname(file), LOCK_NAME)):
        return  # asked of every file, and three times as fast as of a `Path`
    lock, strategy = file.parent / LOCK_NAME, loaded.strategy
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
    seen: set[str] = set()
    for path in paths:
        for file in rule_files_below(path) if path.is_dir() else (path,):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def rule_files_below(folder: Path) -> Iterator[Path]:
    """Every YAML file below a folder, hidden ones not; a link is one more."""
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix in _SUFFIXES and not hidden and file.is_file():
            yield file
