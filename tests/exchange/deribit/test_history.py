"""Orders of Deribit found in the lists of all orders, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from runner.model.errors import Unavailable
from runner.model.orders import OrderState
from tests.exchange.deribit.room import asked
from tests.exchange.deribit.seeking import NOWHERE, find
from tests.exchange.deribit.told import (
    ENDED,
    FILLS,
    LIMIT,
    STOP,
    STOP_NUMBER,
    STOPS,
    TARGET,
    fill,
    ok,
    row,
)
from tests.exchange.scripted import NOW


def entry(state: str, **changed: Any) -> dict[str, Any]:
    """A stop among those that ended."""
    told: dict[str, Any] = {
        "order_id": STOP_NUMBER,
        "order_state": state,
        "label": STOP.client_order_id,
    }
    told |= {"instrument_name": "BTC_USDC", "direction": "sell", "amount": 0.005, "timestamp": NOW}
    return told | changed


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("cancelled", OrderState.CANCELED),
        ("rejected:reduce_direction", OrderState.EXPIRED),
        ("rejected", OrderState.EXPIRED),
        ("triggered", None),
    ],
)
def test_a_stop_that_ended_is_found_in_their_own_list(
    state: str, expected: OrderState | None
) -> None:
    report = find(STOP, {STOPS: [ok({"entries": []}), ok({"entries": [entry(state)]})]})

    assert (report and report.state) == expected


def test_a_stop_of_another_name_is_not_ours() -> None:
    assert find(STOP, {STOPS: ok({"entries": [entry("cancelled", label="0" * 32)]})}) is None


def stops(at_ms: int, following: str, *more: dict[str, Any]) -> Any:
    """A full page of stops of other names."""
    rows = [entry("cancelled", label=f"{n:032}", timestamp=at_ms) for n in range(1000 - len(more))]
    return ok({"entries": [*rows, *more], "continuation": following})


def test_stops_that_ended_are_told_page_by_page() -> None:
    ours = entry("cancelled", trigger_order_id=STOP_NUMBER, order_id="")
    answers = {STOPS: [stops(NOW, "a"), stops(NOW, "b", ours)]}

    report, exchange = asked(lambda it: it.find(STOP, NOW - 60_000), NOWHERE | answers)

    assert (report.exchange_order_id, report.state) == (STOP_NUMBER, OrderState.CANCELED)
    asked_for = [it.parameters.get("continuation") for it in exchange.sent if STOPS in it.path]
    assert asked_for == [None, "a"]


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ([stops(NOW - 60_001, "a")], 1),  # latest first: what follows is older still
        ([stops(NOW, "a"), stops(NOW, "a")], 2),  # the same page again
        ([stops(NOW, "")], 1),
        ([stops(NOW, "a"), ok({"entries": [], "continuation": "b"})], 2),
        ([stops(NOW - 70_000, "a", entry("cancelled", label="", timestamp=NOW - 60_001)),
          stops(NOW, "")], 2),
    ],
    ids=["old", "again", "the last", "empty", "oldest first"],
)  # fmt: skip
def test_stops_are_asked_for_as_far_back_as_needed(pages: list[Any], count: int) -> None:
    last = [ok({"entries": []})]

    report, exchange = asked(
        lambda it: it.find(STOP, NOW - 60_000), NOWHERE | {STOPS: pages + last}
    )

    currencies = [it.parameters["currency"] for it in exchange.sent if STOPS in it.path]
    assert report is None
    assert currencies == ["USDC"] * count + ["BTC"]


def test_all_orders_are_those_that_rest_of_late_and_of_old() -> None:
    old = row(TARGET, order_state="filled", filled_amount=0.005)
    answers = NOWHERE | {ENDED: [ok([]), ok([old])], FILLS: ok([fill(TARGET, 0.005)])}

    report, exchange = asked(lambda client: client.find(TARGET, NOW - 60_000), answers)

    assert report.state is OrderState.FILLED
    assert [it.path.rpartition("/")[2] for it in exchange.sent][:3] == [
        "get_open_orders_by_instrument",
        "get_order_history_by_instrument",
        "get_order_history_by_instrument",
    ]
    assert [it.parameters.get("historical") for it in exchange.sent[1:3]] == ["false", "true"]
    assert all(it.parameters.get("include_unfilled") == "true" for it in exchange.sent[1:3])


def page(*at_ms: int) -> Any:
    """A full page of canceled orders, the first of them created then."""
    times = [*at_ms, *(at_ms[-1] for _ in range(1000 - len(at_ms)))]
    rows = [
        row(LIMIT, label="", order_id=f"X-{at_ms}-{n}", order_state="cancelled",
            creation_timestamp=at)
        for n, at in enumerate(times)
    ]  # fmt: skip
    return ok(rows)


@pytest.mark.parametrize(
    ("pages", "offsets"),
    [
        ([page(NOW), page(NOW - 60_001)], ["0", "1000", "0"]),
        ([page(NOW, NOW - 60_001), ok([])], ["0", "1000", "0"]),
        ([page(NOW - 60_002, NOW - 60_001), page(NOW), ok([])], ["0", "1000", "2000", "0"]),
    ],
    ids=["old", "old in part", "oldest first"],
)
def test_orders_are_asked_for_as_far_back_as_needed(pages: list[Any], offsets: list[str]) -> None:
    report, exchange = asked(
        lambda client: client.find(LIMIT, NOW - 60_000), NOWHERE | {ENDED: [*pages, ok([])]}
    )

    assert report is None
    assert [it.parameters.get("offset") for it in exchange.sent[1:]] == offsets


def test_pages_that_do_not_go_on_prove_nothing() -> None:
    with pytest.raises(Unavailable, match="the same orders again and again"):
        find(LIMIT, {ENDED: page(NOW)})
