"""`runner audit`: the log of every call with a key: verify it, look into it, sum it up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from runner.commands.options import state_option
from runner.model.calls import VERBS, CallOutcome

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(name="audit")
def command() -> None:
    """Look into the audit logs of runs and of `doctor`: every call that was made with a key."""


def of_logs(decorated: Command) -> Command:
    """What all three have: `[NAME or FILE]...`, `--json` and `--state DIR`."""
    for add in (
        state_option,
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
        click.argument("words", nargs=-1, metavar="[NAME or FILE]..."),
    ):
        decorated = add(decorated)
    return decorated


@command.command()
@of_logs
@click.option("--head", metavar="HASH", help="A head that was published: it must be in the log.")
def verify(words: tuple[str, ...], head: str | None, as_json: bool, state: Path) -> int:
    """Check that nothing in a log was changed, cut out or cut off; name the first bad line.

    Logs of runs are held against their journal. Files named here (oldest first) are intact up to
    their own end at most: `--head` says what that end once was. Ends with 1 where one is not.
    """
    from runner.commands.audits.sources import sources_of
    from runner.commands.audits.verifying import document_of, lines_of, verify_all

    verdict = verify_all(sources_of(words, state), head)
    if as_json:
        click.echo(json.dumps(document_of(verdict)))
    else:
        click.echo("\n".join(lines_of(verdict)))
    return int(not verdict.is_intact)


@command.command()
@of_logs
@click.option("--since", metavar="TIME", help="Calls from this time on.")
@click.option("--until", metavar="TIME", help="Calls before this time.")
@click.option("--account", metavar="NAME", help="Calls of one account.")
@click.option("--verb", type=click.Choice(VERBS), help="Calls of one kind.")
@click.option(
    "--outcome",
    type=click.Choice([one.value for one in CallOutcome]),
    help="Calls that came to this.",
)
@click.option("--symbol", metavar="SYMBOL", help="Calls about one market.")
@click.option("--order", metavar="ORDER_ID", help="Calls about one order: an id, or its beginning.")
def show(words: tuple[str, ...], as_json: bool, state: Path, **wanted: str | None) -> None:
    """List calls, oldest first: when, what for, what came of it, and about which orders.

    Reads as far as a log is intact; behind a bad line it shows nothing, and ends with 1.
    """
    from runner.commands.audits.showing import call_text, entries, filter_of
    from runner.commands.audits.sources import sources_of

    found = entries(sources_of(words, state), filter_of(**wanted))
    if as_json:
        click.echo(json.dumps({"schema": 1, "lines": list(found)}))
        return
    for entry in found:
        click.echo(call_text(entry))


@command.command()
@of_logs
def report(words: tuple[str, ...], as_json: bool, state: Path) -> None:
    """Sum up what was done with each key: calls, orders, errors, limits, latency, oddities.

    Odd are hours of the day at which a key of seven days or more had never been used, and orders
    at the exchange that runner did not send.
    """
    from runner.commands.audits.showing import entries, filter_of
    from runner.commands.audits.sources import sources_of
    from runner.report.keyuse import document_of, lines_of, uses_of

    uses = uses_of(entries(sources_of(words, state), filter_of()))
    if as_json:
        click.echo(json.dumps({"schema": 1, "keys": [document_of(use) for use in uses]}))
    else:
        click.echo("\n".join(line for use in uses for line in lines_of(use)) or "no call yet")
