"""`order:` of an entry: at market, at a price or better, or once a price is touched."""

from __future__ import annotations

from runner.core.strategy import MARKET_ORDER, EntryOrder, EntryType, WhenUnfilled
from runner.language.parse import Expression, Kind
from runner.rules import units
from runner.rules.bench import Bench, entry_of, scalar, word
from runner.rules.compile_distance import price_of
from runner.rules.nodes import Node, Scalar, place

_TYPES = {
    "market": EntryType.MARKET,
    "limit": EntryType.LIMIT,
    "stop": EntryType.STOP,
}
#: Prices of the order book, which no closed bar holds.
_LATER_PRICES = frozenset({"best_ask", "best_bid", "mid"})


def compile_order(bench: Bench, node: Node | None, quote: str | None) -> EntryOrder | None:
    """A market order unless the file says otherwise."""
    written = word(node, "type")
    if written is None:
        return MARKET_ORDER
    type = _TYPES[written]
    _refuse_surplus(bench, node, type)
    if type is EntryType.MARKET:
        return MARKET_ORDER
    price = _price(bench, node, type, quote)
    timeout = _timeout(bench, scalar(node, "timeout"))
    post_only = scalar(node, "post_only")
    return (
        None
        if price is None
        else EntryOrder(
            type,
            price,
            timeout,
            WhenUnfilled(word(node, "when_unfilled") or WhenUnfilled.CANCEL),
            post_only is not None and post_only.value is True,
        )
    )


def _refuse_surplus(bench: Bench, node: Node | None, type: EntryType) -> None:
    """Keys that mean nothing for this type of order."""
    surplus: tuple[str, ...] = ()
    if type is EntryType.MARKET:
        surplus = ("price", "timeout", "when_unfilled", "post_only")
    elif type is EntryType.STOP:
        surplus = ("post_only",)
    for name in surplus:
        entry = entry_of(node, name)
        if entry is not None:
            message = f"`{name}` means nothing for `type: {type.name.lower()}`"
            bench.refuse(place(entry.key), "R101", message, "remove it, or write `type: limit`")


def _price(
    bench: Bench, node: Node | None, type: EntryType, quote: str | None
) -> Expression | None:
    """In quote currency, read on the signal bar; a limit is its close unless written."""
    price = scalar(node, "price")
    if price is not None and price.text in _LATER_PRICES:
        message = f"not supported yet: `price: {price.text}`"
        bench.refuse(place(price), "R104", message, "write `close`")
        return None
    if price is not None:
        return price_of(bench, price, quote, "write `close`")
    type_node = scalar(node, "type")
    if type is EntryType.STOP and type_node is not None:
        message = "`price` is missing: a stop order waits for one"
        bench.refuse(place(type_node), "R102", message, 'write `price: "highest(high, 20)"`')
        return None
    return bench.plain("close", Kind.NUMBER)


def _timeout(bench: Bench, node: Scalar | None) -> int:
    number = bench.unit(node, units.bars, "a number of bars, such as `1 bar`") if node else 1
    if node is not None and number == 0:
        message = "an order that may not rest at all never fills"
        bench.refuse(place(node), "R111", message, "write `1 bar` or more")
    return number or 1
