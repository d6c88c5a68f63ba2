"""`runner resume`: ends a halt and every pause."""

from __future__ import annotations

from pathlib import Path

import click

from runner.commands.options import asks


@click.command()
@asks
def command(name: str | None, as_json: bool, state: Path) -> None:
    """Enter again after `runner halt`, `runner flatten` or a protection's pause."""
    from runner.commands.request import ask
    from runner.commands.runs import run_to_ask
    from runner.commands.standing import pauses_of, will_be_halted

    run = run_to_ask(state, name)
    effects = ["ends the halt"] if will_be_halted(run) else []
    effects += [f"ends what is {paused.text}" for paused in pauses_of(run.history)]
    ask(run, "resume", "", effects or ["nothing is halted or paused so far"], as_json=as_json)
