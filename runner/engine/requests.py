"""From what the core wants to what is asked of an exchange; pure: a restart asks the same."""

from __future__ import annotations

from decimal import Decimal

from runner.core.plan import Plan
from runner.core.size import Draft, Signal, stop_price, target_price
from runner.core.strategy import Strategy
from runner.exchange.ids import STOP_LEG, TARGET_LEG, client_order_id
from runner.journal.orders import OrderRecord
from runner.model.money import decimal_of
from runner.model.orders import OrderRequest, OrderType, Purpose, Side

_SIGNAL_FIELDS = ("close", "capital", "value", "stop", "target")


def entry_request(strategy: Strategy, instant: int, order: Draft) -> OrderRequest:
    """A market purchase of a quantity, or of what an amount pays for; neither where none is."""
    quantity = decimal_of(order.quantity) if order.quantity > 0.0 else None
    spend = decimal_of(order.spend) if order.spend > 0.0 else None
    return _request(
        strategy, instant, "", Purpose.ENTRY, OrderType.MARKET, quantity=quantity, spend=spend
    )


def exit_request(strategy: Strategy, instant: int, held: Decimal) -> OrderRequest:
    """A market sale of all that is held."""
    return _request(strategy, instant, "", Purpose.EXIT, OrderType.MARKET, quantity=held)


def protection_requests(
    strategy: Strategy, plan: Plan, entry: OrderRecord, held: Decimal, attempt: int
) -> list[OrderRequest]:
    """The stop and the target of a filled entry, from its own signal and average fill.

    A target that would not lie above the stop is left out, as in the core.
    """
    if entry.execution is None:
        return []
    signal, fill = signal_of(entry), float(entry.execution.price)
    stop = stop_price(plan, signal, fill)
    target = target_price(plan, signal, fill, stop)
    instant, requests = entry.request.decided_at, []
    if stop:
        requests.append(
            _request(
                strategy,
                instant,
                STOP_LEG,
                Purpose.PROTECT,
                OrderType.STOP,
                quantity=held,
                stop=decimal_of(stop),
                attempt=attempt,
            )
        )
    if target:
        requests.append(
            _request(
                strategy,
                instant,
                TARGET_LEG,
                Purpose.PROTECT,
                OrderType.LIMIT,
                quantity=held,
                price=decimal_of(target),
                attempt=attempt,
            )
        )
    return requests


def signal_body(signal: Signal, reserved: Decimal) -> dict[str, object]:
    """What the journal keeps beside an entry: the row that it was decided on."""
    body: dict[str, object] = {name: getattr(signal, name) for name in _SIGNAL_FIELDS}
    return {**body, "reserved": reserved}


def signal_of(entry: OrderRecord) -> Signal:
    """The row that an entry was decided on, bit for bit."""
    fields = (entry.body[name] for name in _SIGNAL_FIELDS)
    return Signal(*(float("nan") if field is None else float(field) for field in fields))


def _request(
    strategy: Strategy,
    instant: int,
    leg: str,
    purpose: Purpose,
    type_: OrderType,
    *,
    quantity: Decimal | None,
    spend: Decimal | None = None,
    price: Decimal | None = None,
    stop: Decimal | None = None,
    attempt: int = 1,
) -> OrderRequest:
    return OrderRequest(
        client_order_id=client_order_id(
            strategy.name, strategy.account.name, strategy.symbol, leg, instant, purpose, attempt
        ),
        symbol=strategy.symbol,
        side=Side.BUY if purpose is Purpose.ENTRY else Side.SELL,
        type=type_,
        purpose=purpose,
        quantity=quantity,
        spend=spend,
        price=price,
        stop_price=stop,
        decided_at=instant,
    )
