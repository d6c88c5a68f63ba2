"""`runner functions`: every function of expressions, or all that is known of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.indicators.signature import Function

_WIDTH = 100
_TITLE = 16


@click.command(name="functions")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(name: str | None, as_json: bool) -> None:
    """List the functions of expressions, or say all about one of them.

    A name of another tool is answered with ours.
    """
    from runner.language.reference import document, every

    chosen = every() if name is None else (named(name),)
    if as_json:
        click.echo(json.dumps({"schema": 1, "functions": [document(it) for it in chosen]}))
    elif name is None:
        for function in chosen:
            click.echo(f"{function.signature}\n    {function.doc}")
    else:
        say(chosen[0], name)


def named(word: str) -> Function:
    """The function of that name, or the one that another tool calls so; else UsageError."""
    from runner.indicators.table import FUNCTIONS
    from runner.language.later import NEVER
    from runner.language.words import ours, suggestion

    name = word.lower().removesuffix("()")
    for known in (name, ours(name) or name):
        if known in FUNCTIONS:
            return FUNCTIONS[known]
    help = NEVER.get(name) or suggestion(name, FUNCTIONS) or "`runner functions` lists all of them"
    raise click.UsageError(f"there is no function `{name[:40]}`; {help}")


def say(function: Function, asked: str) -> None:
    """Title beside text, wrapped; first of all that it has another name here."""
    from textwrap import wrap

    from runner.language.reference import lines

    if asked.lower().removesuffix("()") != function.name:
        click.echo(f"`{asked}` is `{function.name}` here")
    for title, text in lines(function):
        for line in wrap(
            text,
            _WIDTH,
            initial_indent=f"{title:<{_TITLE}}",
            subsequent_indent=" " * _TITLE,
            break_long_words=False,
            break_on_hyphens=False,
        ):
            click.echo(line)
