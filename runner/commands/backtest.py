"""`runner backtest FILE`: what the rules would have done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from runner.model.results import OrderLine


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    "specs",
    multiple=True,
    required=True,
    metavar="DATA",
    help="FILE, SYMBOL=FILE, a folder of candles, or synthetic:SEED.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--summary", is_flag=True, help="Leave out orders and trades.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
@state_option
def command(
    file: Path,
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    summary: bool,
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> None:
    """Run a rule file over past candles, by the very decisions that `run` makes."""
    from runner.commands.files import data_for, markets_for, strategy_from
    from runner.commands.memory import keep_pages

    keep_pages()
    strategy = strategy_from(file, settings, operator)
    markets, data = markets_for(strategy, file), data_for(strategy, specs, state)

    from runner.engine.backtest import result_of, simulate

    simulation = simulate(strategy, data, markets)
    result = result_of(simulation, with_orders=not (summary and as_json))
    if as_json:
        from runner.report.document import document

        click.echo(json.dumps(document(result, summary=summary), allow_nan=False))
        return
    from runner.report.text import assumption_lines, order_text, summary_lines

    lines = [] if summary else [order_text(line) for line in in_time(result.orders)]
    click.echo("\n".join([*lines, *summary_lines(result), *assumption_lines(result)]))


def in_time(orders: tuple[OrderLine, ...]) -> list[OrderLine]:
    """By time: the fill's, else the decision's, a protection's the fill that it protects.

    Protection that was only replaced by another tells nothing and is left out.
    """
    from runner.model.orders import OrderState, Purpose

    shown: list[tuple[int, int, OrderLine]] = []
    opened: dict[str, int] = {}  # newest fill that opened or added, by symbol
    for place, line in enumerate(orders):
        protects = line.purpose is Purpose.PROTECT
        if protects and line.status is OrderState.CANCELED:
            continue
        at = line.filled_at or line.decided_at
        if line.filled_at is None and protects:
            at = opened.get(line.symbol, at)
        elif line.filled_at is not None and not protects:
            opened[line.symbol] = line.filled_at
        shown.append((at, place, line))
    return [line for _, _, line in sorted(shown, key=lambda one: one[:2])]
