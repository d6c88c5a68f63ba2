"""Every answer recorded at Bitget that the door asks for: what it says is what we read.

`fetchBalance` of futures has the fields of another path (margin), and is not understood.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.holdings import Rate
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderState,
    Rejected,
    Side,
    Unknown,
)
from tests.exchange.asked import EXIT, LIMIT, LONG, PERP, PERP_LIMIT
from tests.exchange.bitget.answers import (
    CONTRACTS,
    FILLS,
    LOOK,
    OLD,
    RESTING,
    asked,
    cancel,
    contract_row,
    good,
    row,
    submit,
)
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.recorded import Each, bodies, draws, markets
from tests.exchange.scripted import Reply

BUY, SELL = Side.BUY, Side.SELL


def recorded(shared: Path, method: str, case: str) -> Any:
    return bodies(shared, "bitget", method)[case]


@draws("bitget", fetchOrder=("spot",))
def test_a_recorded_order_of_spot_is_read(shared: Path) -> None:
    name = "63f95110-93b5-4309-8f77-46339f1bcf3c"
    answers = {LOOK[False]: recorded(shared, "fetchOrder", "spot")}

    report, exchange = at_bitget(
        lambda client: client.order(replace(LIMIT, client_order_id=name)), answers
    )

    assert report == OrderReport(
        name, "1111461743123927040", "BTC/USDT", BUY, OrderState.ACCEPTED, None
    )
    assert exchange.sent[0].parameters == {"clientOid": name}


@draws("bitget", fetchOrder=("swap",))
def test_a_recorded_order_of_futures_is_read(shared: Path) -> None:
    name = "1111465253431574529"
    answers = {LOOK[True]: recorded(shared, "fetchOrder", "swap")}

    report = asked(lambda client: client.order(replace(LONG, client_order_id=name)), answers)

    assert report == OrderReport(name, "1111465253393825792", PERP, BUY, OrderState.ACCEPTED, None)


@pytest.mark.parametrize(("request_", "case"), [(LIMIT, "spot"), (PERP_LIMIT, "swap")])
@draws("bitget", fetchOrder=Each("case"))
def test_a_recorded_order_of_somebody_else_is_not_ours(
    request_: Any, case: str, shared: Path
) -> None:
    answers = {LOOK[case == "swap"]: recorded(shared, "fetchOrder", case)}

    with pytest.raises(Unavailable, match="with another order than the one asked for"):
        at_bitget(lambda client: client.order(request_), answers, symbols=(request_.symbol,))


@draws("bitget", fetchCanceledAndClosedOrders=("spot",), fetchOpenOrders=("spot",))
def test_recorded_orders_in_the_lists_of_spot_are_found(shared: Path) -> None:
    name = "d0d4dad5-18d0-4869-a074-ec40bb47cba6"
    old = recorded(shared, "fetchCanceledAndClosedOrders", "spot")
    open_ = recorded(shared, "fetchOpenOrders", "spot")
    ours = replace(LIMIT, client_order_id=name)

    ended, _ = at_bitget(
        lambda client: client.find(ours, 1), {RESTING[False]: good([]), OLD[False]: old}
    )
    resting, _ = at_bitget(lambda client: client.open_orders("BTC/USDT"), {RESTING[False]: open_})

    number = "1111499608327360513"
    assert ended == OrderReport(name, number, "BTC/USDT", BUY, OrderState.CANCELED, None)
    assert resting == [OrderReport(name, number, "BTC/USDT", BUY, OrderState.ACCEPTED, None)]


@draws("bitget", fetchMyTrades=("spot",))
def test_recorded_fills_of_spot_are_summed(shared: Path) -> None:
    number = "1098394344925597696"
    known = row(EXIT, orderId=number, size="0.0002", baseVolume="0.0002")
    answers = {LOOK[False]: good([known])}
    answers |= {FILLS[False]: recorded(shared, "fetchMyTrades", "spot")}

    report, exchange = at_bitget(lambda client: client.order(EXIT), answers)

    assert report.execution == Execution(
        Decimal("0.0002"), Decimal("28467.68"), Decimal("0.005693536"), 1697603539699
    )
    assert exchange.sent[1].parameters["orderId"] == number


@draws("bitget", fetchMyTrades=("swap",))
def test_recorded_fills_of_futures_are_summed(shared: Path) -> None:
    known = contract_row(LONG, orderId="1111468664264753162", baseVolume="0.001")
    answers = {LOOK[True]: good(known), FILLS[True]: recorded(shared, "fetchMyTrades", "swap")}

    report = asked(lambda client: client.order(LONG), answers)

    assert report.execution == Execution(
        Decimal("0.001"), Decimal("37271.4"), Decimal("0.02236284"), 1700720700342
    )


@pytest.mark.parametrize(
    ("request_", "case"), [(LIMIT, "spot limit"), (PERP_LIMIT, "swap limit one-way")]
)
@draws("bitget", createOrder=Each("case"))
def test_a_recorded_answer_to_an_order_is_read_and_belongs_to_its_own_name(
    request_: Any, case: str, shared: Path
) -> None:
    answer = recorded(shared, "createOrder", case)
    name = answer["data"]["clientOid"]
    ours = replace(request_, client_order_id=name)
    contract = ":" in request_.symbol
    told = contract_row(ours) if contract else [row(ours)]

    taken, _ = submit(ours, answer, {LOOK[contract]: good(told)})
    foreign, _ = submit(request_, answer, {LOOK[contract]: good(told)})

    assert isinstance(taken, Accepted)
    assert [it.state for it in taken.reports] == [OrderState.ACCEPTED]
    assert isinstance(foreign, Unknown)


@pytest.mark.parametrize(
    ("request_", "case", "code"),
    [(LIMIT, "no permission 40014", "40014"), (PERP_LIMIT, "duplicate clientOid 40786", "")],
)
@draws("bitget", createOrder=Each("case"))
def test_a_recorded_refusal_is_a_no_and_a_name_that_is_taken_a_maybe(
    request_: Any, case: str, code: str, shared: Path
) -> None:
    answer = Reply(recorded(shared, "createOrder", case), 400)

    outcome, _ = submit(request_, answer)

    assert isinstance(outcome, Rejected if code else Unknown)
    assert code in str(outcome)


@draws("bitget", cancelOrder=("spot/swap",))
def test_a_recorded_cancellation_is_read(shared: Path) -> None:
    answer = recorded(shared, "cancelOrder", "spot/swap")
    ours = replace(PERP_LIMIT, client_order_id=answer["data"]["clientOid"])
    ended = good(contract_row(ours, state="canceled"))

    outcome, _ = cancel(ours, answer, {LOOK[True]: ended})
    foreign, _ = cancel(PERP_LIMIT, answer, {LOOK[True]: ended})

    assert isinstance(outcome, Accepted)
    assert [it.state for it in outcome.reports] == [OrderState.CANCELED]
    assert isinstance(foreign, Unknown)


@draws("bitget", fetchBalance=("spot",))
def test_recorded_money_of_spot_is_read(shared: Path) -> None:
    answers = {"GET /api/v2/spot/account/assets": recorded(shared, "fetchBalance", "spot")}

    found, _ = at_bitget(lambda client: client.balances(), answers)

    assert found == {"USDT": Balance(Decimal(0), Decimal(0))}


@draws("bitget", fetchBalance=("swap",))
def test_money_that_was_recorded_at_another_path_is_not_understood(shared: Path) -> None:
    answers = {"GET /api/v2/mix/account/accounts": recorded(shared, "fetchBalance", "swap")}

    with pytest.raises(Unavailable, match="tells the balances unclearly"):
        asked(lambda client: client.balances(), answers)


@draws("bitget", fetchPositions=("swap",))
def test_a_recorded_position_in_hedge_mode_halts(shared: Path) -> None:
    answers = {"GET /api/v2/mix/position/all-position": recorded(shared, "fetchPositions", "swap")}

    with pytest.raises(Halt, match="hedge mode: close its positions"):
        asked(lambda client: client.positions(), answers)


@draws("bitget", fetchOHLCV=("spot",), fetchTime=("",))
def test_recorded_bars_and_time_are_read(shared: Path) -> None:
    opened = 1645911960000
    answers = {
        "GET /api/v2/spot/market/history-candles": recorded(shared, "fetchOHLCV", "spot"),
        "GET /api/v2/public/time": recorded(shared, "fetchTime", ""),
    }

    bars, _ = at_bitget(
        lambda client: client.bars("BTC/USDT", Timeframe("1m", 60_000), opened, 1), answers
    )
    time, _ = at_bitget(lambda client: client.server_time(), answers)

    assert bars == [(opened, 39406.0, 39407.0, 39374.5, 39379.0, 35.526)]
    assert time == 1700111073740


@draws("bitget", fetchFundingRateHistory=("swap",))
def test_recorded_funding_rates_are_read(shared: Path) -> None:
    path = "GET /api/v2/mix/market/history-fund-rate"

    rates = asked(
        lambda client: client.rates(PERP, 1),
        {path: recorded(shared, "fetchFundingRateHistory", "swap")},
    )

    assert rates == [Rate(1652396400000, -0.0003)]


@draws("bitget", setMarginMode=("swap",))
def test_a_recorded_margin_setting_is_taken(shared: Path) -> None:
    """Judged by what is set afterwards."""
    account = {"marginCoin": "USDT", "isolatedLongLever": "3", "isolatedShortLever": "3"}
    account |= {"posMode": "one_way_mode", "assetMode": "single"}
    answers = {
        "GET /api/v2/mix/account/account": [
            good(account | {"marginMode": "crossed"}),
            good(account | {"marginMode": "isolated"}),
        ],
        "POST /api/v2/mix/account/set-margin-mode": recorded(shared, "setMarginMode", "swap"),
    }

    _, exchange = at_bitget(
        lambda client: client.prepare(PERP, Decimal(3)), answers, symbols=(PERP,)
    )

    assert [it.method for it in exchange.sent] == ["GET", "POST", "GET"]


SPOT_TOLD = "api/v2/spot/public/symbols"
CONTRACTS_TOLD = "api/v2/mix/market/contracts?productType=USDT-FUTURES"


@pytest.mark.parametrize(("tail", "address"), [("", SPOT_TOLD), (":USDT", CONTRACTS_TOLD)])
@draws("bitget", raw_markets=Each("address"))
def test_every_recorded_market_is_read(tail: str, address: str, shared: Path) -> None:
    found = markets(shared, "bitget", address)

    for item in found["data"]:
        name = f"{item['baseCoin']}/{item['quoteCoin']}{tail}"
        tier = {"symbol": item["symbol"], "level": "1", "leverage": "125"}
        tiers = good([tier | {"keepMarginRate": "0.004"}])
        market, _ = at_bitget(
            partial(Client.market, symbol=name),
            {
                f"GET /{address.partition('?')[0]}": found,
                "GET /api/v2/mix/market/query-position-lever": tiers,
            },
            symbols=(f"BTC/USDT{tail}",),
        )
        assert market.symbol == name
        assert market.minimum_notional == Decimal(item["minTradeUSDT"])

    assert found["data"]


CONTRACTS_OF = "api/v2/mix/market/contracts?productType="
OTHERS = ("COIN-FUTURES", "USDC-FUTURES", "SUSDT-FUTURES", "SCOIN-FUTURES", "SUSDC-FUTURES")


@draws("bitget", raw_markets=tuple(CONTRACTS_OF + it for it in OTHERS))
def test_recorded_contracts_of_other_margins_are_not_traded(shared: Path) -> None:
    for margin in OTHERS:
        told = {CONTRACTS: markets(shared, "bitget", CONTRACTS_OF + margin)}
        for symbol in (PERP, "BTC/USD:BTC", "BTC/USD:USD"):
            with pytest.raises(Refused, match=f"bitget has no futures market `{symbol}`"):
                asked(partial(Client.market, symbol=symbol), told)
