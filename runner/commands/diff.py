"""`runner diff`: what changed in risk between two rule files, or since a revision."""

from __future__ import annotations

from os.path import abspath, exists, isdir, isfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runner.rules.comparable import Comparable
    from runner.rules.compile import Loaded
    from runner.rules.format_changes import FileChanges

_MORE = "more-risk"


@click.command(name="diff")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)
@click.option("--base", metavar="REV", help="Compare with a git revision, such as `main`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For people, for a pull request, or for programs.",
)
@click.option("--fail-on", type=click.Choice([_MORE]), help="Exit 1 where there is more risk.")
def command(paths: tuple[Path, ...], base: str | None, form: str, fail_on: str | None) -> int:
    """Tell what changed in risk: `diff A B`, or `diff --base REV PATH...` since a revision.

    Each change is more risk, less risk, or other; what cannot be compared counts as more. Compared
    is what is in effect: a comment or a default that is written out is no change. Resolves no
    reference and opens no socket.
    """
    from runner.rules.format_changes import as_json, as_markdown, as_text

    found = since(base, paths) if base is not None else [between(paths)]
    tell = {"text": as_text, "markdown": as_markdown, "json": as_json}[form]
    click.echo(tell(found), nl=False)
    return 1 if fail_on == _MORE and any(it.is_more for it in found) else 0


def between(paths: tuple[Path, ...]) -> FileChanges:
    """Two files; ends with exit code 1 where one of them is not right."""
    from runner.rules.difference import differences
    from runner.rules.format_changes import FileChanges

    if len(paths) != 2:
        raise click.UsageError("give two files, `runner diff A B`, or `--base REV` and paths")
    for path in paths:
        if not isfile(path):  # which says no to a name that is too long, as is_file does not
            raise click.UsageError(f"{path} is no file: give two rule files, or `--base REV`")
    before, after = (right(load_file(path)) for path in paths)
    return FileChanges(str(paths[1]), str(paths[0]), differences(before, after))


def since(base: str, paths: tuple[Path, ...]) -> list[FileChanges]:
    """Every rule file at or below the paths, now and then."""
    from runner.rules.difference import Change, differences
    from runner.rules.format_changes import FileChanges
    from runner.rules.risk import Risk

    found = []
    for path, old, new in pairs(base, paths):
        if new is None:
            found.append(deleted(str(path), base))
        elif old is None:
            right(new)
            found.append(FileChanges(str(path), base, (Change("file", Risk.MORE, None, "file"),)))
        else:
            changes = differences(right(old, base), right(new))
            found.append(FileChanges(str(path), base, changes))
    if not found:
        raise click.UsageError(f"no rule file there, and none at `{base}`: name another path")
    return found


def pairs(
    base: str, paths: tuple[Path, ...]
) -> Iterator[tuple[Path, Loaded | None, Loaded | None]]:
    """Each rule file with what it was and what it is; `None` where it was, or is, not there.

    Tests of rules trade nothing and are left out.
    """
    from runner.commands.revisions import revision
    from runner.rules.compile import load_document
    from runner.rules.document import read

    seen: set[str] = set()
    for path in paths:
        then, here = revision(base, path), dict.fromkeys(files_of(path))
        for file in dict.fromkeys((*here, *then.files_below(path))):
            place = abspath(file)  # a link is a file of its own: what it replaces is gone
            if place in seen:
                continue
            seen.add(place)
            data = then.read(file)
            old = None if data is None else load_document(read(str(file), data), {})
            new = load_file(file) if file in here else None
            old, new = (None if it is None or is_tests(it) else it for it in (old, new))
            if old is not None or new is not None:
                yield file, old, new


def files_of(path: Path) -> Iterable[Path]:
    """The rule files that lie there, links too."""
    from runner.commands.validate import rule_files_below

    if isdir(path):
        return rule_files_below(path)
    return (path,) if exists(path) else ()


def is_tests(loaded: Loaded) -> bool:
    """By its kind, right or not: by its name a file that trades could be left out."""
    from runner.rules.bench import word

    return loaded.root is not None and word(loaded.root, "kind") == "test"


def deleted(file: str, base: str) -> FileChanges:
    """A file that was there: nobody can tell here what its positions are."""
    from runner.rules.difference import Change
    from runner.rules.format_changes import FileChanges
    from runner.rules.risk import Risk

    why = "nothing manages its open positions any more, counts as more"
    return FileChanges(file, base, (Change("file", Risk.MORE, "file", None, why),))


def load_file(path: Path) -> Loaded:
    """The file as it lies there."""
    from runner.rules.compile import load

    return load(path)


def right(loaded: Loaded, base: str = "") -> Comparable:
    """A file that is right; tells what is wrong with another and ends with exit code 1."""
    from runner.commands.files import tell_diagnostics
    from runner.rules.comparable import comparable
    from runner.rules.nodes import Mapping

    if is_tests(loaded):
        raise click.UsageError(f"{loaded.source.file} holds tests: give rule files that trade")
    if loaded.strategy is None or not isinstance(loaded.root, Mapping):
        if base:
            click.echo(f"at `{base}`:", err=True)
        tell_diagnostics(loaded.diagnostics, [loaded])
        raise SystemExit(1)
    return comparable(loaded.strategy, loaded.source, loaded.root)
