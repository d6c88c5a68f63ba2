"""Orders of Bybit: looked up by our id and in all lists, with their fills and what those cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.bars import Timeframe
from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderRequest, OrderState
from tests.exchange.asked import CLOSE, ENTRY, EXIT, LIMIT, LONG, PERP, PERP_LIMIT, PERP_STOP
from tests.exchange.bybit.room import asked
from tests.exchange.bybit.told import (
    FILLS,
    HISTORY,
    MARKETS,
    ORDERS,
    fill,
    instrument,
    listed,
    page,
    parameters,
    row,
)
from tests.exchange.scripted import NOW

DAY = 86_400_000
HOUR = Timeframe("1h", 3_600_000)
WEEK = 7 * DAY


def test_an_order_that_is_no_longer_open_is_in_the_history() -> None:
    told = {ORDERS: listed(LIMIT), HISTORY: listed(LIMIT, row(LIMIT, orderStatus="Cancelled"))}

    report, exchange = asked(lambda client: client.order(LIMIT), told)

    assert report.state is OrderState.CANCELED
    assert exchange.paths == [ORDERS, HISTORY]
    assert all(it.parameters["orderLinkId"] == LIMIT.client_order_id for it in exchange.sent)


def test_an_order_that_neither_list_has_is_none() -> None:
    told = {ORDERS: listed(LIMIT), HISTORY: listed(LIMIT)}

    assert asked(lambda client: client.order(LIMIT), told)[0] is None


def test_an_old_order_is_looked_for_week_by_week() -> None:
    old = replace(LIMIT, decided_at=NOW - 20 * DAY)
    told = {ORDERS: listed(old), HISTORY: listed(old)}

    _, exchange = asked(lambda client: client.order(old), told)

    weeks = [(int(it["startTime"]), int(it["endTime"])) for it in parameters(exchange, HISTORY)]
    assert weeks == [
        (old.decided_at + n * WEEK, old.decided_at + (n + 1) * WEEK - 1) for n in range(3)
    ]


@pytest.mark.parametrize("place", ["open", "second page", "history"])
def test_an_order_is_found_among_all_orders_as_well(place: str) -> None:
    others = [row(LIMIT, orderLinkId=str(n), orderId=str(n)) for n in range(3)]
    empty, ours = listed(LIMIT), listed(LIMIT, row(LIMIT))
    places: dict[str, dict[str, Any]] = {
        "open": {ORDERS: ours},
        "second page": {ORDERS: [listed(LIMIT, *others, cursor="a%3D1"), ours]},
        "history": {ORDERS: empty, HISTORY: [listed(LIMIT, *others, cursor="x"), empty, ours]},
    }
    long_ago = NOW - 10 * DAY

    report, exchange = asked(lambda client: client.find(LIMIT, long_ago), places[place])

    assert report.client_order_id == LIMIT.client_order_id
    assert not any("orderLinkId" in it.parameters for it in exchange.sent)
    assert parameters(exchange, ORDERS)[0] == {
        "category": "spot",
        "symbol": "BTCUSDT",
        "openOnly": "0",
        "limit": "50",
    }
    if place == "second page":
        assert parameters(exchange, ORDERS)[1]["cursor"] == "a=1"  # as it was told


def test_an_order_that_no_list_has_is_not_found() -> None:
    told = {ORDERS: listed(LIMIT), HISTORY: listed(LIMIT)}

    report, exchange = asked(lambda client: client.find(LIMIT, NOW - DAY), told)

    assert report is None
    assert exchange.paths == [ORDERS, HISTORY]


def test_everything_that_rests_is_listed_whoever_placed_it() -> None:
    rows = [
        row(PERP_STOP),
        row(PERP_LIMIT, orderLinkId="", orderId="77", positionIdx=1),
        row(PERP_LIMIT, orderLinkId="x", orderStatus="Cancelled"),
    ]
    told = {ORDERS: [listed(PERP_STOP, *rows, cursor="c"), listed(PERP_STOP)]}

    reports, exchange = asked(lambda client: client.open_orders(PERP), told, (PERP,))

    assert [it.client_order_id for it in reports] == [PERP_STOP.client_order_id, "77"]
    assert len(exchange.sent) == 2


#: Fills of a market buy of 0.005 on spot → quantity that arrived, price, fee in quote currency.
FEES: dict[str, tuple[list[dict[str, Any]], str, str, str]] = {
    "quote": ([{}], "0.005", "60000.1", "0.3"),
    "base": ([{"execFee": "0.000005", "feeCurrency": "BTC"}], "0.004995", "60000.1", "0.3000005"),
    "base, untold": (
        [{"execFee": "0.000005", "feeCurrency": ""}],
        "0.004995",
        "60000.1",
        "0.3000005",
    ),
    "dust": (
        [{"execFee": "0.0000055", "feeCurrency": "BTC"}],
        "0.004994",
        "60000.1",
        "0.33000055",
    ),
    "none": ([{"execFee": "0", "feeCurrency": "MNT"}], "0.005", "60000.1", "0"),
    "rebate": (
        [{"execFee": "-0.3", "feeCurrency": "", "feeRate": "-0.001"}],
        "0.005",
        "60000.1",
        "-0.3",
    ),
    "two": (
        [
            {"execQty": "0.002", "execId": "a", "execPrice": "60000"},
            {"execQty": "0.003", "execId": "b", "execPrice": "60001", "execFee": "0.2"},
        ],
        "0.005",
        "60000.6",
        "0.5",
    ),
    "told twice": ([{}, {}], "0.005", "60000.1", "0.3"),
}


@pytest.mark.parametrize(("changed", "quantity", "price", "fee"), FEES.values(), ids=FEES)
def test_fills_are_summed_with_what_they_cost(
    changed: list[dict[str, Any]], quantity: str, price: str, fee: str
) -> None:
    fills = [fill(ENTRY, "0.005") | more for more in changed]
    told = {
        ORDERS: listed(ENTRY, row(ENTRY)),
        FILLS: [listed(ENTRY, *fills, cursor="c"), listed(ENTRY)],
        MARKETS: page("spot", instrument()),
    }

    async def act(client: Any) -> Any:
        await client.market(ENTRY.symbol)
        return await client.order(ENTRY)

    report, exchange = asked(act, told)

    assert report.execution == Execution(Decimal(quantity), Decimal(price), Decimal(fee), NOW + 7)
    assert parameters(exchange, FILLS)[0]["orderId"] == report.exchange_order_id


@pytest.mark.parametrize(
    ("request_", "changed", "words"),
    [
        (ENTRY, {"execFee": "0.4", "feeCurrency": "MNT"}, "fees in MNT"),
        (ENTRY, {"execFee": "0.4", "feeCurrency": ""}, "fees with MNT"),
        (EXIT, {"execFee": "0.4", "feeCurrency": ""}, "fees with MNT"),
        (EXIT, {"execFee": "0.000005", "feeCurrency": "BTC"}, "fees in BTC"),
        (LONG, {"feeCurrency": "BTC"}, "fees in BTC"),
        (LONG, {"feeCurrency": "", "feeCoin": "MNT"}, "fees in MNT"),
        (ENTRY, {"extraFees": [{"feeType": "GST"}]}, "taxes beside"),
    ],
)
def test_a_fee_in_a_third_currency_halts(
    request_: OrderRequest, changed: dict[str, Any], words: str
) -> None:
    told = {
        ORDERS: listed(request_, row(request_)),
        FILLS: listed(request_, fill(request_, "0.005", **changed)),
    }

    with pytest.raises(Halt, match=words):
        asked(lambda client: client.order(request_), told, (request_.symbol,))


@pytest.mark.parametrize(
    "changed", [{"orderId": "9"}, {"symbol": "ETHUSDT"}, {"side": "Sell"}, {"execQty": "0.004"}]
)
def test_fills_of_another_order_are_none(changed: dict[str, Any]) -> None:
    told = {
        ORDERS: listed(ENTRY, row(ENTRY)),
        FILLS: listed(ENTRY, fill(ENTRY, "0.005") | changed),
    }

    with pytest.raises(Unavailable, match="its fills unclearly"):
        asked(lambda client: client.order(ENTRY), told)


def test_an_old_order_has_its_fills_looked_for_since_it_was_placed() -> None:
    placed = NOW - 9 * DAY
    told = {
        ORDERS: listed(ENTRY, row(ENTRY, createdTime=str(placed))),
        FILLS: [listed(ENTRY), listed(ENTRY, fill(ENTRY, "0.005"))],
    }

    report, exchange = asked(lambda client: client.order(ENTRY), told)

    assert report.execution is not None
    starts = [int(it["startTime"]) for it in parameters(exchange, FILLS)]
    assert starts == [placed, placed + WEEK]


def test_a_part_that_was_canceled_keeps_what_it_filled() -> None:
    told = {
        ORDERS: listed(
            ENTRY, row(ENTRY, orderStatus="PartiallyFilledCanceled", cumExecQty="0.002")
        ),
        FILLS: listed(ENTRY, fill(ENTRY, "0.002")),
    }

    report, _ = asked(lambda client: client.order(ENTRY), told)

    assert report.state is OrderState.CANCELED
    assert report.execution.quantity == Decimal("0.002")


def test_orders_by_which_bybit_closed_a_position_are_told_apart() -> None:
    ours = fill(CLOSE, "0.001", execId="1", orderId="1")
    taken = [
        fill(CLOSE, "0.002", execId=str(n), orderId="9", orderLinkId="", execType="BustTrade")
        | {"feeCurrency": "", "execFee": "3"}  # of a liquidation, at no rate of ours
        for n in (2, 3)
    ]
    reduced = fill(CLOSE, "0.001", execId="4", orderId="8", createType="CreateByLiq")
    funding = fill(CLOSE, "0.001", execId="5", orderId="7", execType="Funding")
    adl = fill(CLOSE, "0.001", execId="6", orderId="6", execType="AdlTrade")
    adl["execTime"] = str(NOW + 9)
    told = {FILLS: page("linear", ours, *taken, reduced, funding, adl)}

    reports, _ = asked(lambda client: client.liquidations(PERP, NOW), told, (PERP,))

    assert [(it.client_order_id, it.execution.quantity) for it in reports] == [
        ("9", Decimal("0.004")),
        (CLOSE.client_order_id, Decimal("0.001")),
        (CLOSE.client_order_id, Decimal("0.001")),
    ]
    assert {it.state for it in reports} == {OrderState.FILLED}
