"""Every answer recorded at Deribit, through our own door: what it says is what we read.

The orders, fills and bars that were recorded are those of contracts, which are told in the same
fields: they are served under the name of a spot market. Not recorded: an order of spot, one that is
post-only or waits for its trigger under our name, fills by order, stops that ended, a cancellation
by name, balances of several currencies. Positions and funding are not asked for (contracts are
refused).
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.exchanges.deribit import SUPPORT
from runner.model.exchanges.support import Feature, Support
from runner.model.markets import MarketKind
from runner.model.orders import Accepted, Execution, OrderReport, OrderState, Rejected, Side
from tests.exchange.deribit.room import asked, cancel, submit
from tests.exchange.deribit.told import (
    BALANCES,
    BARS,
    BY_NAME,
    CANCEL,
    ENDED,
    ENTRY,
    FILLS,
    LIMIT,
    MARKETS,
    OPEN,
    no,
    ok,
)
from tests.exchange.recorded import ALL, bodies, cases, draws, markets
from tests.exchange.scripted import Reply

ETH = "ETH/USDC"
#: A fill of the recorded order that was filled, made in its documented form.
SOLD = {"trade_id": "ETH-1", "order_id": "ETH-331562", "direction": "sell", "amount": 37}
SOLD |= {"price": 118.94, "fee": 0.01, "fee_currency": "USDC", "timestamp": 1550219810944}
#: Errors that blame the key or the account.
KEY_FAULTS = {"bad_key", "permission"}
#: Recorded as "not placed", yet looked up first: limits, and what was too slow to answer.
LOOKED_UP = {"rate_limit", "unavailable"}
#: What is said of an order that is there, or was: it cannot be the answer to a new one.
OF_ORDERS = {"order_not_found"}


def one(shared: Path, method: str) -> Any:
    """The recorded answer, of a contract as of spot."""
    body = next(iter(bodies(shared, "deribit", method).values()))
    text = json.dumps(body)
    for contract in ("ETH-PERPETUAL", "ETH-22FEB19-120-C"):
        text = text.replace(contract, "ETH_USDC")
    for contract in ("BTC-PERPETUAL", "BTC-15FEB19-3250-P"):
        text = text.replace(contract, "BTC_USDC")
    return json.loads(text.replace('"fee_currency": "ETH"', '"fee_currency": "USDC"'))


INSTRUMENTS = "api/v2/public/get_instruments"


def instruments(shared: Path) -> Any:
    return markets(shared, "deribit", INSTRUMENTS)


@draws("deribit", raw_markets=(INSTRUMENTS,))
def test_markets(shared: Path) -> None:
    market, _ = asked(lambda it: it.market("BTC/USDC"), {MARKETS: instruments(shared)})

    assert (market.base, market.quote, market.kind) == ("BTC", "USDC", MarketKind.SPOT)
    assert (market.price.step, market.quantity.step) == (Decimal("0.01"), Decimal("0.0001"))
    assert market.minimum_quantity == Decimal("0.0001")


@pytest.mark.parametrize("symbol", ["BTC/USD", "ETH/USD", "ETH/USDC"])
def test_recorded_contracts_are_no_spot_markets(symbol: str, shared: Path) -> None:
    with pytest.raises(Refused, match=f"no spot market `{symbol}`"):
        asked(lambda it: it.market(symbol), {MARKETS: instruments(shared)}, symbol)


@draws("deribit", fetchTime=("",))
def test_time(shared: Path) -> None:
    told, _ = asked(Client.server_time, {"public/get_time": one(shared, "fetchTime")})

    assert told == 1583922446019


@draws("deribit", fetchOHLCV=("1m",))
def test_bars(shared: Path) -> None:
    minute, first = Timeframe.parse("1m"), 1583916960000
    assert minute is not None

    rows, _ = asked(
        lambda it: it.bars("BTC/USDC", minute, first, 3),
        {BARS: one(shared, "fetchOHLCV")},
        now_ms=first + 300_000,
    )

    assert rows == [
        (first, 7834.0, 7839.5, 7834.0, 7839.5, 3.6680847969999992),
        (first + 60_000, 7839.0, 7839.0, 7833.5, 7833.5, 22.682721123),
        (first + 120_000, 7833.5, 7833.5, 7832.5, 7833.0, 3.011587939),
    ]


@draws("deribit", fetchBalance=("account summaries",))
def test_balances(shared: Path) -> None:
    """Recorded alone, as of one currency; documented in a list."""
    told = ok({"summaries": [one(shared, "fetchBalance")["result"]]})

    found, _ = asked(Client.balances, {BALANCES: told})

    assert found == {"BTC": Balance(Decimal("0.00062359"), Decimal(0))}


@draws("deribit", createOrder=("market buy ETH perp with label",))
def test_a_market_order_and_its_fill(shared: Path) -> None:
    bought = replace(ENTRY, symbol=ETH, quantity=Decimal(40))
    told = json.loads(
        json.dumps(one(shared, "createOrder")).replace("market0000234", bought.client_order_id)
    )

    outcome, _ = submit(bought, {"private/buy": told})

    done = Execution(Decimal(40), Decimal("143.81"), Decimal("0.000139"), 1550657341322)
    report = OrderReport(
        bought.client_order_id, "ETH-349249", ETH, Side.BUY, OrderState.FILLED, done
    )
    assert outcome == Accepted((report,))


@draws("deribit", createOrder=("not enough funds 10009",))
def test_an_order_beyond_the_money_is_rejected(shared: Path) -> None:
    told = bodies(shared, "deribit", "createOrder")["not enough funds 10009"]

    outcome, exchange = submit(ENTRY, {"private/buy": Reply(told, 400)})

    assert outcome == Rejected("10009", "not_enough_funds")
    assert len(exchange.sent) == 1


@draws("deribit", privateGetGetOrderStateByLabel=("order by label",))
def test_an_order_by_its_name(shared: Path) -> None:
    ours = replace(LIMIT, symbol=ETH, client_order_id="fooBar", side=Side.SELL)
    answers = {BY_NAME: one(shared, "privateGetGetOrderStateByLabel"), FILLS: ok([SOLD])}

    report, _ = asked(lambda it: it.order(ours), answers, ETH)

    done = Execution(Decimal(37), Decimal("118.94"), Decimal("0.01"), 1550219810944)
    assert report == OrderReport("fooBar", "ETH-331562", ETH, Side.SELL, OrderState.FILLED, done)


@draws(
    "deribit",
    fetchOpenOrders=("by instrument (openapi)",),
    fetchClosedOrders=("by instrument (openapi)",),
)
def test_orders_that_rest_and_that_ended(shared: Path) -> None:
    resting, _ = asked(
        lambda it: it.open_orders("BTC/USDC"), {OPEN: one(shared, "fetchOpenOrders")}
    )
    ours = replace(LIMIT, client_order_id="146475")
    fill = {"trade_id": "BTC-1", "order_id": "146475", "direction": "buy", "amount": 40}
    fill |= {"price": 3659.8, "fee": 0, "fee_currency": "BTC", "timestamp": 1550661808761}
    ended, _ = asked(
        lambda it: it.find(ours, 1550661808000),
        {OPEN: ok([]), ENDED: one(shared, "fetchClosedOrders"), FILLS: ok([fill])},
    )

    assert resting == [
        OrderReport("fooBar", "146062", "BTC/USDC", Side.BUY, OrderState.ACCEPTED, None)
    ]
    assert ended.state is OrderState.FILLED
    assert ended.execution.price == Decimal("3659.8")


@draws("deribit", fetchOrder=("by id",), cancelOrder=("openapi",))
def test_an_order_by_its_number_and_a_stop_are_told_alike(shared: Path) -> None:
    """What other methods tell of an order, in the list that ours does."""
    by_number = one(shared, "fetchOrder")["result"]
    stop = one(shared, "cancelOrder")["result"]
    resting, _ = asked(lambda it: it.open_orders(ETH), {OPEN: ok([stop])}, ETH)

    assert resting == [
        OrderReport("ETH-SLIS-12", "ETH-SLIS-12", ETH, Side.SELL, OrderState.ACCEPTED, None)
    ]
    with pytest.raises(Unavailable, match="its fills unclearly"):  # those that are asked for next
        asked(lambda it: it.open_orders(ETH), {OPEN: ok([by_number]), FILLS: ok([])}, ETH)
    [filled], _ = asked(
        lambda it: it.open_orders(ETH), {OPEN: ok([by_number]), FILLS: ok([SOLD])}, ETH
    )
    assert (filled.state, filled.execution.quantity) == (OrderState.FILLED, 37)


@draws("deribit", fetchMyTrades=("ETH perp",))
def test_recorded_fills_are_of_another_order(shared: Path) -> None:
    ours = one(shared, "fetchOrder")["result"]

    with pytest.raises(Unavailable, match="with more fills than are told at once"):
        asked(
            lambda it: it.open_orders(ETH),
            {OPEN: ok([ours]), FILLS: one(shared, "fetchMyTrades")},
            ETH,
        )


def kind_of_read(answer: Reply) -> str:
    """What a read raises."""
    try:
        asked(lambda it: it.open_orders("BTC/USDC"), {OPEN: answer})
    except Refused:
        return "refused"
    except Unavailable as failure:
        return "limited" if "limits this address" in str(failure) else "unavailable"
    return "answered"


@draws("deribit", errors=ALL)
def test_every_recorded_error_has_its_kind_for_reads_and_its_outcome_for_orders(
    shared: Path,
) -> None:
    wrong = []
    for case in cases(shared, "deribit", "errors"):
        category, answer = case["category"], Reply(case["body"], case["http_status"])
        outcome, exchange = submit(ENTRY, {"private/buy": answer})
        rejected = isinstance(outcome, Rejected)
        certain = case["outcome"] == "not_placed" and category not in LOOKED_UP | OF_ORDERS
        read = kind_of_read(answer)
        wanted = "refused" if category in KEY_FAULTS else "unavailable"
        wanted = "limited" if category == "rate_limit" else wanted
        if (rejected, read, len(exchange.sent)) != (certain, wanted, 1):
            wrong.append((case["code"], category, read, type(outcome).__name__))

    assert wrong == []


def test_recorded_errors_of_orders_that_are_gone_reject_a_cancellation(shared: Path) -> None:
    found = [it for it in cases(shared, "deribit", "errors") if it["category"] in OF_ORDERS]

    for case in found:
        outcome, _ = cancel(ENTRY, {CANCEL: Reply(case["body"], case["http_status"])})
        assert isinstance(outcome, Rejected), case["code"]
    assert len(found) == 5


def test_what_is_called_verified_is_recorded() -> None:
    spot = SUPPORT.kinds[MarketKind.SPOT].features

    assert {it for it, can in spot.items() if can.support is Support.VERIFIED} == {
        Feature.MARKET_ORDER,
        Feature.BUY_QUANTITY,
        Feature.LOOK_UP,
        Feature.HISTORY,
        Feature.OPEN_ORDERS,
        Feature.FILLS,
        Feature.MARKETS,
        Feature.BARS,
        Feature.KEY_AUDIT,
    }


def test_an_error_is_recorded_as_it_is_scripted(shared: Path) -> None:
    body = cases(shared, "deribit", "errors")[0]["body"]
    scripted = no(13004, "invalid_credentials").body

    assert {*scripted} <= {*body}
    assert scripted["error"] == body["error"]
