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

_PATH = click.Path(exists=True, path_type=Path)
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
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def command(paths: tuple[Path, ...], form: str, strict: bool) -> int:
    """Check rule files and folders of them; resolves no reference and opens no socket."""
    from runner.rules.compile import load
    from runner.rules.diagnostic import any_error, in_order
    from runner.rules.format import as_json, as_text, summary
    from runner.rules.owners import second_owners

    files = list(rule_files(paths))
    if not files:
        raise click.UsageError("no rule file there: give a .yaml file or a folder that holds one")
    loaded = [load(file) for file in files]
    found = [diagnostic for one in loaded for diagnostic in one.diagnostics]
    found += [it for file, one in zip(files, loaded, strict=True) for it in _too_small(file, one)]
    found = in_order([*found, *second_owners(loaded)])
    if form == "json":
        click.echo(as_json(found, len(files)), nl=False)
    else:
        sources = {one.source.file: one.source for one in loaded}
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        click.echo(as_text(found, sources, color), nl=False)
        click.echo(summary(found, len(files)))
    return 1 if any_error(found) or (strict and found) else 0


def _too_small(file: Path, loaded: Loaded) -> Iterator[Diagnostic]:
    """Sizes below what the `markets.lock` beside the file says."""
    from runner.data.markets import LOCK_NAME, locked_market
    from runner.rules.minimums import below_minimum

    lock, strategy = file.parent / LOCK_NAME, loaded.strategy
    if strategy is None or not lock.exists():
        return
    exchange = strategy.account.exchange
    known = (locked_market(lock, exchange, symbol) for symbol in strategy.symbols)
    yield from below_minimum(loaded, [market for market in known if market is not None])


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
