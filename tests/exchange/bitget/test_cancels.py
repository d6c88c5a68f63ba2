"""Cancellations at Bitget, and what goes with every write."""

from __future__ import annotations

from typing import Any

import pytest

from runner.model.accounts import Venue
from runner.model.orders import (
    Accepted,
    OrderRequest,
    OrderState,
    Rejected,
    Unknown,
)
from tests.exchange.asked import (
    EXIT,
    LIMIT,
    PERP_LIMIT,
    PERP_STOP,
    SPEND,
)
from tests.exchange.bitget.answers import (
    CANCEL_STOP,
    LOOK,
    OLD_STOPS,
    STOPS,
    after,
    cancel,
    contract_row,
    good,
    listed,
    no,
    row,
    stop_row,
    submit,
    taken,
    written,
)
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.bitget.test_writes import MARGIN

CANCELED: dict[str, tuple[OrderRequest, str, dict[str, Any]]] = {
    "spot": (LIMIT, "/api/v2/spot/trade/cancel-order", {"clientOid": LIMIT.client_order_id}),
    "perp": (PERP_LIMIT, "/api/v2/mix/order/cancel-order",
        {"clientOid": PERP_LIMIT.client_order_id} | MARGIN),
    "stop": (PERP_STOP, "/api/v2/mix/order/cancel-plan-order",
        {"orderIdList": [{"clientOid": PERP_STOP.client_order_id}], "planType": "loss_plan"}
        | MARGIN),
}  # fmt: skip


def canceled(request: OrderRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer to a cancellation, and what is told of the order afterwards."""
    contract = ":" in request.symbol
    if request is PERP_STOP:
        success = [{"orderId": "77", "clientOid": request.client_order_id}]
        told = listed(stop_row(request, planStatus="cancelled"))
        return good({"successList": success, "failureList": []}), {
            STOPS: listed(),
            OLD_STOPS: told,
        }
    ended = (
        contract_row(request, state="canceled") if contract else row(request, status="cancelled")
    )
    return taken(request), {LOOK[contract]: good(ended if contract else [ended])}


@pytest.mark.parametrize(("request_", "path", "said"), CANCELED.values(), ids=CANCELED)
def test_a_cancellation_names_one_order_and_reports_what_became_of_it(
    request_: OrderRequest, path: str, said: dict[str, Any]
) -> None:
    answer, more = canceled(request_)

    outcome, exchange = cancel(request_, answer, more)

    [sent] = [it for it in exchange.sent if it.method == "POST"]
    assert (sent.path, sent.parameters) == (path, said | {"symbol": "BTCUSDT"})
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT, PERP_STOP])
def test_an_order_that_goes_on_after_its_cancellation_is_unknown(request_: OrderRequest) -> None:
    answer, _ = canceled(request_)

    outcome, _ = cancel(request_, answer, after(request_))

    assert outcome == Unknown("canceled, but it goes on so far")


@pytest.mark.parametrize(
    "data",
    [
        {"successList": [], "failureList": [{"orderId": "77", "errorMsg": "notExistend"}]},
        {"successList": [], "failureList": []},
        {"successList": [{"orderId": "77", "clientOid": "0" * 32}], "failureList": []},
        {"successList": [{"orderId": "1"}, {"orderId": "2"}], "failureList": []},
        {"successList": [{"orderId": "77"}], "failureList": [{"orderId": "77"}]},
        None,
    ],
)
def test_a_stop_that_is_not_the_one_that_was_canceled_is_unknown(data: Any) -> None:
    _, more = canceled(PERP_STOP)

    outcome, exchange = cancel(PERP_STOP, good(data), more)

    assert isinstance(outcome, Unknown)
    assert written(exchange) == [CANCEL_STOP]


@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT, PERP_STOP])
@pytest.mark.parametrize("code", ["43001", "43004", "40768", "45057", "43025"])
def test_an_order_that_is_not_there_is_not_canceled(request_: OrderRequest, code: str) -> None:
    outcome, _ = cancel(request_, no(code, "Gone."))

    assert outcome == Rejected(code, "Gone.")


@pytest.mark.parametrize(("venue", "mark"), [(Venue.LIVE, None), (Venue.DEMO, "1")])
def test_every_request_of_a_demo_key_says_so_and_none_of_a_live_one(
    venue: Venue, mark: str | None
) -> None:
    _, exchange = submit(PERP_LIMIT, taken(PERP_LIMIT), after(PERP_LIMIT), venue=venue)

    assert len(exchange.sent) == 2
    assert {it.headers.get("PAPTRADING") for it in exchange.sent} == {mark}


@pytest.mark.parametrize("request_", [SPEND, EXIT, PERP_LIMIT, PERP_STOP])
def test_an_order_is_admitted_by_what_it_will_be_sent_as(request_: OrderRequest) -> None:
    """Nothing leaves by it; without a budget nothing waits."""
    said, exchange = at_bitget(
        lambda client: client.admit((request_,)), {}, symbols=(request_.symbol,)
    )

    assert (said, exchange.sent) == ("", [])
