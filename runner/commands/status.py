"""`runner status`: what is held and how far each run has come, from the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import state_option

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.journal.history import History
    from runner.journal.positions import Position


@click.command()
@click.argument("name", required=False)
@click.option("--check", is_flag=True, help="Exit with 1 when a person should look at a run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@state_option
def command(name: str | None, check: bool, as_json: bool, state: Path) -> int:
    """Show each strategy's newest run (or NAME's): what is held, what rests, what is unclear."""
    from runner.commands.runs import BUDGETS, runs_in
    from runner.exchange.budget.closings import closings
    from runner.model.clock import MachineClock

    documents = [status_document(run) for run in runs_in(state, name)]
    closed = closings(state / BUDGETS, MachineClock())
    if as_json:
        click.echo(json.dumps({"schema": 1, "runs": documents, "closed": closed}))
    else:
        lines = [line for document in documents for line in status_lines(document)]
        click.echo("\n".join([*lines, *closed]))
    return int(check and any(document["findings"] for document in documents))


def status_document(run: Run) -> dict[str, Any]:
    """What the journal tells of a run; money and quantities as text with all digits."""
    from runner.commands.request import openings
    from runner.commands.standing import findings, is_halted, pauses_of
    from runner.journal.mailbox import Mailbox
    from runner.model.clock import iso

    history = run.history
    handled, identity = history.reached(), history.identity()
    paused, vouched = pauses_of(history), history.vouched()
    return {
        "strategy": run.name,
        "environment": identity.get("environment"),
        "digest": history.digest() or None,
        "journal": str(run.path),
        "finished": history.is_finished(),
        "runner_pid": run.holder(),
        "handled": None if handled is None else iso(handled),
        "halted": is_halted(history),
        "paused": [
            {"protection": one.protection, "until": None if one.until is None else iso(one.until)}
            for one in paused
        ],
        "positions": [position_document(history, position) for position in history.positions()],
        "entries": [
            {
                "client_order_id": order.client_order_id,
                "symbol": order.request.symbol,
                "purpose": order.request.purpose,
            }
            for order in openings(history)
        ],
        "resting": len(history.open_orders()),
        "unsettled": [record.client_order_id for record in history.unsettled()],
        "orders": len(history.orders()),
        "denied": len(history.denied()),
        "requests": [
            {"verb": one.verb, "argument": one.argument or None}
            for one in Mailbox(run.path).waiting()
        ],
        "audit": None if vouched is None else vouched._asdict(),
        "findings": list(findings(run)),
    }


def position_document(history: History, position: Position) -> dict[str, Any]:
    """What is held of one symbol, and how much of it is behind a stop."""
    from runner.commands.standing import behind_stops
    from runner.model.money import text_of

    resting = [record.client_order_id for record in history.open_orders()]
    return {
        "symbol": position.symbol,
        "side": "short" if position.quantity < 0 else "long",
        "quantity": text_of(abs(position.quantity)),
        "entry_price": text_of(position.entry_price),
        "fees": text_of(position.fees),
        "protected_by": [name for name in position.protective_ids if name in resting],
        "behind_stops": text_of(behind_stops(history, position)),
    }


def status_lines(document: dict[str, Any]) -> Iterator[str]:
    """The same for a person."""
    state = "finished" if document["finished"] else "unfinished: the same command resumes it"
    if document["runner_pid"] is not None:
        state = f"running, pid {document['runner_pid']}"
    yield f"{document['strategy']} ({document['environment']}, {state})"
    yield f"  handled   {document['handled'] or 'no bar yet'}"
    yield (
        f"  orders    {document['orders']}, {document['denied']} denied, "
        f"{document['resting']} resting"
    )
    yield from (f"  holds     {held_text(held)}" for held in document["positions"])
    if not document["positions"]:
        yield "  holds     nothing"
    for entry in document["entries"]:
        short = entry["client_order_id"][:8]
        yield f"  waits     {entry['purpose']} of {entry['symbol']} ({short})"
    for paused in document["paused"]:
        until = paused["until"] or "a person resumes"
        yield f"  paused    by {paused['protection']} until {until}"
    for asked in document["requests"]:
        yield (
            f"  asked     {asked['verb']} {asked['argument'] or ''}".rstrip() + ", not taken up yet"
        )
    yield from (f"  look      {finding}" for finding in document["findings"])
    if document["runner_pid"] is not None:
        yield from (f"  unclear   order {one}: being settled" for one in document["unsettled"])
    if document["audit"] is not None:
        yield f"  audit     line {document['audit']['seq']}, head {document['audit']['hash']}"
    yield f"  journal   {document['journal']}"


def held_text(held: dict[str, Any]) -> str:
    """`0.1 BTC/USDT bought at 29000, behind 2 protective orders`."""
    behind = len(held["protected_by"])
    verb = "bought" if held["side"] == "long" else "sold short"
    return (
        f"{held['quantity']} {held['symbol']} {verb} at {held['entry_price']}, "
        f"behind {behind} protective order{'' if behind == 1 else 's'}"
    )
