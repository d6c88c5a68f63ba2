"""Fills as Bitget tells them: sums, fees and liquidations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, Side
from tests.exchange.asked import (
    CLOSE,
    EXIT,
    LONG,
    PERP,
    SPEND,
)
from tests.exchange.bitget.answers import (
    FILLS,
    LOOK,
    OLD,
    contract_fill,
    contract_row,
    fill,
    filled,
    good,
    listed,
    row,
    symbol_row,
)
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.bitget.test_orders import S, looked_up
from tests.exchange.scripted import NOW, ask


def executed(*rows: Any, **changed: Any) -> Execution:
    """What a market order of futures comes to by these fills."""
    total = str(sum(Decimal(it["baseVolume"]) for it in rows))
    answers = {LOOK[True]: good(contract_row(LONG, baseVolume=total, **changed))}
    report, _ = looked_up(LONG, answers | {FILLS[True]: filled(*rows)})
    assert report.execution is not None
    execution: Execution = report.execution
    return execution


def test_fills_are_summed_and_each_counts_once() -> None:
    one, other = contract_fill("0.002", "100"), contract_fill("0.003", "200", tradeId="10")
    other["cTime"] = str(NOW + 9)

    execution = executed(one, other)

    assert execution == Execution(Decimal("0.005"), Decimal(160), Decimal("0.6"), NOW + 9)
    with pytest.raises(Unavailable, match=r"`baseVolume` is 0\.004, not 0\.002"):
        executed(contract_fill("0.002"), contract_fill("0.002"))


@pytest.mark.parametrize(
    "changed",
    [
        {"baseVolume": "0.001"},
        {"baseVolume": "0"},
        {"price": "0"},
        {"price": None},
        {"orderId": "29"},
        {"symbol": "ETHUSDT"},
        {"tradeId": None},
        {"cTime": "soon"},
        {"feeDetail": None},
        {"feeDetail": [{"feeCoin": "USDT", "totalFee": "-0.3"}]},
        {"feeDetail": [{"deduction": "no", "feeCoin": "USDT", "totalFee": "low"}]},
        {"feeDetail": "0.3"},
    ],
)
def test_fills_that_do_not_tell_what_was_executed_are_not_understood(
    changed: dict[str, Any],
) -> None:
    answers = {LOOK[True]: good(contract_row(LONG))}
    answers |= {FILLS[True]: filled(contract_fill("0.00500") | changed)}

    with pytest.raises(Unavailable, match=r"(the|its) fills unclearly"):
        looked_up(LONG, answers)


def fee(coin: str, total: str = "-0.3", deduction: str = "no") -> dict[str, str]:
    return {"deduction": deduction, "feeCoin": coin, "totalDeductionFee": "", "totalFee": total}


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        (fee("BGB"), "fees in BGB; have them taken in USDT: switch deductions off"),
        (fee("BGB", deduction="yes"), "fees in BGB; have them taken in USDT"),
        (fee("BTC"), "fees in BTC; have them taken in USDT"),
        (fee("USDT", deduction="yes"), "fees paid in part by a coupon; switch deductions off"),
    ],
)
def test_fees_in_a_third_currency_halt(paid: dict[str, str], words: str) -> None:
    with pytest.raises(Halt, match=words):
        executed(contract_fill("0.005", feeDetail=[paid]))


def test_a_rebate_is_a_fee_below_zero_and_a_third_currency_that_took_nothing_is_fine() -> None:
    assert executed(contract_fill("0.005", feeDetail=[fee("USDT", "0.1")])).fee == Decimal("-0.1")
    assert executed(contract_fill("0.005", feeDetail=[fee("BGB", "0")])).fee == 0


def test_a_buy_on_spot_pays_in_what_it_bought_and_counts_whole_steps() -> None:
    """The quantity is what arrived, once the market's steps are known; the fee is its worth."""
    bought = fill("0.02", "100", feeDetail=fee("BTC", "-0.00002"))
    answers = {
        LOOK[False]: good([row(SPEND)]),
        FILLS[False]: good([bought]),
        "GET /api/v2/spot/public/symbols": good([symbol_row(quantityPrecision="4")]),
    }

    async def act(client: Any) -> Any:
        before = await client.order(SPEND)
        await client.market("BTC/USDT")
        return before, await client.order(SPEND)

    (before, after), _ = ask(act, answers, exchange="bitget")

    assert before.execution == Execution(
        Decimal("0.01998"), Decimal(100), Decimal("0.002"), NOW + 7
    )
    assert after.execution.quantity == Decimal("0.0199")


def test_what_has_not_bought_a_step_yet_has_bought_nothing() -> None:
    told = row(SPEND, status="partially_filled", baseVolume="0.00004")
    bought = fill("0.00004", "100", feeDetail=fee("BTC", "-0.00001"))
    answers = {
        LOOK[False]: good([told]),
        FILLS[False]: good([bought]),
        "GET /api/v2/spot/public/symbols": good([symbol_row(quantityPrecision="4")]),
    }

    async def act(client: Any) -> Any:
        await client.market("BTC/USDT")
        return await client.order(SPEND)

    report, _ = ask(act, answers, exchange="bitget")

    assert (report.state, report.execution) == (S.ACCEPTED, None)


def test_fills_are_read_page_by_page() -> None:
    rows = [fill("0.001", tradeId=str(n)) for n in range(300, 199, -1)]
    told = row(EXIT, size="0.101", baseVolume="0.101")
    answers = {LOOK[False]: good([told]), FILLS[False]: [good(rows[:100]), good(rows[100:])]}

    report, exchange = looked_up(replace(EXIT, quantity=Decimal("0.101")), answers)

    assert report.execution.quantity == Decimal("0.101")
    assert exchange.sent[-1].parameters["idLessThan"] == "201"


# What the exchange itself closed.


@pytest.mark.parametrize(
    "way",
    [
        {"tradeSide": "burst_sell_single"},
        {"tradeSide": "reduce_sell_single"},
        {"tradeSide": "dte_sys_adl_sell_in_single_side_mode"},
        {"orderSource": "liquidation"},
    ],
)
def test_what_the_exchange_closed_is_told_apart_from_what_was_ordered(
    way: dict[str, str],
) -> None:
    closed = contract_row(CLOSE, clientOid="99", orderId="99", **way)
    answers = {OLD[True]: listed(closed, contract_row(LONG))}
    answers |= {FILLS[True]: filled(contract_fill("0.00500", orderId="99"))}

    reports, exchange = at_bitget(
        lambda client: client.liquidations(PERP, 5), answers, symbols=(PERP,)
    )

    assert [(it.exchange_order_id, it.side) for it in reports] == [("99", Side.SELL)]
    assert exchange.sent[0].parameters["startTime"] == "5"


def test_spot_has_no_liquidations() -> None:
    assert at_bitget(lambda client: client.liquidations("BTC/USDT", 5), {})[0] == []
