"""What the tests of the journal are about, with only what matters spelled out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from runner.journal.database import Journal
from runner.journal.history import History
from runner.journal.orders import CheckedRow, DeniedRow, Settlement
from runner.model.orders import (
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Pinned,
    Purpose,
    Side,
)

HOUR = 3_600_000
PINNED = Pinned(timestamp_ms=1_700_000_000_123, window_ms=5_000)


def a_journal(
    path: Path, step: Callable[[str], None] = lambda name: None, now: int = 1_700_000_000_000
) -> Journal:
    """A journal with its lease taken, by a clock that stands still."""
    journal = Journal.open(path, lambda: now, step)
    journal.take_lease()
    return journal


def a_request(
    client_order_id: str,
    quantity: str = "1",
    side: Side = Side.BUY,
    purpose: Purpose = Purpose.ENTRY,
    symbol: str = "BTC/USDT",
) -> OrderRequest:
    """A market order."""
    return OrderRequest(
        client_order_id,
        symbol,
        side,
        OrderType.MARKET,
        purpose,
        Decimal(quantity),
        None,
        None,
        None,
        HOUR,
    )


def checked(client_order_id: str) -> CheckedRow:
    """An order that may be sent."""
    return CheckedRow(a_request(client_order_id), {})


def refused(client_order_id: str, *reasons: str) -> DeniedRow:
    """An order that limits refused."""
    return DeniedRow(a_request(client_order_id), reasons, {})


def filled(quantity: str, price: str = "100", fee: str = "0.1", at_ms: int = HOUR) -> Execution:
    """What was filled."""
    return Execution(Decimal(quantity), Decimal(price), Decimal(fee), at_ms)


def news(
    request: OrderRequest, state: OrderState, execution: Execution | None = None
) -> Settlement:
    """What the exchange reports of an order, as the journal is told."""
    return Settlement.of(a_report(request, state, execution))


def a_report(
    request: OrderRequest, state: OrderState, execution: Execution | None = None
) -> OrderReport:
    """What the exchange reports of an order."""
    return OrderReport(
        request.client_order_id,
        f"X{request.client_order_id}",
        request.symbol,
        request.side,
        state,
        execution,
    )


def told(history: History) -> tuple[object, ...]:
    """All that a journal tells."""
    return (
        dict(history.identity()),
        history.epoch(),
        history.signer(),
        history.anchor_of(),
        history.decided_at(),
        history.handled_at(),
        history.summary(),
        history.orders(),
        history.unsent(),
        history.unsettled(),
        history.open_orders(),
        history.denied(),
        history.positions(),
        history.state(),
        history.living_at_state(),
        history.events(),
        history.events_since_decided(),
        history.fundings(),
        history.words(),
        history.misses(),
    )
