"""`runner fmt`: rule files in their canonical form, comments kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.rules.document import Document

_STDIN = Path("-")


@click.command(name="fmt")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file would change.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
def command(paths: tuple[Path, ...], check: bool, show_diff: bool) -> int:
    """Rewrite rule files in canonical form: indentation, spaces, quotes, order of the topmost keys.

    Comments stay, and no file changes its meaning. A folder is searched for .yaml files; `-` reads
    stdin and writes to stdout. A file that is no YAML, or cannot be written, is left alone: the
    others are formatted, and the exit code is 1.
    """
    from runner.commands.validate import rule_files

    if _STDIN in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone: give `-`, or paths")
    files = list(paths) if _STDIN in paths else list(rule_files(paths))
    if not files:
        raise click.UsageError("no rule file there: give a .yaml file or a folder that holds one")
    verdicts = [one_file(file, check, show_diff) for file in files]
    if _STDIN not in paths:
        click.echo(summary(verdicts, check or show_diff), err=show_diff)
    failed = None in verdicts or (check and True in verdicts)
    return 1 if failed else 0


def one_file(file: Path, check: bool, show_diff: bool) -> bool | None:
    """Whether the file was, or would be, changed; `None`: it cannot be, and it was said why."""
    from runner.model.errors import Refused

    try:
        return formatted(file, check, show_diff)
    except Refused as reason:
        click.echo(f"error: {reason}", err=True)
        return None


def formatted(file: Path, check: bool, show_diff: bool) -> bool | None:
    """The same; raises Refused where the file cannot be read, kept as it means, or written."""
    from runner.rules.canonical import canonical
    from runner.rules.document import read

    data = bytes_of(file)
    document = read("stdin" if file == _STDIN else str(file), data)
    if document.diagnostics:
        tell(document)
        return None
    text = canonical(document)
    changes = text.encode() != data
    if show_diff:
        click.echo("".join(difference(document, text)), nl=False)
    elif file == _STDIN:
        click.echo("" if check else text, nl=False)
    elif changes:
        if not check:
            rewrite(file, text)
        click.echo(f"{'would format' if check else 'formatted'} {file}")
    return changes


def bytes_of(file: Path) -> bytes:
    """What a file, or stdin, holds: no more than is needed to refuse one that is too large."""
    from runner.rules.document import MOST_BYTES
    from runner.rules.plainfile import bytes_at

    if file == _STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return bytes_at(file, MOST_BYTES + 1)


def tell(document: Document) -> None:
    """What is wrong with a text, on stderr."""
    from runner.rules.diagnostic import in_order
    from runner.rules.format import as_text

    color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    sources = {document.source.file: document.source}
    click.echo(as_text(in_order(document.diagnostics), sources, color), err=True, nl=False)


def difference(document: Document, text: str) -> Iterator[str]:
    """A unified diff in which credentials are asterisks."""
    from difflib import unified_diff

    from runner.rules.document import read

    file = document.source.file
    yield from unified_diff(
        shown_lines(document), shown_lines(read(file, text.encode())), file, file
    )


def shown_lines(document: Document) -> list[str]:
    """The lines of a document as they may be shown."""
    source = document.source
    lines = [f"{source.line(number)}\n" for number in range(1, len(source.line_starts) + 1)]
    return lines[:-1] if lines[-1] == "\n" else lines


def rewrite(file: Path, text: str) -> None:
    """The new text under the old name and mode, all of it or nothing."""
    from tempfile import mkstemp

    from runner.model.errors import Refused

    target, made = file.resolve(), None
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "it may not be written")
        handle, made = mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with open(handle, "wb") as temporary:
            temporary.write(text.encode())
            os.fchmod(temporary.fileno(), target.stat().st_mode & 0o7777)
            temporary.flush()
            os.fsync(temporary.fileno())
        os.replace(made, target)
    except OSError as error:
        if made is not None and os.path.exists(made):
            os.unlink(made)
        reason = (error.strerror or "no reason given").lower()
        raise Refused(f"{file} cannot be written: {reason}; it is as it was") from None


def summary(verdicts: list[bool | None], only_looked: bool) -> str:
    """The closing line: "1 file formatted, 2 unchanged"."""
    changed, same, failed = (verdicts.count(it) for it in (True, False, None))
    noun = "file" if changed == 1 else "files"
    done = "would be formatted" if only_looked else "formatted"
    parts = [f"{changed} {noun} {done}", f"{same} unchanged"]
    return ", ".join([*parts, f"{failed} left alone"] if failed else parts)
