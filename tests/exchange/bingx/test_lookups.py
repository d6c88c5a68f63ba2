"""Orders at BingX looked up: by our id, in lists, with what they have traded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState, Side
from tests.exchange.asked import ENTRY, EXIT, LIMIT, LONG, PERP, PERP_LIMIT
from tests.exchange.bingx.room import asked
from tests.exchange.bingx.told import (
    FORCED,
    LOOK,
    NUMBER,
    ORDERS,
    PAST,
    RESTING,
    about,
    bad,
    is_contract,
    nowhere,
    orders,
    pair,
    row,
)
from tests.exchange.scripted import NOW, Reply, Scripted

HOUR, DAY = 3_600_000, 86_400_000
BOTH = pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT], ids=["spot", "contract"])


def ordered(
    request: OrderRequest, answers: dict[str, Any], now_ms: int = NOW
) -> tuple[OrderReport | None, Scripted]:
    found, exchange = asked(
        lambda client: client.order(request), answers, (request.symbol,), now_ms
    )
    return found, exchange


def sought(
    request: OrderRequest, answers: dict[str, Any], now_ms: int = NOW
) -> tuple[OrderReport | None, Scripted]:
    found, exchange = asked(
        lambda client: client.find(request, request.decided_at),
        answers,
        (request.symbol,),
        now_ms,
    )
    return found, exchange


#: What BingX calls a state, what was filled, ours.
STATES = [
    ("NEW", "0", OrderState.ACCEPTED),
    ("PENDING", "0", OrderState.ACCEPTED),
    ("PENDING", "0.001", OrderState.PARTIALLY_FILLED),
    ("PARTIALLY_FILLED", "0.001", OrderState.PARTIALLY_FILLED),
    ("PARTIALLYFILLED", "0.001", OrderState.PARTIALLY_FILLED),
    ("FILLED", "0.00500", OrderState.FILLED),
    ("CANCELED", "0", OrderState.CANCELED),
    ("CANCELLED", "0.001", OrderState.CANCELED),
    ("EXPIRED", "0", OrderState.EXPIRED),
    ("FAILED", "0", OrderState.REJECTED),
    ("FAILED", "0.001", OrderState.CANCELED),
]


@BOTH
@pytest.mark.parametrize(("word", "filled", "state"), STATES)
def test_every_state_has_one_of_ours(
    request_: OrderRequest, word: str, filled: str, state: OrderState
) -> None:
    traded = {"executedQty": filled, "cummulativeQuoteQty": "300", "avgPrice": "60000"}
    changed = traded | {"commission": "-0.1", "fee": "-0.1", "status": word}

    found, _ = ordered(request_, {LOOK[is_contract(request_)]: about(request_, **changed)})

    assert found is not None
    assert found.state is state
    assert (found.execution is not None) is (Decimal(filled) > 0)


@BOTH
@pytest.mark.parametrize(
    "changed",
    [
        {"status": "PARTIALLY_FILLED", "executedQty": "0"},
        {"status": "FILLED", "executedQty": "0"},
        {"status": "PENDING", "executedQty": "-1"},
        {"status": "PENDING", "executedQty": "much"},
        {"status": "PENDING", "executedQty": "NaN"},
        {"status": "TRIGGERED"},
        {"side": "Bid"},
        {"orderId": "none"},
        {"orderId": True},
        {"symbol": "BTC-USDC"},
    ],
)
def test_a_row_that_is_not_as_documented_is_not_read(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        ordered(request_, {LOOK[is_contract(request_)]: about(request_, **changed)})


def test_a_buy_pays_its_fee_in_what_it_bought() -> None:
    market = Reply({"code": 0, "data": {"symbols": [pair()]}})
    changed = {"fee": "-0.00000500", "feeAsset": "BTC"}

    async def question(client: Any) -> Any:
        plain = await client.order(ENTRY)
        await client.market("BTC/USDT")
        return plain.execution, (await client.order(ENTRY)).execution

    answers = {LOOK[False]: about(ENTRY, **changed)}
    (plain, stepped), _ = asked(question, answers | {"GET /openApi/spot/v1/common/symbols": market})

    fee = Decimal("0.3000005")
    assert plain == Execution(Decimal("0.00499500"), Decimal("60000.1"), fee, NOW + 7)
    assert stepped == Execution(Decimal("0.00499"), Decimal("60000.1"), fee, NOW + 7)


def test_the_noise_of_doubles_is_left_out_of_a_price() -> None:
    changed = {"cummulativeQuoteQty": "300.00050000000005"}

    found, _ = ordered(EXIT, {LOOK[False]: about(EXIT, **changed)})

    assert found is not None
    assert found.execution is not None
    assert found.execution.price == Decimal("60000.1")


@pytest.mark.parametrize("request_", [ENTRY, EXIT], ids=["buy", "sell"])
def test_a_fee_in_a_third_currency_halts(request_: OrderRequest) -> None:
    with pytest.raises(Halt, match="fees in BGB; have them taken in USDT"):
        ordered(request_, {LOOK[False]: about(request_, feeAsset="BGB")})


def test_a_sale_that_pays_in_what_it_sold_halts() -> None:
    with pytest.raises(Halt, match="fees in BTC"):
        ordered(EXIT, {LOOK[False]: about(EXIT, feeAsset="BTC")})


@BOTH
@pytest.mark.parametrize("code", [109421, 80016, 100404])
def test_an_order_that_does_not_exist_is_none(request_: OrderRequest, code: int) -> None:
    found, exchange = ordered(request_, {LOOK[is_contract(request_)]: bad(code, "not exist")})

    assert found is None
    assert len(exchange.sent) == 1


@BOTH
@pytest.mark.parametrize(
    "answer",
    [
        bad(100500, "busy"),
        bad(100410, "rate limitation"),
        bad(109400, "invalid parameters"),
        bad(109421, "not exist", 502),
        Reply("<html>"),
        Reply({"code": 0}),
        Reply({"code": 0, "data": None}),
        Reply({"code": 0, "data": []}),
        Reply(act="drop"),
    ],
)
def test_an_unclear_answer_is_not_taken_for_none(request_: OrderRequest, answer: Reply) -> None:
    with pytest.raises(Unavailable):
        ordered(request_, {LOOK[is_contract(request_)]: answer})


def test_an_old_order_of_spot_is_looked_for_in_the_lists() -> None:
    """BingX knows it by our id for two hours only."""
    answers = nowhere(LIMIT) | {RESTING[False]: orders(row(LIMIT))}

    young, _ = ordered(LIMIT, answers, NOW + HOUR // 2)
    old, exchange = ordered(LIMIT, answers, NOW + 3 * HOUR)

    assert young is None
    assert old is not None
    assert old.state is OrderState.ACCEPTED
    assert exchange.paths[:2] == [LOOK[False], RESTING[False]]


def test_an_old_order_that_no_list_has_is_none() -> None:
    assert ordered(LIMIT, nowhere(LIMIT), NOW + 3 * HOUR)[0] is None


@BOTH
@pytest.mark.parametrize("place", ["resting", "past"])
def test_an_order_is_found_without_the_question_about_its_id(
    request_: OrderRequest, place: str
) -> None:
    kind = is_contract(request_)
    other = row(request_, orderId=5, clientOrderID="x" * 32, clientOrderId="x" * 32)
    where = RESTING[kind] if place == "resting" else PAST[kind]
    answers = {RESTING[kind]: orders(), PAST[kind]: orders()} | {
        where: orders(other, row(request_))
    }

    found, exchange = sought(request_, answers)

    assert found is not None
    assert found.exchange_order_id == str(NUMBER)
    assert LOOK[kind] not in exchange.paths


@BOTH
def test_an_order_that_no_list_has_is_not_found(request_: OrderRequest) -> None:
    assert sought(request_, nowhere(request_))[0] is None


@BOTH
def test_lists_may_be_told_as_null(request_: OrderRequest) -> None:
    kind, nothing = is_contract(request_), {"code": 0, "data": {"orders": None}}

    assert sought(request_, {RESTING[kind]: nothing, PAST[kind]: nothing})[0] is None


@BOTH
def test_a_twin_without_an_id_halts(request_: OrderRequest) -> None:
    """An id that was not taken would else prove that the order never arrived."""
    kind = is_contract(request_)
    nameless = {"clientOrderID": "", "clientOrderId": ""}

    with pytest.raises(Halt, match="took without the id"):
        sought(request_, nowhere(request_) | {PAST[kind]: orders(row(request_, **nameless))})


@BOTH
@pytest.mark.parametrize(
    "changed",
    [
        {"origQty": "0.006"},
        {"side": "SELL"},
        {"price": "64000.13"},
        {"type": "STOP_MARKET"},
        {"time": NOW - HOUR},
        {"status": "FAILED"},
    ],
)
def test_what_is_no_twin_does_not_halt(request_: OrderRequest, changed: dict[str, Any]) -> None:
    kind = is_contract(request_)
    other = {"clientOrderID": "", "clientOrderId": ""} | changed

    found, _ = sought(request_, nowhere(request_) | {PAST[kind]: orders(row(request_, **other))})

    assert found is None


def test_a_list_that_does_not_tell_whose_an_order_is_proves_nothing() -> None:
    told = row(LIMIT)
    del told["clientOrderID"]

    with pytest.raises(Unavailable, match="does not tell whose it is"):
        sought(LIMIT, nowhere(LIMIT) | {PAST[False]: orders(told)})


@BOTH
def test_lists_are_asked_for_week_by_week(request_: OrderRequest) -> None:
    kind, old = is_contract(request_), replace(request_, decided_at=NOW - 20 * DAY)

    _, exchange = sought(old, nowhere(request_))

    spans = [it.parameters for it in exchange.sent if f"{it.method} {it.path}" == PAST[kind]]
    starts = [int(it["startTime"]) + 1 for it in spans]
    ends = [int(it["endTime"]) for it in spans]
    assert starts == [old.decided_at, *(end + 1 for end in ends[:-1])]
    assert ends[-1] > NOW
    assert all(end - start < 7 * DAY for start, end in zip(starts, ends, strict=True))


def test_a_full_list_is_asked_for_in_smaller_parts() -> None:
    crowd = [row(LIMIT, orderId=i, clientOrderID=f"{i:032}") for i in range(1, 101)]
    answers = nowhere(LIMIT) | {PAST[False]: [orders(*crowd), orders(), orders(row(LIMIT))]}

    found, exchange = sought(LIMIT, answers, NOW + HOUR)

    assert found is not None
    assert exchange.paths.count(PAST[False]) == 3


def test_a_list_that_is_full_for_a_millisecond_is_given_up() -> None:
    crowd = [row(LIMIT, orderId=i, clientOrderID=f"{i:032}") for i in range(1, 101)]

    with pytest.raises(Unavailable, match="without an end"):
        sought(LIMIT, nowhere(LIMIT) | {PAST[False]: orders(*crowd)})


def test_an_order_of_a_list_without_its_fee_is_asked_for_by_its_number() -> None:
    listed = row(EXIT)
    del listed["feeAsset"]
    answers = nowhere(EXIT) | {PAST[False]: orders(listed), LOOK[False]: about(EXIT)}

    found, exchange = sought(EXIT, answers)

    assert found is not None
    assert found.execution is not None
    assert found.execution.fee == Decimal("0.3")
    assert exchange.sent[-1].parameters["orderId"] == str(NUMBER)


@pytest.mark.parametrize("changed", [{"orderId": 5}, {"clientOrderID": "x" * 32}])
def test_another_order_under_that_number_is_not_taken_for_it(changed: dict[str, Any]) -> None:
    listed = row(EXIT)
    del listed["feeAsset"]
    answers = nowhere(EXIT) | {PAST[False]: orders(listed), LOOK[False]: about(EXIT, **changed)}

    with pytest.raises(Unavailable, match="another order"):
        sought(EXIT, answers)


@pytest.mark.parametrize("case", ["limit", "perp limit"])
def test_all_that_rests_is_told_whoever_placed_it(case: str) -> None:
    request = ORDERS[case]
    kind = is_contract(request)
    by_hand = row(request, orderId=5, clientOrderID="", clientOrderId="", type="TAKE_STOP_MARKET")

    found, _ = asked(
        lambda client: client.open_orders(request.symbol),
        {RESTING[kind]: orders(row(request), by_hand, row(request))},
        (request.symbol,),
    )

    assert [it.client_order_id for it in found] == [request.client_order_id, "5"]


def test_orders_by_which_bingx_closed_a_position_are_told_oldest_first() -> None:
    late = row(LONG, orderId=7, clientOrderId="", side="SELL", updateTime=NOW + 9)
    early = row(LONG, orderId=6, clientOrderId="", side="SELL", type="LIMIT")

    found, exchange = asked(
        lambda client: client.liquidations(PERP, NOW - DAY), {FORCED: orders(late, early)}, (PERP,)
    )

    assert [(it.client_order_id, it.side, it.state) for it in found] == [
        ("6", Side.SELL, OrderState.FILLED),
        ("7", Side.SELL, OrderState.FILLED),
    ]
    assert found[0].execution == Execution(
        Decimal("0.00500"), Decimal("60000.1"), Decimal("0.15"), NOW + 7
    )
    assert "autoCloseType" not in exchange.sent[0].parameters
