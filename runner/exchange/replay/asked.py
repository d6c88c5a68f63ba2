"""What a request names: its symbol, the rows of a list, prices and ids in the market's rules."""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.replay.filters import check_price
from runner.exchange.replay.orders import Order
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.tables import Window
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters


def symbol_of(venue: Venue, parameters: Parameters) -> str:
    """The symbol of a request that must name one of the run's."""
    symbol = parameters.text("symbol")
    if symbol not in venue.symbols:
        raise Refusal(-1121, "Invalid symbol.")
    return symbol


def symbols_of(venue: Venue, parameters: Parameters) -> tuple[str, ...]:
    """The one that is named, else all."""
    return (symbol_of(venue, parameters),) if "symbol" in parameters else venue.symbols


def window_of(symbol: str, parameters: Parameters, id_name: str, usual: int = 500) -> Window:
    """From an id or a time on, else the newest."""
    return Window(
        symbol,
        parameters.integer(id_name) if id_name else None,
        parameters.integer("startTime"),
        parameters.integer("endTime"),
        parameters.limit(usual),
    )


def side_of(parameters: Parameters) -> str:
    """BUY or SELL."""
    side = parameters.text("side")
    if side not in ("BUY", "SELL"):
        raise Refusal(-1117, "Invalid side.")
    return side


def price_of(venue: Venue, symbol: str, parameters: Parameters, name: str) -> Decimal:
    """A price on the market's ticks; 0 where it was not sent."""
    if name not in parameters:
        return Decimal(0)
    price = parameters.decimal(name)
    check_price(venue.setup.kind, venue.market(symbol), name, price)
    return price


def find_order(
    venue: Venue, parameters: Parameters, id_name: str = "orderId", text: str = "origClientOrderId"
) -> Order | None:
    """By the exchange's id or the client's; both must name the same where both are sent."""
    number, name = parameters.integer(id_name), parameters.get(text)
    need_one(id_name, number, text, name)
    by_name = venue.ledger.order_named(name) if name is not None else None
    found = by_name if number is None else venue.ledger.order(number)
    if found is None or ("symbol" in parameters and found.symbol != parameters.get("symbol")):
        return None
    return None if name is not None and found != by_name else found


def need_one(first: str, number: int | None, second: str, name: str | None) -> None:
    """One of two ids at least."""
    if number is None and name is None:
        raise Refusal(
            -1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!"
        )
