"""`runner flatten`: everything is closed, and nothing is entered until a person resumes."""

from __future__ import annotations

from pathlib import Path

import click

from runner.commands.options import asks


@click.command()
@asks
def command(name: str | None, as_json: bool, state: Path) -> None:
    """Halt, cancel every entry and close every position at market."""
    from runner.commands.request import ask, cancel_text, close_texts, openings
    from runner.commands.runs import run_to_ask

    run = run_to_ask(state, name)
    effects = [f"halts: nothing is entered or added until `runner resume {run.name}`"]
    effects += map(cancel_text, openings(run.history))
    effects += close_texts(run.history) or ["closes what is held by then: nothing so far"]
    ask(run, "flatten", "", effects, as_json=as_json)
