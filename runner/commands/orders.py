"""`runner orders`: what was sent, denied, filled, from the journal."""

from __future__ import annotations

import json
from decimal import Decimal
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
    """List orders in order of intention: of each strategy's newest run, or of NAME's.

    The time is the fill's, else the decision's. Behind a living order stands the beginning of its
    id, for `runner cancel`.
    """
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
    from runner.engine.record import order_line
    from runner.report.text import order_text

    for run in runs:
        click.echo(f"{run.history.identity().get('name')}  {run.path}")
        for record in run.history.orders():
            line = order_text(order_line(record, None))
            named = "" if record.ended else f"  ({record.client_order_id[:8]})"
            click.echo(f"{line}{named}")


def record_document(record: OrderRecord) -> dict[str, Any]:
    """The same for programs: money and quantities as text with all digits."""
    from runner.engine.record import exit_reason
    from runner.model.clock import iso
    from runner.model.money import text_of
    from runner.model.orders import OPENING

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
        "reduce_only": request.reduce_only,
        "post_only": request.post_only,
        "exit_reason": None if request.purpose in OPENING else exit_reason(record),
        "reasons": list(record.reasons),
    }
    return {
        name: text_of(value) if isinstance(value, Decimal) else value
        for name, value in told.items()
    }
