"""`runner cancel`: entries that wait to be filled are withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import asks

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.journal.orders import OrderRecord

#: Of a client order id; shorter ones are met by chance.
SHORTEST_ID = 6


@click.command()
@click.argument("order_id", required=False)
@click.option("--all", "every", is_flag=True, help="Every entry, add and safety order.")
@asks
def command(
    order_id: str | None, every: bool, name: str | None, as_json: bool, state: Path
) -> None:
    """Cancel the entry, add or safety order ORDER_ID; `runner orders` lists the ids."""
    from runner.commands.request import ask, cancel_text, openings
    from runner.commands.runs import run_to_ask

    if every and name is None:
        order_id, name = None, order_id
    if every == (order_id is not None):
        raise click.UsageError("write an order's id, or `--all` for every entry")
    run = run_to_ask(state, name)
    orders = openings(run.history) if order_id is None else [opening(run, order_id)]
    argument = "all" if every else orders[0].client_order_id
    effects = [*map(cancel_text, orders)] or ["cancels what waits by then: nothing so far"]
    effects.append(f"the rules may enter again: `runner halt {run.name}` stops that")
    ask(run, "cancel", argument, effects, as_json=as_json)


def opening(run: Run, order_id: str) -> OrderRecord:
    """The order that an id or its beginning names; Refused unless it can be canceled."""
    from runner.model.errors import Refused
    from runner.model.orders import Purpose

    found = [one for one in run.history.orders() if one.client_order_id.startswith(order_id)]
    if len(order_id) < SHORTEST_ID or len(found) != 1:
        which = "no order" if not found else f"{len(found)} orders"
        raise Refused(
            f"`{order_id}` names {which} of `{run.name}`: write {SHORTEST_ID} or more characters "
            "of an id that `runner orders` lists"
        )
    (order,) = found
    symbol = order.request.symbol
    if order.ended:
        raise Refused(f"order `{order_id}` is {order.state} already: nothing is left to cancel")
    if order.request.purpose is Purpose.PROTECT:
        raise Refused(
            f"order `{order_id}` protects what is held of {symbol} and stays: "
            f"`runner close {symbol}` ends the position and its protection"
        )
    if order.request.purpose is Purpose.EXIT:
        raise Refused(f"order `{order_id}` closes what is held of {symbol}: let it fill")
    return order
