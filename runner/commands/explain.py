"""`runner explain FILE`: what a rule file does, in words; or what a code such as R401 means."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.core.strategy import Strategy
    from runner.rules.explain import Section

_CODE = re.compile(r"[Rr][0-9]{1,6}\Z")
_WIDTH = 100
_TITLE = 13


@click.command(name="explain")
@click.argument("what", metavar="FILE|CODE")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(what: str, as_json: bool) -> None:
    """Say in words what a rule file does, or what a code such as `R401` means.

    Resolves no reference and opens no socket.
    """
    if _CODE.match(what):
        explain_code(what.upper(), as_json)
        return
    if not os.path.isfile(what):  # of a name too long to be one it says no, where Path raises
        raise click.UsageError(f"`{what}` is neither a rule file nor a code such as `R401`")
    explain_file(Path(what), as_json)


def explain_code(code: str, as_json: bool) -> None:
    """One code of the table; UsageError with all of them where it is not there."""
    from runner.rules.diagnostic import CODES
    from runner.rules.explain_code import explained

    if code not in CODES:
        alike = ", ".join(known for known in CODES if known[:2] == code[:2]) or ", ".join(CODES)
        raise click.UsageError(f"there is no code `{code}`; there are {alike}")
    known = explained(code)
    if as_json:
        document = {
            "schema": 1,
            "code": code,
            "slug": CODES[code],
            "severity": known.severity,
            "what": known.words.what,
            "why": known.words.why,
            **dict(known.examples()),
        }
        click.echo(json.dumps(document))
        return
    click.echo(f"{known.title}\n{known.in_text()}")


def explain_file(path: Path, as_json: bool) -> None:
    """The whole file; ends with exit code 1 and its mistakes where it is not right."""
    from runner.commands.files import file_from
    from runner.rules.explain import explained
    from runner.rules.params import params_of

    strategy, loaded = file_from(path)
    sections = explained(strategy, params_of(loaded.source, loaded.root, {}))
    if as_json:
        document = {
            "schema": 1,
            "file": str(path),
            "name": strategy.name,
            "digest": strategy.digest,
            "description": strategy.description,
            "sections": [{"title": it.title, "lines": list(it.lines)} for it in sections],
        }
        click.echo(json.dumps(document))
        return
    click.echo("\n".join(text_lines(strategy, sections)))


def text_lines(strategy: Strategy, sections: tuple[Section, ...]) -> Iterator[str]:
    """Title beside its lines, wrapped."""
    from textwrap import wrap

    yield f"{strategy.name} ({strategy.path}, digest {strategy.digest[:12]})"
    yield from wrap(strategy.description, _WIDTH)
    for section in sections:
        title = section.title
        yield ""
        for line in section.lines:
            deeper = "  " if line.startswith("- ") else ""
            yield from wrap(
                line,
                _WIDTH,
                initial_indent=f"{title:<{_TITLE}}",
                subsequent_indent=" " * _TITLE + (deeper or "  "),
                break_long_words=False,
                break_on_hyphens=False,
            )
            title = ""
