"""Every answer recorded at OKX, through our own door: what it says is what we read.

Not recorded: a fill of a contract, a position in one-way mode, a bill, an order under our name, a
conditional order in one-way mode, the first tier of a contract, bars of a contract.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.exchange.okx.symbols import family_of
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.exchanges.okx import SUPPORT
from runner.model.exchanges.support import Feature, Support
from runner.model.holdings import Rate
from runner.model.markets import MarketKind
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderState,
    Rejected,
    Side,
    Unknown,
)
from tests.exchange import recorded
from tests.exchange.asked import ENTRY, LIMIT, LONG, PERP, PERP_STOP, TARGET
from tests.exchange.okx.answers import ask, at, cancel, ok, row, submit
from tests.exchange.recorded import ALL, bodies, cases, draws
from tests.exchange.scripted import Reply

ETH = "ETH/USDT"
ON_ETH: dict[str, Any] = {"symbols": (ETH,)}
ON_FUTURES: dict[str, Any] = {"symbols": (PERP,)}
MINUTE = Timeframe.parse("1m")
#: The recorded order, which its owner gave no name.
RESTING = OrderReport(
    "317251910906576896", "317251910906576896", ETH, Side.BUY, OrderState.ACCEPTED, None
)


INSTRUMENTS = "api/v5/public/instruments?instType="


def one(shared: Path, method: str) -> Any:
    [body] = bodies(shared, "okx", method).values()
    return body


def markets(shared: Path) -> dict[str, Any]:
    """What OKX tells of its markets, of both kinds that are traded."""
    spot, swap = (recorded.markets(shared, "okx", f"{INSTRUMENTS}{it}") for it in ("SPOT", "SWAP"))
    return at({"GET public/instruments": ok(*spot["data"], *swap["data"])})


@draws("okx", raw_markets=(f"{INSTRUMENTS}SPOT",))
def test_spot_markets(shared: Path) -> None:
    market, _ = ask(lambda it: it.market("BTC/USDT"), markets(shared))

    assert (market.base, market.quote, market.kind) == ("BTC", "USDT", MarketKind.SPOT)
    assert market.price.step == Decimal("0.1")
    assert market.quantity.step == Decimal("0.00000001")
    assert market.minimum_quantity == Decimal("0.00001")


@pytest.mark.parametrize(
    ("symbol", "step", "tick"), [(PERP, "0.0001", "0.1"), ("ETH/USDT:USDT", "0.001", "0.01")]
)
@draws("okx", fetchMarketLeverageTiers=("swap",), raw_markets=(f"{INSTRUMENTS}SWAP",))
def test_contracts_in_base_currency_with_recorded_tiers(
    symbol: str, step: str, tick: str, shared: Path
) -> None:
    """Those of a margin pair were recorded: they are nobody's, until they are told as ours."""
    pair = one(shared, "fetchMarketLeverageTiers")
    [tier] = pair["data"]
    of_ours = tier | {"instFamily": family_of(symbol)}

    def market(tiers: Any) -> Any:
        answers = markets(shared) | at({"GET public/position-tiers": tiers})
        return ask(lambda it: it.market(symbol), answers, symbols=(symbol,))[0]

    with pytest.raises(Unavailable, match=f"without the tiers of {symbol}"):
        market(pair)
    found = market(ok(of_ours))
    assert found.quantity.step == found.minimum_quantity == Decimal(step)
    assert found.price.step == Decimal(tick)
    assert (found.maintenance, found.max_leverage) == (Decimal("0.03"), Decimal(10))


def test_a_recorded_contract_margined_in_its_base_is_not_traded(shared: Path) -> None:
    with pytest.raises(Refused, match="okx has no futures market `BTC/USD:BTC`"):
        ask(lambda it: it.market("BTC/USD:BTC"), markets(shared), symbols=("BTC/USD:BTC",))


@draws("okx", raw_markets=(f"{INSTRUMENTS}FUTURES",))
def test_recorded_contracts_that_end_are_not_traded(shared: Path) -> None:
    told = recorded.markets(shared, "okx", f"{INSTRUMENTS}FUTURES")

    with pytest.raises(Refused, match=f"okx has no futures market `{PERP}`"):
        ask(lambda it: it.market(PERP), at({"GET public/instruments": told}), **ON_FUTURES)


@draws("okx", fetchTime=("",))
def test_time(shared: Path) -> None:
    told, _ = ask(lambda it: it.server_time(), at({"GET public/time": one(shared, "fetchTime")}))

    assert told == 1621247923668


