"""`runner status`: what is held and how far each run has come, from the journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import state_option

if TYPE_CHECKING:
    from runner.commands.runs import Run


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@state_option
def command(name: str | None, as_json: bool, state: Path) -> None:
    """Show each strategy's newest run (or NAME's): what is held, what rests, what is unclear."""
    from runner.commands.runs import runs_in

    documents = [status_document(run) for run in runs_in(state, name)]
    if as_json:
        click.echo(json.dumps({"schema": 1, "runs": documents}))
        return
    for document in documents:
        click.echo("\n".join(status_lines(document)))


def status_document(run: Run) -> dict[str, Any]:
    """What the journal tells of a run; money and quantities as text with all digits."""
    from runner.model.clock import iso
    from runner.model.money import text_of

    history = run.history
    handled, identity = history.handled_at(), history.identity()
    resting = [record.client_order_id for record in history.open_orders()]
    return {
        "strategy": identity.get("name"),
        "environment": identity.get("environment"),
        "digest": identity.get("file_digest"),
        "journal": str(run.path),
        "finished": history.is_finished(),
        "handled": None if handled is None else iso(handled),
        "positions": [
            {
                "symbol": position.symbol,
                "quantity": text_of(position.quantity),
                "entry_price": text_of(position.entry_price),
                "protected_by": [name for name in position.protective_ids if name in resting],
            }
            for position in history.positions()
        ],
        "resting": len(resting),
        "unsettled": [record.client_order_id for record in history.unsettled()],
        "orders": len(history.orders()),
        "denied": len(history.denied()),
    }


def status_lines(document: dict[str, Any]) -> list[str]:
    """The same for a person."""
    state = "finished" if document["finished"] else "unfinished: the same command resumes it"
    lines = [
        f"{document['strategy']} ({document['environment']}, {state})",
        f"  handled   {document['handled'] or 'no bar yet'}",
        f"  orders    {document['orders']}, {document['denied']} denied, "
        f"{document['resting']} resting",
    ]
    for held in document["positions"]:
        behind = len(held["protected_by"])
        lines.append(
            f"  holds     {held['quantity']} {held['symbol']} bought at {held['entry_price']}, "
            f"behind {behind} protective order{'' if behind == 1 else 's'}"
        )
    if not document["positions"]:
        lines.append("  holds     nothing")
    for unsettled in document["unsettled"]:
        lines.append(f"  unclear   order {unsettled}: the next start looks it up")
    return [*lines, f"  journal   {document['journal']}"]
