"""`runner orders`: what was sent, denied, filled, from the journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import state_option

if TYPE_CHECKING:
    from runner.journal.orders import OrderRecord


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@state_option
def command(name: str | None, as_json: bool, state: Path) -> None:
    """List the orders of each strategy's newest run (or of NAME's) in order of intention."""
    from runner.commands.runs import runs_in

    runs = runs_in(state, name)
    if as_json:
        documents = [
            {
                "strategy": run.history.identity().get("name"),
                "journal": str(run.path),
                "orders": [record_document(record) for record in run.history.orders()],
            }
            for run in runs
        ]
        click.echo(json.dumps({"schema": 1, "runs": documents}))
        return
    for run in runs:
        click.echo(f"{run.history.identity().get('name')}  {run.path}")
        for record in run.history.orders():
            click.echo(record_text(record))


def record_text(record: OrderRecord) -> str:
    """One line: when decided, why, what, and where it stands."""
    from runner.model.clock import iso

    request, filled = record.request, record.execution
    wanted = request.quantity if filled is None else filled.quantity
    amount = f"for {request.spend}" if wanted is None else f"{wanted}"
    price = request.price or request.stop_price if filled is None else filled.price
    at = "" if price is None else f" at {price}"
    why = f": {'; '.join(record.reasons)}" if record.reasons else ""
    return (
        f"{iso(request.decided_at)}  {request.purpose:<7} {request.type:<6} {request.side:<4} "
        f"{request.symbol} {amount}{at}  {record.state}{why}"
    )


def record_document(record: OrderRecord) -> dict[str, Any]:
    """The same for programs: money and quantities as text with all digits."""
    from runner.model.clock import iso

    request, filled = record.request, record.execution
    told = {
        "client_order_id": request.client_order_id,
        "exchange_order_id": record.exchange_order_id,
        "time": iso(request.decided_at),
        "symbol": request.symbol,
        "side": request.side,
        "type": request.type,
        "purpose": request.purpose,
        "quantity": request.quantity,
        "spend": request.spend,
        "price": request.price,
        "stop_price": request.stop_price,
        "status": record.state,
        "filled_quantity": None if filled is None else filled.quantity,
        "filled_price": None if filled is None else filled.price,
        "fee": None if filled is None else filled.fee,
        "filled_at": None if filled is None else iso(filled.at_ms),
        "reasons": list(record.reasons),
    }
    money = ("quantity", "spend", "price", "stop_price", "filled_quantity", "filled_price", "fee")
    return {
        name: str(value) if name in money and value is not None else value
        for name, value in told.items()
    }
