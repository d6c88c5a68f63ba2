"""Before a runner goes: nothing that could still open stays behind, unless the file keeps it.

Positions and what protects them stay at the exchange.
"""

from __future__ import annotations

from runner.engine.orders import passes, together
from runner.engine.session import Session
from runner.journal.history import History
from runner.journal.orders import OrderRecord
from runner.model.orders import OPENING


async def leave(session: Session, *, keeps: bool) -> None:
    """Decides nothing. `session` has just been made: it begins with what the journal knows.

    `keeps`: entries that rest at the exchange stay there.
    """
    session.recover()
    await session.orders.settle_all_unknown()
    for record in _opening(session.journal.unsent()):
        reason = "the runner was stopped before it was sent"
        session.desks.apply(session.orders.expired(record.client_order_id, reason))
    if not keeps:
        for group in together(_opening(session.journal.open_orders())):
            await session.orders.cancel(passes(group))
    await session.settle()
    await session.present.compare()
    await session.carry_out()


def _opening(records: list[OrderRecord]) -> list[OrderRecord]:
    return [record for record in records if record.request.purpose in OPENING]


def what_stays(history: History) -> str:
    """What is held and what rests, in a few words; empty where nothing does."""
    held = [f"{one.quantity.normalize():f} {one.symbol}" for one in history.positions()]
    resting = history.open_orders()
    opening = _opening(resting)
    unclear = history.unsettled()
    parts = [f"holds {', '.join(held)}" if held else "holds nothing"]
    if protective := len(resting) - len(opening):
        parts.append(f"{protective} protective order{'s' * (protective > 1)} rest at the exchange")
    if opening:
        ids = ", ".join(record.client_order_id for record in opening)
        parts.append(f"may still open by {ids}")
    if unclear:
        ids = ", ".join(record.client_order_id for record in unclear)
        parts.append(f"the outcome of {ids} is not known")
    return "; ".join(parts)
