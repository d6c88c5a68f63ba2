"""`runner halt`: no new exposure until a person resumes."""

from __future__ import annotations

from pathlib import Path

import click

from runner.commands.options import asks


@click.command()
@asks
def command(name: str | None, as_json: bool, state: Path) -> None:
    """Stop entering and adding until `runner resume`; exits and protective orders go on."""
    from runner.commands.request import ask, cancel_text, openings
    from runner.commands.runs import run_to_ask

    run = run_to_ask(state, name)
    effects = [f"halts: nothing is entered or added until `runner resume {run.name}`"]
    effects += map(cancel_text, openings(run.history))
    ask(run, "halt", "", effects, as_json=as_json)
