"""Every answer recorded at Bybit, or printed in its documentation, that the door asks for.

Without a recording are: market, post-only and stop orders of spot, balances and account info of a
unified account, the transaction log, bars of the mark price, prices, liquidations. Their answers
are made in their documented form (`told.py`). `fetchBalance` is of cross margin loans.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.model.bars import Timeframe
from runner.model.errors import Halt, Unavailable
from runner.model.holdings import Held, Rate
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    Rejected,
    Side,
    Unknown,
)
from tests.exchange import recorded
from tests.exchange.asked import CLOSE, LIMIT, LONG, PERP, PERP_LIMIT, PERP_MAKER, STOP
from tests.exchange.bybit.room import asked, sent
from tests.exchange.bybit.told import (
    ACCOUNT,
    BARS,
    CANCEL,
    CREATE,
    FILLS,
    HISTORY,
    LEVERAGE,
    ORDERS,
    POSITIONS,
    PRICE,
    RATES,
    TIME,
    WALLET,
    account,
    answers,
    fill,
    listed,
    position,
    row,
)
from tests.exchange.recorded import draws
from tests.exchange.scripted import NOW

NO_MORE: dict[str, Any] = {"list": [], "nextPageCursor": ""}


def body(shared: Path, method: str) -> dict[str, Any]:
    """The answer of the first case of a file."""
    found: dict[str, Any] = next(iter(recorded.bodies(shared, "bybit", method).values()))
    return found


def renamed(answer: dict[str, Any], category: str, **names: Any) -> dict[str, Any]:
    """The same of another market: of the answer, and of each of its rows."""
    result = answer["result"]
    rows = [it | names if isinstance(it, dict) else it for it in result["list"]]
    own = {name: value for name, value in names.items() if name in result}
    return answer | {"result": result | own | {"category": category, "list": rows}}


@draws("bybit", createOrder=("spot limit", "linear limit reduceOnly"))
def test_taken_orders_are_those_of_the_one_who_sent_them(shared: Path) -> None:
    told = recorded.bodies(shared, "bybit", "createOrder")
    for request, case in ((LIMIT, "spot limit"), (PERP_LIMIT, "linear limit reduceOnly")):
        name = told[case]["result"]["orderLinkId"]
        ours = replace(request, client_order_id=name)
        shown = {ORDERS: listed(ours, row(ours, orderId=told[case]["result"]["orderId"]))}

        outcome, _ = sent(ours, {CREATE: told[case]} | shown)
        foreign, _ = sent(request, {CREATE: told[case]} | shown)

        assert isinstance(outcome, Accepted)
        assert outcome.reports[0].exchange_order_id == "1321003749386327552"
        assert outcome.reports[0].state is OrderState.ACCEPTED
        assert isinstance(foreign, Unknown)


@draws("bybit", createOrder=("duplicate orderLinkId on linear",))
def test_an_id_that_was_used_before_is_looked_up(shared: Path) -> None:
    told = recorded.bodies(shared, "bybit", "createOrder")["duplicate orderLinkId on linear"]

    outcome, _ = sent(PERP_LIMIT, {CREATE: told})

    assert isinstance(outcome, Unknown)


@draws("bybit", cancelOrder=("linear by id",))
def test_a_cancellation_is_that_of_its_order(shared: Path) -> None:
    told = body(shared, "cancelOrder")
    ours = replace(PERP_LIMIT, client_order_id="linear-004")
    number = told["result"]["orderId"]
    gone = {ORDERS: listed(ours, row(ours, orderStatus="Cancelled", orderId=number))}

    outcome, _ = sent(ours, {CANCEL: told} | gone, "cancel")
    foreign, _ = sent(PERP_LIMIT, {CANCEL: told} | gone, "cancel")

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED
    assert isinstance(foreign, Unknown)


ETH = "ETH/USDT"
CONDITIONAL = replace(
    LIMIT,
    client_order_id="1672217748277652",
    symbol=ETH,
    quantity=Decimal("0.5"),
    price=Decimal(1000),
)


@draws("bybit", fetchOrder=("unified by id (realtime endpoint)",))
def test_an_order_is_found_by_its_id(shared: Path) -> None:
    told = {ORDERS: body(shared, "fetchOrder")}

    report, exchange = asked(lambda client: client.order(CONDITIONAL), told, (ETH,))

    assert report == OrderReport(
        "1672217748277652", "1321052653536515584", ETH, Side.BUY, OrderState.CANCELED, None
    )
    assert exchange.sent[0].parameters == {
        "category": "spot",
        "symbol": "ETHUSDT",
        "orderLinkId": "1672217748277652",
    }


@pytest.mark.parametrize(
    "asked_for",
    [
        replace(CONDITIONAL, client_order_id="e" * 32),
        replace(CONDITIONAL, quantity=Decimal("0.6")),
        replace(CONDITIONAL, side=Side.SELL),
        replace(CONDITIONAL, symbol="BTC/USDT"),
        replace(CONDITIONAL, symbol="ETH/USDT:USDT"),
    ],
)
def test_an_answer_about_another_order_is_none(shared: Path, asked_for: OrderRequest) -> None:
    """Bybit answers so where it does not read the filter."""
    told = {ORDERS: body(shared, "fetchOrder")}

    with pytest.raises(Unavailable, match="unclearly"):
        asked(lambda client: client.order(asked_for), told, (asked_for.symbol,))


@draws("bybit", fetchOpenOrders=("linear",))
def test_a_list_of_open_orders_may_hold_one_that_has_ended(shared: Path) -> None:
    told = body(shared, "fetchOpenOrders")

    reports, _ = asked(
        lambda client: client.open_orders(PERP),
        {ORDERS: [told, renamed(told, "linear") | {"result": NO_MORE | {"category": "linear"}}]},
        (PERP,),
    )

    assert reports == []


@draws("bybit", fetchOpenOrders=("linear",))
def test_the_same_order_is_read_with_its_fill(shared: Path) -> None:
    told = body(shared, "fetchOpenOrders")
    [shown] = told["result"]["list"]
    name = "e" * 32
    ours = replace(CLOSE, client_order_id=name, quantity=Decimal("0.001"))
    one = renamed(told, "linear", orderLinkId=name)
    paid = fill(ours, "0.001", orderId=shown["orderId"], execPrice="122529.9", execFee="0.06739145")
    answers = {ORDERS: one, FILLS: listed(ours, paid | {"feeCurrency": "", "feeRate": "0.00055"})}

    report, _ = asked(lambda client: client.order(ours), answers, (PERP,), 1_757_837_700_000)

    assert report.state is OrderState.FILLED
    assert report.execution == Execution(
        Decimal("0.001"), Decimal("122529.9"), Decimal("0.06739145"), NOW + 7
    )


@draws("bybit", fetchClosedOrders=("linear history (docs)",))
def test_a_post_only_order_that_would_have_taken_was_canceled(shared: Path) -> None:
    told = body(shared, "fetchClosedOrders")
    ours = replace(
        PERP_MAKER,
        client_order_id="YLxaWKMiHU",
        side=Side.BUY,
        quantity=Decimal("0.003"),
        price=Decimal("26864.40"),
    )
    one_way = renamed(told, "linear", positionIdx=0)
    answers = {ORDERS: listed(ours), HISTORY: one_way}

    report, _ = asked(lambda client: client.order(ours), answers, (PERP,))

    assert (report.state, report.execution) == (OrderState.CANCELED, None)
    with pytest.raises(Unavailable, match="`positionIdx` is 1, not 0"):
        asked(lambda client: client.order(ours), answers | {HISTORY: told}, (PERP,))


@draws("bybit", fetchMyTrades=("linear executions",))
def test_a_fill_is_read_with_its_fee(shared: Path) -> None:
    told = body(shared, "fetchMyTrades")
    [paid] = told["result"]["list"]
    ours = replace(LONG, quantity=Decimal("0.1"))
    shown = row(ours, orderId=paid["orderId"])
    pages = [renamed(told, "linear", symbol="BTCUSDT"), listed(ours)]

    report, _ = asked(
        lambda client: client.order(ours), {ORDERS: listed(ours, shown), FILLS: pages}, (PERP,)
    )

    assert report.execution == Execution(
        Decimal("0.1"), Decimal("1190.15"), Decimal("0.071409"), 1672282722429
    )


def test_a_fee_that_its_rate_does_not_explain_is_of_another_currency(shared: Path) -> None:
    told = body(shared, "fetchMyTrades")
    ours = replace(LONG, quantity=Decimal("0.1"))
    [paid] = told["result"]["list"]
    pages = [renamed(told, "linear", symbol="BTCUSDT", execFee="0.0512"), listed(ours)]
    answers = {ORDERS: listed(ours, row(ours, orderId=paid["orderId"])), FILLS: pages}

    with pytest.raises(Halt, match="paying fees with MNT"):
        asked(lambda client: client.order(ours), answers, (PERP,))


@draws("bybit", fetchPositions=("linear",))
def test_a_position_is_read_from_its_documented_row(shared: Path) -> None:
    told = renamed(body(shared, "fetchPositions"), "linear", symbol="BTCUSDT", size="0.3")

    held, _ = asked(
        lambda client: client.positions(), {POSITIONS: told, ACCOUNT: account()}, (PERP,)
    )

    assert held == {
        PERP: Held(PERP, Decimal("-0.3"), Decimal("27464.50441675"), Decimal("0.00139186"), None)
    }


def test_positions_of_another_category_are_no_answer(shared: Path) -> None:
    with pytest.raises(Unavailable, match="`category` is inverse, not linear"):
        asked(
            lambda client: client.positions(),
            {POSITIONS: body(shared, "fetchPositions")},
            (PERP,),
        )


@draws("bybit", fetchBalance=("unified wallet",))
def test_an_answer_about_loans_is_no_balance(shared: Path) -> None:
    answers = {ACCOUNT: account(), WALLET: body(shared, "fetchBalance")}

    with pytest.raises(Unavailable, match="the balances unclearly"):
        asked(lambda client: client.balances(), answers)


@draws("bybit", fetchOHLCV=("linear 1m",))
def test_bars_come_oldest_first(shared: Path) -> None:
    told = renamed(body(shared, "fetchOHLCV"), "linear", symbol="BTCUSDT")
    first = 1670601600000

    bars, exchange = asked(
        lambda client: client.bars(PERP, Timeframe("1h", 3_600_000), first, 3),
        {BARS: told},
        (PERP,),
    )

    assert [bar[0] for bar in bars] == [first, first + 3_600_000, first + 7_200_000]
    assert bars[0] == (first, 17086.5, 17088.0, 16978.0, 17071.5, 6356.0)
    assert exchange.sent[0].parameters["interval"] == "60"


def test_bars_of_another_market_are_no_answer(shared: Path) -> None:
    with pytest.raises(Unavailable, match="`category` is inverse"):
        asked(
            lambda client: client.bars(PERP, Timeframe("1h", 3_600_000), 1670601600000, 3),
            {BARS: body(shared, "fetchOHLCV")},
            (PERP,),
        )


@draws("bybit", fetchFundingRateHistory=("linear",))
def test_funding_rates_are_read(shared: Path) -> None:
    told = renamed(body(shared, "fetchFundingRateHistory"), "linear", symbol="BTCUSDT")

    rates, _ = asked(lambda client: client.rates(PERP, 1672041600000), {RATES: told}, (PERP,))

    assert rates == [Rate(1672041600000, 0.0001)]


@draws("bybit", fetchTime=("server time",))
def test_the_clock_is_read_though_its_code_is_text(shared: Path) -> None:
    time, _ = asked(lambda client: client.server_time(), {TIME: body(shared, "fetchTime")})

    assert time == 1666879482792


@draws("bybit", setLeverage=("ok",))
def test_a_good_answer_to_a_setting_is_believed_when_it_is_seen(shared: Path) -> None:
    seen = {POSITIONS: [listed(PERP_LIMIT, position(leverage="5")), listed(PERP_LIMIT, position())]}
    answers = {ACCOUNT: account(), LEVERAGE: body(shared, "setLeverage")} | seen

    _, exchange = asked(lambda client: client.prepare(PERP, Decimal(10)), answers, (PERP,))

    assert exchange.paths == [ACCOUNT, POSITIONS, LEVERAGE, POSITIONS]


@draws("bybit", fetchTicker=("linear",))
def test_a_last_price_is_that_of_its_market(shared: Path) -> None:
    """It keeps a stop back that it has passed; that of another market says nothing."""
    told = body(shared, "fetchTicker")

    passed, exchange = sent(STOP, {PRICE: renamed(told, "spot", symbol="BTCUSDT")})
    assert isinstance(passed, Rejected)
    assert "the price has passed this stop" in passed.reason
    assert exchange.paths == [PRICE]

    foreign, exchange = sent(STOP, answers(STOP) | {PRICE: told})
    assert isinstance(foreign, Unknown)  # whether the price has passed it since is not known
    assert "`category` is inverse, not spot" in foreign.reason
    assert exchange.paths[:2] == [PRICE, CREATE]