@draws("okx", fetchOHLCV=("candles",))
def test_bars_oldest_first(shared: Path) -> None:
    assert MINUTE is not None
    frame, first = MINUTE, 1678928640000
    told = one(shared, "fetchOHLCV")

    rows, _ = ask(
        lambda it: it.bars("BTC/USDT", frame, first, 3), at({"GET market/history-candles": told})
    )

    assert rows == [
        (first, 24300.2, 24324.1, 24288.0, 24324.1, 3304.0),
        (first + 60_000, 24324.1, 24347.6, 24321.7, 24341.4, 2565.0),
        (first + 120_000, 24341.4, 24344.0, 24313.2, 24323.0, 628.0),
    ]


@draws("okx", fetchBalance=("trading account",))
def test_balances_of_both_kinds(shared: Path) -> None:
    for options in ({}, ON_FUTURES):
        told, _ = ask(
            lambda it: it.balances(),
            at({"GET account/balance": one(shared, "fetchBalance")}),
            **options,
        )
        assert told == {"USDT": Balance(Decimal("28.21006347"), Decimal(0))}


@draws("okx", fetchOpenOrders=("spot",), fetchClosedOrders=("swap",))
def test_orders_that_rest_and_that_ended(shared: Path) -> None:
    answers = markets(shared) | at(
        {
            "GET trade/orders-pending": one(shared, "fetchOpenOrders"),
            "GET trade/orders-history": one(shared, "fetchClosedOrders"),
            "GET trade/orders-algo-pending": ok(),
        }
    )
    request = replace(LIMIT, client_order_id=RESTING.client_order_id, symbol=ETH)

    resting, _ = ask(lambda it: it.open_orders(ETH), answers, **ON_ETH)
    found, _ = ask(lambda it: it.find(request, 1_699_999_000_000), answers, **ON_ETH)

    assert resting == [RESTING]
    assert found == RESTING


@draws("okx", fetchOrder=("spot by id", "algo order"))
def test_an_order_that_is_not_ours_is_not_taken_for_ours(shared: Path) -> None:
    spot, algo = bodies(shared, "okx", "fetchOrder").values()
    ours = replace(LIMIT, symbol=ETH)
    named = replace(ours, client_order_id=RESTING.client_order_id)

    with pytest.raises(Unavailable, match="another order than the one asked for"):
        ask(lambda it: it.order(ours), markets(shared) | at({"GET trade/order": spot}), **ON_ETH)
    answers = markets(shared) | at({"GET trade/order-algo": algo})
    with pytest.raises(Unavailable, match="`instId` is BTC-USD-200329"):
        ask(lambda it: it.order(PERP_STOP), answers, **ON_FUTURES)
    report, _ = ask(
        lambda it: it.order(named), markets(shared) | at({"GET trade/order": spot}), **ON_ETH
    )
    assert report == RESTING


@draws("okx", fetchMyTrades=("fills history",))
def test_fills_whose_fee_is_what_was_bought(shared: Path) -> None:
    """The recorded fill, under an order that says it is filled by it."""
    told = one(shared, "fetchMyTrades")
    [fill] = told["data"]
    [order] = bodies(shared, "okx", "fetchOrder")["spot by id"]["data"]
    order |= {"ordId": fill["ordId"], "state": "filled", "accFillSz": fill["fillSz"]}
    answers = at({"GET trade/order": ok(order), "GET trade/fills-history": told})
    request = replace(ENTRY, symbol=ETH, client_order_id=fill["ordId"])

    report, _ = ask(lambda it: it.order(request), markets(shared) | answers, **ON_ETH)

    assert report.execution == Execution(
        Decimal("0.007525"), Decimal("2654.98"), Decimal("0.000007533") * Decimal("2654.98"),
        1621927314985,
    )  # fmt: skip


@draws("okx", fetchFundingRateHistory=("swap",))
def test_funding_rates_are_the_realized_ones(shared: Path) -> None:
    told, _ = ask(
        lambda it: it.rates(PERP, 0),
        at({"GET public/funding-rate-history": one(shared, "fetchFundingRateHistory")}),
        **ON_FUTURES,
    )

    assert told == [Rate(1597026383085, 0.017)]


@draws("okx", fetchPositions=("swap",))
def test_a_position_of_a_dated_contract_is_none_of_ours(shared: Path) -> None:
    held, _ = ask(
        lambda it: it.positions(),
        markets(shared) | at({"GET account/positions": one(shared, "fetchPositions")}),
        **ON_FUTURES,
    )

    assert held == {}


