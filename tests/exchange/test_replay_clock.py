"""Where the simulated clock stops, and in which order bars are played; a death shows not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.replay.acceptance import cancel, rest, rest_pair, trade
from runner.exchange.replay.orders import Kind, Status, Ticket
from runner.exchange.replay.refusal import Refusal
from tests.exchange.loopback import HOUR, START, Room, limit, market, stop

ETH = "ETHUSDT"
WITHIN_THIRD = (3 * HOUR - 1) / HOUR


def of_eth(ticket: Ticket) -> Ticket:
    return replace(ticket, symbol=ETH, client_order_id=f"eth-{ticket.client_order_id}")


def a_stop(quantity: float, price: float, name: str) -> Ticket:
    return stop("SELL", quantity, price, name, reduces=True)


def a_target(quantity: float, price: float, name: str) -> Ticket:
    return replace(limit("SELL", quantity, price, name, reduces=True), kind=Kind.LIMIT_MAKER)


def test_the_clock_stops_at_every_close_of_any_symbol(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 - - 100", "- 50 50 - 50")

    stops = [room.advance() for _ in range(5)]

    assert stops == [(1.0, False), (2.0, False), (3.0, False), (5.0, False), (5.0, False)]
    assert room.venue.timeline.step == 4  # the end moves no more


def test_symbols_are_played_in_file_order(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 100:101:90:100 100", "50 50 50:51:45:50 50")
    room.advance()
    rest(room.venue, of_eth(limit("BUY", 1.0, 48.0, "second")))
    rest(room.venue, limit("BUY", 1.0, 95.0, "first"))
    room.advance()

    stops = [room.advance() for _ in range(3)]

    assert stops == [(WITHIN_THIRD, True), (WITHIN_THIRD, True), (3.0, False)]
    assert [name for name, _, _ in room.fills()] == ["first", "eth-second"]


@pytest.mark.parametrize(
    ("series", "fills", "at"),
    [("100 100 110 110", [("in", 100.0, 1.0)], 1), ("100 - - 110 110", [], 1)],
)
def test_a_market_order_fills_at_once_where_a_bar_opens_now(
    series: str, fills: list[Any], at: int, tmp_path: Path
) -> None:
    room = Room(tmp_path, series)
    room.advance()

    order = trade(room.venue, market("BUY", 1.0, "in"))

    assert room.fills() == fills
    assert order.status == (Status.FILLED if fills else Status.NEW)
    assert order.created_at == START + at * HOUR


def test_market_orders_wait_for_their_bar_and_are_protected_within_it(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 - 110:111:90:100 100", "50 50 50 50", slippage="0.01")
    room.advance()
    trade(room.venue, market("BUY", 1.0, "in"))
    assert room.advance() == (2.0, False)  # a bar of the other symbol alone
    assert room.venue.resting[0].status is Status.NEW

    assert room.advance() == (WITHIN_THIRD, True)

    assert room.fills() == [("in", 110.0 * 1.01, 1.0)]
    assert room.venue.ledger.everything()["fills"][0]["at_ms"] == START + 2 * HOUR
    rest(room.venue, a_stop(1.0, 105.0, "guard"))
    assert room.advance() == (3.0, False)
    assert room.fills()[1:] == [("guard", 105.0, 1.0)]


def test_waiting_orders_that_reduce_come_first(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 - 100 100", "50 50 - 50 50")
    room.advance()
    trade(room.venue, market("BUY", 9.0, "in"))
    room.advance()
    trade(room.venue, of_eth(market("BUY", 15.0, "entry")))  # paid with what is sold
    trade(room.venue, market("SELL", 9.0, "out", reduces=True))

    room.advance()

    assert [name for name, _, _ in room.fills()] == ["in", "out", "eth-entry"]


def test_a_waiting_order_that_cannot_be_paid_expires(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 - 300 300")
    room.advance()
    trade(room.venue, market("BUY", 5.0, "in"))

    assert room.advance() == (3.0, False)
    assert room.status("in") == Status.EXPIRED


def test_a_waiting_sale_holds_what_it_sells(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 - 100")
    room.advance()
    trade(room.venue, market("BUY", 1.0, "in"))
    room.advance()
    order = trade(room.venue, market("SELL", 1.0, "out", reduces=True))

    with pytest.raises(Refusal, match="insufficient balance"):
        trade(room.venue, market("SELL", 1.0, "again", reduces=True))
    cancel(room.venue, order)

    assert room.status("out") == Status.CANCELED


def test_after_a_resting_entry_stops_take_part_in_that_bar_and_limits_do_not(
    tmp_path: Path,
) -> None:
    room = Room(tmp_path, "100 100:120:90:100 100:120:99:100 100")
    room.advance()
    rest(room.venue, limit("BUY", 1.0, 95.0, "in"))
    assert room.advance() == ((2 * HOUR - 1) / HOUR, True)
    rest(room.venue, limit("BUY", 1.0, 92.0, "safety"))  # the bar went there, before it was placed
    rest_pair(room.venue, "list", [a_target(1.0, 110.0, "target"), a_stop(1.0, 80.0, "stop")])

    assert room.advance() == (2.0, False)
    assert len(room.fills()) == 1
    assert room.advance() == (3.0, False)
    assert room.fills()[1:] == [("target", 110.0, 1.0)]


def test_after_a_resting_entry_its_stop_may_fill_in_the_same_bar(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100:120:90:100 100")
    room.advance()
    rest(room.venue, limit("BUY", 1.0, 95.0, "in"))
    room.advance()
    rest_pair(room.venue, "list", [a_target(1.0, 110.0, "target"), a_stop(1.0, 91.0, "stop")])

    assert room.advance() == (2.0, False)

    assert room.fills() == [("in", 95.0, 1.0), ("stop", 91.0, 1.0)]
    assert room.status("target") == Status.EXPIRED


def test_each_safety_order_stops_the_clock_on_its_own(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100:100:90:95 95")
    room.advance()
    trade(room.venue, market("BUY", 1.0, "in"))
    for number, price in enumerate((97.0, 94.0, 89.0)):
        rest(room.venue, limit("BUY", 1.0, price, f"safety{number}"))

    stops = [room.advance() for _ in range(3)]

    within = ((2 * HOUR - 1) / HOUR, True)
    assert stops == [within, within, (2.0, False)]
    assert [name for name, _, _ in room.fills()] == ["in", "safety0", "safety1"]
    assert room.venue.wallet.positions["BTCUSDT"].entry_price == (100.0 + 97.0 + 94.0) / 3.0


def test_limits_at_the_open_come_before_other_entries_and_targets(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 106:107:90:100 100")
    room.advance()
    trade(room.venue, market("BUY", 1.0, "in"))
    rest_pair(room.venue, "list", [a_target(1.0, 105.0, "target"), a_stop(1.0, 80.0, "stop")])
    rest(room.venue, limit("BUY", 1.0, 95.0, "inside"))
    rest(room.venue, limit("BUY", 1.0, 80.0, "never"))
    room.advance()
    rest(room.venue, limit("BUY", 1.0, 110.0, "at open"))

    stops = [room.advance() for _ in range(3)]

    assert [name for name, _, _ in room.fills()] == ["in", "at open", "target", "inside"]
    assert stops == [(WITHIN_THIRD, True), (WITHIN_THIRD, True), (3.0, False)]


def test_what_is_left_to_add_to_nothing_is_shown_before_it_fills(tmp_path: Path) -> None:
    """A target at the open ends the position: its safety orders may be canceled in that bar."""
    room = Room(tmp_path, "100 100 106:107:90:100 100")
    room.advance()
    trade(room.venue, market("BUY", 1.0, "in"))
    rest_pair(room.venue, "list", [a_target(1.0, 105.0, "target"), a_stop(1.0, 80.0, "stop")])
    safety = rest(room.venue, limit("BUY", 1.0, 95.0, "safety"))
    room.advance()

    assert room.advance() == (WITHIN_THIRD, True)
    cancel(room.venue, safety)

    assert room.advance() == (3.0, False)
    assert [name for name, _, _ in room.fills()] == ["in", "target"]


def tell(room: Room, between: Callable[[], None]) -> dict[str, Any]:
    """A story over two symbols with stops within bars; `between` all of its steps."""
    acts: dict[int, Callable[[], Any]] = {
        1: lambda: [
            rest(room.venue, limit("BUY", 1.0, 97.0, "one")),
            rest(room.venue, limit("BUY", 1.0, 95.0, "two")),
            trade(room.venue, of_eth(market("BUY", 2.0, "entry"))),
        ],
        2: lambda: rest_pair(
            room.venue, "list", [a_target(1.0, 103.0, "target"), a_stop(1.0, 90.0, "stop")]
        ),
        3: lambda: rest(room.venue, a_stop(1.0, 93.0, "other stop")),
        5: lambda: rest(room.venue, of_eth(a_stop(2.0, 49.0, "stop"))),
    }
    while not room.venue.timeline.ended:
        room.advance()
        between()
        acts.get(room.venue.timeline.step, lambda: None)()
        between()
    return room.venue.ledger.everything()


def test_a_death_between_any_two_steps_shows_not(tmp_path: Path) -> None:
    series = ("100 100:101:94:96 96:104:92:100 100", "50 - 50:52:48:50 50")
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole, killed = Room(tmp_path / "whole", *series), Room(tmp_path / "killed", *series)

    story = tell(whole, lambda: None)

    assert tell(killed, killed.restart) == story
    within = [event["step"] for event in story["events"] if event["kind"] == "fill"]
    assert sorted(set(within)) == [2, 3, 5, 6]  # 2, 3 and 5 are within bars
    assert [row["phase"] for row in story["state"]] == [0]


def test_the_event_log_tells_of_every_move_with_what_was_held_and_stopped(tmp_path: Path) -> None:
    """Whoever protects in time leaves no step that ends with something held and no stop."""

    def unprotected(stop_at: float) -> list[int]:
        folder = tmp_path / str(stop_at)
        folder.mkdir()
        room = Room(folder, "100 100 100:101:95:96 96")
        room.advance()
        trade(room.venue, market("BUY", 1.0, "in"))
        if stop_at:
            rest(room.venue, a_stop(1.0, stop_at, "stop"))
        while not room.venue.timeline.ended:
            room.advance()
        return bare_steps(room.venue.ledger.everything()["events"])

    assert unprotected(0.0) == [1]
    assert unprotected(90.0) == unprotected(99.0) == []


def bare_steps(events: list[dict[str, Any]]) -> list[int]:
    """Steps that the clock left while more was held than stops rest for."""
    held, stops, bare = 0.0, dict[str, float](), []
    for number, event in enumerate(events):
        detail = json.loads(event["detail"])
        name = detail.get("client_order_id", "")
        match event["kind"]:
            case "order" if detail["reduces"] and detail["stop_price"]:
                stops[name] = detail["quantity"]
            case "fill":
                held = abs(detail["held"])
                stops.pop(name, None)
            case "cancel" | "expire":
                stops.pop(name, None)
        last = number + 1 == len(events) or events[number + 1]["step"] != event["step"]
        if last and held > sum(stops.values()):
            bare.append(event["step"])
    return bare
