"""What a person asks of a run: left beside its journal, and told together with what it will do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.journal.history import History
    from runner.journal.orders import OrderRecord


def ask(run: Run, verb: str, argument: str, effects: Sequence[str], *, as_json: bool) -> None:
    """Posts the request and says what will happen, and when."""
    from runner.journal.mailbox import Mailbox
    from runner.model.clock import machine_ms

    request = Mailbox(run.path).post(verb, argument, machine_ms())
    holder = run.holder()
    if as_json:
        told = {
            "schema": 1,
            "id": request.id,
            "verb": verb,
            "argument": argument or None,
            "strategy": run.name,
            "journal": str(run.path),
            "effects": list(effects),
            "taken_up": "next_start" if holder is None else "next_bar",
        }
        click.echo(json.dumps(told))
        return
    when = (
        "at the next start: no runner is running"
        if holder is None
        else f"taken up at the next bar by the runner that is running (pid {holder})"
    )
    lines = [f"{run.name}  {run.path}", *(f"  {effect}" for effect in effects), f"  {when}"]
    click.echo("\n".join(lines))


def openings(history: History) -> list[OrderRecord]:
    """Entries, adds and safety orders that may still fill."""
    from runner.model.orders import Purpose

    opening = (Purpose.ENTRY, Purpose.ADD)
    return [
        order for order in history.orders() if not order.ended and order.request.purpose in opening
    ]


def cancel_text(order: OrderRecord) -> str:
    """`cancels entry limit buy 0.1 BTC/USDT at 29000 (1a2b3c4d)`."""
    from runner.commands.plan import request_text

    return f"cancels {request_text(order.request)} ({order.client_order_id[:8]})"


def close_texts(history: History) -> list[str]:
    """`closes 0.1 BTC/USDT long at market` for each position."""
    from runner.model.money import text_of

    return [
        f"closes {text_of(abs(held.quantity))} {held.symbol} "
        f"{'short' if held.quantity < 0 else 'long'} at market"
        for held in history.positions()
    ]