@draws("okx", createOrder=ALL, cancelOrder=("ok",))
def test_writes_are_taken_by_the_one_who_sent_them_only(shared: Path) -> None:
    placed, refused = bodies(shared, "okx", "createOrder").values()
    named = replace(LIMIT, client_order_id="run1a2b3c4d5e6f")

    mine, exchange = submit(named, {"POST trade/order": placed})
    assert isinstance(mine, Unknown)
    assert mine.reason.startswith("accepted, but what came of it is not known")
    assert exchange.paths[-1] == "GET /api/v5/trade/order"
    rests, _ = submit(named, {"POST trade/order": placed, "GET trade/order": ok(row(named))})
    assert isinstance(rests, Accepted)
    assert rests.reports[0].state is OrderState.ACCEPTED
    other, _ = submit(LIMIT, {"POST trade/order": placed})
    assert isinstance(other, Unknown)
    assert "`clOrdId`" in other.reason
    gone, _ = cancel(TARGET, {"POST trade/cancel-order": one(shared, "cancelOrder")})
    assert isinstance(gone, Unknown)
    no, _ = submit(LONG, {"POST trade/order": refused})
    assert no == Rejected("51008", "Order failed. Insufficient USDT margin in account")


#: Recorded as "not placed", yet looked up first: limits, a busy system, what answers to cancels.
LOOKED_UP = {"rate_limit_orders", "overloaded", "order_not_found"}


@draws("okx", errors=ALL)
def test_every_recorded_error_has_its_outcome(shared: Path) -> None:
    wrong = []
    for case in cases(shared, "okx", "errors"):
        answer = Reply(case["body"], case["http_status"])
        for request in (ENTRY, LONG):
            outcome, exchange = submit(request, {"POST trade/order": answer})
            nothing = case["outcome"] == "not_placed" and case["category"] not in LOOKED_UP
            expected = Rejected if nothing else Unknown
            if not isinstance(outcome, expected):
                wrong.append((case["code"], case["category"], outcome))
            if isinstance(outcome, Rejected):
                assert outcome.code == case["code"]
            assert [sent.method for sent in exchange.sent].count("POST") == 1

    assert wrong == []


FAULTS = {"bad_key", "bad_passphrase", "key_frozen", "permission"}


@draws("okx", errors=ALL)
def test_every_recorded_error_of_a_read_says_what_to_do(shared: Path) -> None:
    for case in cases(shared, "okx", "errors"):
        answer = Reply(case["body"], case["http_status"])
        answers = at({"GET account/balance": answer, "GET public/time": ok({"ts": "1"})})
        faulty = case["category"] in FAULTS
        with pytest.raises(Refused if faulty else Unavailable) as raised:
            ask(lambda it: it.balances(), answers)
        words = str(raised.value)
        assert len(words.splitlines()) == 1
        if case["category"] == "timestamp":
            assert "this clock is" in words
        if case["category"] == "rate_limit_orders":
            assert "limits this address" in words


def test_what_is_called_verified_has_a_recording_behind_it() -> None:
    """Each is read above; of writes and of what follows them nothing under our name is."""
    verified = {
        (kind, feature)
        for kind, offered in SUPPORT.kinds.items()
        for feature, can in offered.features.items()
        if can.support is Support.VERIFIED
    }
    of, spot, futures = Feature, MarketKind.SPOT, MarketKind.FUTURES
    both = {(kind, it) for kind in MarketKind for it in (of.MARKETS, of.BALANCES, of.KEY_AUDIT)}

    assert verified == both | {
        (spot, of.BARS),
        (spot, of.HISTORY),
        (spot, of.OPEN_ORDERS),
        (spot, of.FILLS),
        (futures, of.RATES),
    }


@draws("okx", setLeverage=("cross",))
def test_the_recorded_answer_to_a_setting_is_not_what_decides(shared: Path) -> None:
    """It tells of hedge mode: what is read afterwards counts."""
    lever = {"instId": "BTC-USDT-SWAP", "mgnMode": "isolated", "posSide": "net", "lever": "3"}
    answers = {
        "GET account/config": ok({"acctLv": "2", "posMode": "net_mode"}),
        "GET account/leverage-info": [ok(lever), ok(lever | {"lever": "5"})],
        "POST account/set-leverage": one(shared, "setLeverage"),
    }

    _, exchange = ask(lambda it: it.prepare(PERP, Decimal(5)), at(answers), **ON_FUTURES)

    assert exchange.paths[-1] == "GET /api/v5/account/leverage-info"
