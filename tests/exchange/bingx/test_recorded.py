"""Every answer recorded at BingX that the door asks for: what it says is what we read.

Lists of fills are not: an order's own row tells what it traded, they forget after seven days.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.model.bars import Timeframe
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderState,
    OrderType,
    Rejected,
    Side,
    Unknown,
)
from tests.exchange.asked import PERP, PERP_LIMIT
from tests.exchange.bingx.room import asked, sent
from tests.exchange.bingx.told import (
    BALANCES,
    BARS,
    CANCEL,
    CONTRACTS,
    LEVERAGE,
    LOOK,
    PAIRS,
    PAST,
    PLACE,
    POSITIONS,
    RESTING,
    TIERS,
    TIME,
    about,
    good,
    orders,
    sides,
    tiers,
)
from tests.exchange.recorded import bodies, draws, markets
from tests.exchange.scripted import Reply

XRP = replace(
    PERP_LIMIT, symbol="XRP/USDT", quantity=Decimal(10), price=Decimal("0.5"), reduce_only=False
)


@draws("bingx", createOrder=("spot",), fetchOrder=("spot",))
def test_an_order_of_spot_is_taken_and_read_by_our_id(shared: Path) -> None:
    """Recorded rows have no id, because none was sent: it is put in."""
    body = bodies(shared, "bingx", "createOrder")["spot"]
    number = str(body["data"]["orderId"])
    shown = bodies(shared, "bingx", "fetchOrder")["spot"]["data"]
    shown |= {"orderId": body["data"]["orderId"], "status": body["data"]["status"]}
    named = shown | {"clientOrderID": XRP.client_order_id}

    taken, _ = sent(XRP, {PLACE[False]: body, LOOK[False]: good(named)})
    nameless, _ = sent(XRP, {PLACE[False]: body, LOOK[False]: good(shown)})

    name, side, state = XRP.client_order_id, Side.BUY, OrderState.ACCEPTED
    assert taken == Accepted((OrderReport(name, number, "XRP/USDT", side, state, None),))
    assert isinstance(nameless, Unknown)


@draws("bingx", createOrder=("linear swap limit",))
def test_an_order_of_another_type_is_not_taken_for_ours(shared: Path) -> None:
    """What was recorded is a conditional order."""
    body = bodies(shared, "bingx", "createOrder")["linear swap limit"]

    outcome, exchange = sent(PERP_LIMIT, {PLACE[True]: body})

    assert isinstance(outcome, Unknown)
    assert "`type` is TRIGGER_LIMIT, not LIMIT" in outcome.reason
    assert len(exchange.sent) == 1


REFUSED = {"insufficient margin 101204": "101204", "ip not in whitelist 100419": "100419"}


@draws("bingx", createOrder=tuple(REFUSED))
def test_refused_orders_are_rejected(shared: Path) -> None:
    for name, code in REFUSED.items():
        body = bodies(shared, "bingx", "createOrder")[name]
        outcome, _ = sent(PERP_LIMIT, {PLACE[True]: body})
        assert outcome == Rejected(code, body["msg"])


@draws("bingx", cancelOrder=("spot",))
def test_a_cancellation_of_spot_is_read(shared: Path) -> None:
    body = bodies(shared, "bingx", "cancelOrder")["spot"]
    shown = body["data"] | {"clientOrderID": XRP.client_order_id, "updateTime": 1}

    outcome, _ = sent(XRP, {CANCEL[False]: body, LOOK[False]: good(shown)}, "cancel")

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


@draws("bingx", fetchOrder=("spot",))
def test_an_order_without_our_id_is_not_taken_for_ours(shared: Path) -> None:
    body = bodies(shared, "bingx", "fetchOrder")["spot"]

    with pytest.raises(Unavailable, match="another order than the one asked for"):
        asked(lambda client: client.order(XRP), {LOOK[False]: body}, ("XRP/USDT",))


@draws("bingx", fetchOpenOrders=("spot",))
def test_orders_that_rest_are_told_by_their_numbers(shared: Path) -> None:
    [body] = bodies(shared, "bingx", "fetchOpenOrders").values()

    found, _ = asked(lambda it: it.open_orders("XRP/USDT"), {RESTING[False]: body}, ("XRP/USDT",))

    number, side, state = "1514073325788200960", Side.BUY, OrderState.ACCEPTED
    assert found == [OrderReport(number, number, "XRP/USDT", side, state, None)]


@draws("bingx", fetchOrders=("linear swap",))
def test_a_filled_contract_tells_its_execution_to_the_digit(shared: Path) -> None:
    [body] = bodies(shared, "bingx", "fetchOrders").values()
    [row] = body["data"]["orders"]
    order = replace(
        PERP_LIMIT,
        symbol="PYTH/USDT:USDT",
        side=Side.SELL,
        type=OrderType.LIMIT,
        quantity=Decimal(33),
        price=Decimal("0.3916"),
        decided_at=row["time"] - 1,
    )
    answers = {RESTING[True]: orders(), PAST[True]: body}

    def find(told: dict[str, Any]) -> Any:
        question = lambda it: it.find(order, order.decided_at)  # noqa: E731
        now_ms = row["updateTime"] + 1
        return asked(question, answers | told, (order.symbol,), now_ms)[0]

    with pytest.raises(Halt, match="took without the id, 1736007506620112100"):
        find({})
    found = find({PAST[True]: orders(row | {"clientOrderId": order.client_order_id})})

    assert found.state is OrderState.FILLED
    assert found.execution == Execution(
        Decimal(33), Decimal("0.3916"), Decimal("0.002585"), 1702731470000
    )


@draws("bingx", fetchBalance=("spot", "linear swap v3"))
def test_balances_are_read_to_the_digit(shared: Path) -> None:
    told = bodies(shared, "bingx", "fetchBalance")

    spot, _ = asked(lambda it: it.balances(), {BALANCES["BTC/USDT"]: told["spot"]})
    swap, _ = asked(lambda it: it.balances(), {BALANCES[PERP]: told["linear swap v3"]}, (PERP,))

    assert (spot["USDT"].free, spot["USDT"].locked) == (Decimal("45.733046995800514"), 0)
    assert (swap["USDT"].free, swap["USDT"].total) == (Decimal("193.7609"), Decimal("194.8212"))


@draws("bingx", fetchPositions=("linear",))
def test_a_position_with_cross_margin_halts_and_a_strangers_is_none(shared: Path) -> None:
    [body] = bodies(shared, "bingx", "fetchPositions").values()

    with pytest.raises(Halt, match="cross margin"):
        asked(lambda it: it.positions(), {POSITIONS: body}, ("LTC/USDT:USDT",))
    assert asked(lambda it: it.positions(), {POSITIONS: body}, (PERP,))[0] == {}
    body["data"][0]["isolated"] = True
    [held] = asked(lambda it: it.positions(), {POSITIONS: body}, ("LTC/USDT:USDT",))[0].values()
    assert (held.quantity, held.margin) == (Decimal("0.1"), Decimal("1.3921"))


@draws("bingx", fetchOHLCV=("swap",))
def test_a_bar_is_read(shared: Path) -> None:
    [body] = bodies(shared, "bingx", "fetchOHLCV").values()
    minute, opened = Timeframe.parse("1m"), 1666583700000
    assert minute is not None

    found, _ = asked(lambda it: it.bars(PERP, minute, opened, 1), {BARS[PERP]: body}, (PERP,))

    assert found == [(opened, 19396.8, 19397.5, 19385.7, 19394.4, 110.05)]


@draws("bingx", fetchTime=("",))
def test_the_time_is_read(shared: Path) -> None:
    [body] = bodies(shared, "bingx", "fetchTime").values()

    assert asked(lambda it: it.server_time(), {TIME: body})[0] == 1675319535362


PAIRS_TOLD, CONTRACTS_TOLD = "openApi/spot/v1/common/symbols", "openApi/swap/v2/quote/contracts"


@pytest.mark.parametrize(
    ("symbol", "price", "quantity"),
    [
        ("BTC/USDT", "0.01", "0.00001"),
        ("LTC/USDT", "0.01", "0.0001"),
        ("ADA/USDT", "0.0001", "0.01"),
        ("SOL/USDT", "0.01", "0.0001"),
    ],
)
@draws("bingx", raw_markets=(PAIRS_TOLD,))
def test_pairs_are_read(shared: Path, symbol: str, price: str, quantity: str) -> None:
    pairs = markets(shared, "bingx", PAIRS_TOLD)

    found, _ = asked(lambda it: it.market(symbol), {PAIRS: pairs}, (symbol,))

    assert (found.price.step, found.quantity.step) == (Decimal(price), Decimal(quantity))
    assert (found.minimum_quantity, found.minimum_notional) == (Decimal(quantity), 5)


@pytest.mark.parametrize(
    ("symbol", "price", "quantity"),
    [
        (PERP, "0.1", "0.0001"),
        ("LTC/USDT:USDT", "0.01", "0.1"),
        ("ADA/USDT:USDT", "0.00001", "1"),
        ("SOL/USDT:USDT", "0.001", "1"),
    ],
)
@draws("bingx", raw_markets=(CONTRACTS_TOLD,))
def test_contracts_are_read(shared: Path, symbol: str, price: str, quantity: str) -> None:
    contracts = markets(shared, "bingx", CONTRACTS_TOLD)
    name = symbol.partition(":")[0].replace("/", "-")
    tier = tiers()
    for row in tier["data"]:
        row["symbol"] = name

    found, _ = asked(
        lambda it: it.market(symbol),
        {CONTRACTS: contracts, TIERS: tier, LEVERAGE: sides()},
        (symbol,),
    )

    assert (found.price.step, found.quantity.step) == (Decimal(price), Decimal(quantity))
    assert (found.minimum_quantity, found.minimum_notional) == (Decimal(quantity), 2)


def test_a_symbol_that_is_none_is_refused_with_a_recorded_one(shared: Path) -> None:
    pairs = markets(shared, "bingx", PAIRS_TOLD)

    with pytest.raises(Refused, match="did you mean `SOL/USDT`"):
        asked(lambda it: it.market("SOLUSDT"), {PAIRS: pairs}, ("SOLUSDT",))


@draws("bingx", setLeverage=("swap",))
def test_the_answer_to_a_setting_is_not_what_it_is_judged_by(shared: Path) -> None:
    """It was recorded for another contract than the one that was asked for."""
    [body] = bodies(shared, "bingx", "setLeverage").values()
    answers: dict[str, Any] = {
        "GET /openApi/swap/v1/positionSide/dual": good({"dualSidePosition": False}),
        "GET /openApi/swap/v2/trade/marginType": good({"marginType": "ISOLATED"}),
        LEVERAGE: [sides(10, 5), sides(3, 3)],
        "POST /openApi/swap/v2/trade/leverage": body,
    }

    _, exchange = asked(lambda it: it.prepare(PERP, Decimal(3)), answers, (PERP,))

    assert [it.path for it in exchange.sent].count("/openApi/swap/v2/trade/leverage") == 3


def test_a_list_of_fills_is_never_asked_for() -> None:
    shown = {LOOK[True]: about(PERP_LIMIT)} | {PLACE[True]: Reply(act="drop")}

    _, exchange = sent(PERP_LIMIT, shown)

    assert not any("myTrades" in path or "fillHistory" in path for path in exchange.paths)
