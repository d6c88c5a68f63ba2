"""What was done with each key, in numbers, and what is odd about it."""

from __future__ import annotations

from typing import Any

from runner.model.clock import iso
from runner.report.keyuse import document_of, lines_of, uses_of

MONDAY = 1_767_571_200_000  # 2026-01-05T00:00Z
HOUR, DAY = 3_600_000, 86_400_000


def a_line(at_ms: int = MONDAY, **changes: Any) -> dict[str, Any]:
    """A reading."""
    known = {
        "account": "main",
        "at": iso(at_ms),
        "client_order_ids": [],
        "code": "",
        "environment": "live",
        "exchange": "binance",
        "exchange_order_ids": [],
        "foreign": [],
        "key": "k1",
        "latency_ms": 10,
        "market": "BTC/USDT",
        "outcome": "answered",
        "status": 200,
        "type": "call",
        "verb": "read",
        "weight": {},
    }
    return known | changes


def a_submit(name: str, outcome: str = "accepted", **changes: Any) -> dict[str, Any]:
    told = {"verb": "submit", "client_order_ids": [name], "outcome": outcome}
    return a_line(**(told | changes))


def reported(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    return [document_of(use) for use in uses_of(lines)]


def test_calls_orders_errors_and_limits_are_counted_by_key() -> None:
    one, other = reported(
        a_submit("a"),
        a_submit("b", "rejected", code="-2010", status=400),
        a_submit("c", "unknown", status=None, at_ms=MONDAY + HOUR),
        a_line(status=502, outcome="failed", weight={"x-mbx-used-weight-1m": 40}),
        a_line(weight={"x-mbx-used-weight-1m": 12}, environment="testnet"),
        a_line(key="k2", account="second"),
        {"type": "gap", "at": iso(MONDAY)},
    )

    assert other["key"] == "k2"
    assert other["accounts"] == [{"environment": "live", "account": "second"}]
    assert one["accounts"] == [
        {"environment": "live", "account": "main"},
        {"environment": "testnet", "account": "main"},
    ]
    assert one["calls"] == {"read": 2, "submit": 3}
    assert one["outcomes"] == {
        "accepted": 1,
        "answered": 1,
        "failed": 1,
        "rejected": 1,
        "unknown": 1,
    }
    assert one["orders"] == {"accepted": 1, "rejected": 1, "unknown": 1}
    assert one["errors"] == {"-2010": 1, "HTTP 502": 1, "no answer": 1}
    assert one["weight"] == {"x-mbx-used-weight-1m": 40}
    assert (one["first"], one["last"]) == ("2026-01-05T00:00:00Z", "2026-01-05T01:00:00Z")


def test_latency_is_that_of_so_many_of_a_hundred_calls() -> None:
    (use,) = uses_of(a_line(latency_ms=number) for number in range(1, 201))

    assert (use.latency(50), use.latency(99)) == (100, 198)
    (single,) = uses_of([a_line(latency_ms=7)])
    assert (single.latency(50), single.latency(99)) == (7, 7)


def test_an_hour_of_the_day_is_unusual_when_a_week_has_passed_without_it() -> None:
    daily = [a_line(MONDAY + day * DAY + 8 * HOUR) for day in range(9)]
    early = a_line(MONDAY + 2 * DAY + 3 * HOUR)  # in the first week: it belongs to the history
    odd = [a_line(MONDAY + 8 * DAY + 22 * HOUR + minute * 60_000) for minute in range(3)]
    again = a_line(MONDAY + 9 * DAY + 22 * HOUR)

    (use,) = reported(*daily, again, early, *odd, a_line(MONDAY + 9 * DAY + 3 * HOUR))

    assert use["unusual_hours"] == [{"hour": "2026-01-13T22:00:00Z", "calls": 3}]


def test_orders_that_no_log_has_sent_are_listed_and_no_others() -> None:
    (use,) = reported(
        a_line(foreign=[["web_1", "9"], ["of-another-file", "10"], ["became", "11"]]),
        a_line(MONDAY + HOUR, foreign=[["web_1", "9"]]),
        a_submit("of-another-file"),
        a_submit("stop", exchange_order_ids=["12", "11"]),
    )

    assert use["foreign_orders"] == [
        {
            "client_order_id": "web_1",
            "exchange_order_id": "9",
            "market": "BTC/USDT",
            "first_seen": "2026-01-05T00:00:00Z",
        }
    ]


def test_a_person_reads_the_same() -> None:
    lines = [
        *[a_line(MONDAY + day * DAY) for day in range(9)],
        a_submit("a", at_ms=MONDAY + 8 * DAY + 5 * HOUR, weight={"used": 1200}),
        a_line(MONDAY, foreign=[["web_1", "9"]], status=400, code="-1021", outcome="rejected"),
    ]

    (use,) = uses_of(lines)

    assert list(lines_of(use)) == [
        "key k1 at binance: live, account main",
        "  time      2026-01-05T00:00:00Z to 2026-01-13T05:00:00Z",
        "  calls     11: 10 read, 1 submit",
        "  outcomes  11: 9 answered, 1 accepted, 1 rejected",
        "  orders    1: 1 accepted",
        "  errors    1: 1 -1021",
        "  weight    at most 1,200 of used",
        "  latency   p50 10 ms, p99 10 ms",
        "  unusual   2026-01-13T05:00:00Z: 1 calls at an hour of the day unused before",
        "  foreign   order 9 (web_1) of BTC/USDT, first seen 2026-01-05T00:00:00Z",
    ]


def test_a_key_that_sent_nothing_and_met_no_error_says_so() -> None:
    (use,) = uses_of([a_line()])

    assert "  orders    none sent" in list(lines_of(use))
    assert "  errors    none" in list(lines_of(use))
