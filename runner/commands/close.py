"""`runner close SYMBOL`: a position ends at market."""

from __future__ import annotations

from pathlib import Path

import click

from runner.commands.options import asks


@click.command()
@click.argument("symbol")
@asks
def command(symbol: str, name: str | None, as_json: bool, state: Path) -> None:
    """Close the whole position of SYMBOL at market; the rules may enter again."""
    from runner.commands.request import ask, close_texts
    from runner.commands.runs import run_to_ask
    from runner.model.errors import Refused

    run = run_to_ask(state, name)
    held = [position.symbol for position in run.history.positions()]
    if symbol not in held:
        others = f"it holds {', '.join(held)}" if held else "it holds nothing"
        raise Refused(
            f"`{symbol}` is not held by the run of `{run.name}`: {others}, and `runner cancel` "
            "cancels entries"
        )
    effects = [close_texts(run.history)[held.index(symbol)]]
    effects.append(f"the rules may enter again: `runner halt {run.name}` stops that")
    ask(run, "close", symbol, effects, as_json=as_json)
