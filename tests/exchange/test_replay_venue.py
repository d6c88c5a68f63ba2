"""Fills and money of the embedded spot exchange, without a process around it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runner.exchange.replay.acceptance import cancel, rest, rest_pair, trade
from runner.exchange.replay.orders import Kind, Status, Ticket
from runner.exchange.replay.refusal import Refusal
from tests.exchange.loopback import HOUR, START, Room, limit, market, stop


def sale(quantity: float, name: str) -> Ticket:
    return market("SELL", quantity, name, reduces=True)


def spending(spend: float, name: str) -> Ticket:
    return market("BUY", 0.0, name, spend=spend)


def legs(quantity: float, low: float, high: float, name: str = "") -> list[Ticket]:
    return [
        replace(
            limit("SELL", quantity, high, f"{name}target", reduces=True), kind=Kind.LIMIT_MAKER
        ),
        stop("SELL", quantity, low, f"{name}stop", reduces=True),
    ]


def bought(folder: Path, series: str) -> Room:
    """One bar has closed and one base unit was bought at the second bar's open."""
    room = Room(folder, series)
    room.advance()
    trade(room.venue, market("BUY", 1.0, "entry"))
    return room


def test_a_round_trip_by_hand(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 110 110", slippage="0.01")
    room.advance()

    trade(room.venue, market("BUY", 2.0, "in"))
    room.advance()
    trade(room.venue, sale(2.0, "out"))

    # 2 × 100 × 1.01 = 202, fee 0.404; 2 × 110 × 0.99 = 217.8, fee 0.4356
    assert room.fills() == [("in", 101.0, 2.0), ("out", 110.0 * 0.99, 2.0)]
    price = 110.0 * 0.99
    cash = 1000.0 - (202.0 + 202.0 * 0.002)
    wallet = room.venue.wallet
    assert wallet.account.cash == cash + (2.0 * price - 2.0 * price * 0.002)
    assert wallet.positions["BTCUSDT"].quantity == 0.0


def test_spending_buys_what_fits_with_the_fee(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100")
    room.advance()

    order = trade(room.venue, spending(1000.0, "in"))

    # 1000 / (100 × 1.002) = 9.98003…, in steps of 0.001
    assert (order.quantity, order.executed) == (9.98, 9.98)
    assert room.venue.wallet.account.cash == 1000.0 - (998.0 + 998.0 * 0.002)


@pytest.mark.parametrize(
    ("bar", "price", "maker", "leg"),
    [
        ("100:104:94:100", 95.0, 0, "stop"),  # touches the stop, not beyond the target
        ("100:106:94:100", 95.0, 0, "stop"),  # touches both: the stop comes first
        ("100:100:95:100", 95.0, 0, "stop"),  # touching is enough
        ("90:91:89:90", 90.0, 0, "stop"),  # gaps through
        ("100:105.01:99:100", 105.0, 1, "target"),  # beyond the limit
        ("107:108:90:100", 107.0, 0, "target"),  # opens beyond the limit: taker
    ],
)
def test_a_bar_fills_one_leg_and_the_other_expires(
    bar: str, price: float, maker: int, leg: str, tmp_path: Path
) -> None:
    room = bought(tmp_path, f"100 100 {bar}")
    rest_pair(room.venue, "list", legs(1.0, 95.0, 105.0))
    cash = room.venue.wallet.account.cash

    room.advance()
    assert room.advance() == (3.0, False)  # nothing is left to protect

    fill = room.venue.ledger.everything()["fills"][-1]
    sibling = {"stop": "target", "target": "stop"}[leg]
    assert (room.status(leg), room.status(sibling)) == (Status.FILLED, Status.EXPIRED)
    assert (fill["price"], fill["maker"]) == (price, maker)
    fee = price * (0.001 if maker else 0.002)
    assert (fill["fee"], room.venue.wallet.account.cash) == (fee, cash + (price - fee))
    at_open = price == float(bar.split(":")[0])
    assert fill["at_ms"] == START + (2 * HOUR if at_open else 3 * HOUR - 1)
    assert room.venue.resting == room.venue.ledger.open_orders() == []


@pytest.mark.parametrize("bar", ["100:105:95.01:100", "100:101:99:100"])
def test_a_bar_that_reaches_neither_leaves_both(bar: str, tmp_path: Path) -> None:
    room = bought(tmp_path, f"100 {bar} 100")
    rest_pair(room.venue, "list", legs(1.0, 95.0, 105.0))

    room.advance()

    assert [order.client_order_id for order in room.venue.resting] == ["target", "stop"]


@pytest.mark.parametrize(
    ("series", "price", "at_ms"),
    [
        ("100 100:101:90:95 95", 95.0, START + 2 * HOUR - 1),
        ("100 90 90", 90.0, START + HOUR),
    ],
)
def test_protection_placed_after_the_fill_takes_part_in_that_very_bar(
    series: str, price: float, at_ms: int, tmp_path: Path
) -> None:
    room = bought(tmp_path, series)
    rest(room.venue, legs(1.0, 95.0, 105.0)[1])

    room.advance()

    fill = room.venue.ledger.everything()["fills"][-1]
    assert (fill["price"], fill["at_ms"]) == (price, at_ms)


def test_parts_fill_one_by_one_and_the_rest_stays_behind_its_stop(tmp_path: Path) -> None:
    room = bought(tmp_path, "100 100 100:106:99:105 105:105:94:95")
    for name, quantity, high in (("a", 0.4, 105.0), ("b", 0.3, 110.0)):
        rest_pair(room.venue, name, legs(quantity, 95.0, high, name))
    rest(room.venue, legs(0.3, 95.0, 0.0, "c")[1])

    stops = [room.advance() for _ in range(3)]

    assert stops == [(2.0, False), (3.0, False), (4.0, False)]
    assert room.fills()[1:] == [
        ("atarget", 105.0, 0.4),
        ("bstop", 95.0, 0.3),
        ("cstop", 95.0, 0.3),
    ]
    assert room.venue.wallet.positions["BTCUSDT"].quantity == 0.0


def test_the_clock_counts_steps_and_asking_twice_moves_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 - 100 100")
    clock, seen = room.venue.timeline, []

    for after_step in (-1, 0, 0, 1, 2, 1, 9):
        room.player.advance(after_step)
        seen.append((clock.step, (clock.now_ms - START) // HOUR))

    assert seen == [(0, 0), (1, 1), (1, 1), (2, 2), (3, 4), (3, 4), (4, 5)]
    assert clock.ended


def test_nothing_is_bought_after_the_last_close(tmp_path: Path) -> None:
    room = Room(tmp_path, "100")
    room.advance()

    with pytest.raises(Refusal, match=r"Market is closed\.") as refused:
        trade(room.venue, market("BUY", 1.0, "late"))

    assert refused.value.code == -1013


@pytest.mark.parametrize(
    ("ticket", "text"),
    [
        (market("BUY", 10.0, "in"), "insufficient balance"),
        (spending(4.9, "in"), "NOTIONAL"),
        (spending(0.01, "in"), "LOT_SIZE"),
        (sale(0.5, "out"), "insufficient balance"),
    ],
)
def test_a_refused_market_order_changes_nothing(ticket: Ticket, text: str, tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100")
    room.advance()
    before = room.venue.ledger.everything()

    with pytest.raises(Refusal, match=text):
        trade(room.venue, ticket)

    assert room.venue.ledger.everything() == before


def test_what_rests_cannot_be_sold_again(tmp_path: Path) -> None:
    room = bought(tmp_path, "100 100 100")
    rest_pair(room.venue, "list", legs(0.6, 95.0, 105.0))

    with pytest.raises(Refusal, match="insufficient balance"):
        trade(room.venue, sale(0.401, "out"))
    trade(room.venue, sale(0.4, "rest"))

    assert str(room.venue.free("BTCUSDT")) == "0.0"


@pytest.mark.parametrize(
    ("bar", "ticket", "fill"),
    [
        # a limit fills beyond its price only, at a better open as taker
        ("100:101:95.01:100", limit("BUY", 1.0, 95.0, "in"), None),
        ("100:101:95:100", limit("BUY", 1.0, 95.0, "in"), None),
        ("100:101:94.99:100", limit("BUY", 1.0, 95.0, "in"), (95.0, 0.001)),
        ("94:101:90:100", limit("BUY", 1.0, 95.0, "in"), (94.0, 0.002)),
        # post-only never takes: its own price, as maker
        ("94:101:90:100", limit("BUY", 1.0, 95.0, "in", post_only=True), (95.0, 0.001)),
        # a stop fills when its price is touched, at a worse open
        ("100:104.99:99:100", stop("BUY", 1.0, 105.0, "in"), None),
        ("100:105:99:100", stop("BUY", 1.0, 105.0, "in"), (105.0, 0.002)),
        ("107:108:99:100", stop("BUY", 1.0, 105.0, "in"), (107.0, 0.002)),
    ],
)
def test_a_resting_entry_fills_as_its_kind_does_and_the_clock_stops_within_the_bar(
    bar: str, ticket: Ticket, fill: tuple[float, float] | None, tmp_path: Path
) -> None:
    room = Room(tmp_path, f"100 100 {bar} 100")
    room.advance()
    rest(room.venue, ticket)
    room.advance()

    stop_ = room.advance()

    if fill is None:
        assert (stop_, room.fills()) == ((3.0, False), [])
        return
    price, fraction = fill
    assert room.fills() == [("in", price, 1.0)]
    assert room.venue.ledger.everything()["fills"][0]["fee"] == price * fraction
    assert stop_ == ((3 * HOUR - 1) / HOUR, True)
    assert room.advance() == (3.0, False)


def test_a_resting_limit_holds_back_its_cost_until_it_ends(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100 100")
    room.advance()

    order = rest(room.venue, limit("BUY", 9.0, 90.0, "in"))
    locked = room.venue.available
    with pytest.raises(Refusal, match="insufficient balance"):
        trade(room.venue, market("BUY", 2.0, "too much"))
    cancel(room.venue, order)

    assert locked == 1000.0 - 810.0 * (1.0 + 0.002)
    assert room.venue.available == 1000.0


def test_a_stop_entry_that_cannot_be_paid_when_it_triggers_expires(tmp_path: Path) -> None:
    room = Room(tmp_path, "100 100:110:100:100 100")
    room.advance()
    rest(room.venue, stop("BUY", 9.4, 106.0, "in"))
    rest(room.venue, limit("BUY", 1.0, 50.0, "waits"))

    assert room.advance() == (2.0, False)

    assert (room.status("in"), room.fills()) == (Status.EXPIRED, [])


PRICES = st.integers(50, 150).map(float)
BARS = st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES), min_size=3, max_size=30)
WISHES = ["buy", "sell", "pair", "limit", "stop", "cancel", ""]
ACTS = st.lists(st.sampled_from(WISHES), min_size=60, max_size=60)


def act(room: Room, wish: str, number: int) -> None:
    """One wish, taken as far as the exchange allows."""
    venue = room.venue
    name, held = f"{wish}{number}", float(venue.free("BTCUSDT"))
    match wish:
        case "buy":
            trade(venue, spending(300.0, name))
        case "sell" if held:
            trade(venue, sale(held, name))
        case "pair" if held:
            rest_pair(venue, name, legs(held, 90.0, 110.0, name))
        case "limit":
            rest(venue, limit("BUY", 1.0, 85.0, name))
        case "stop":
            rest(venue, stop("BUY", 1.0, 115.0, name))
        case "cancel" if venue.resting:
            cancel(venue, venue.resting[0])


@hypothesis_settings(max_examples=25, deadline=None)
@given(rows=BARS, wishes=ACTS)
def test_cash_and_holdings_are_what_the_fills_say(
    rows: list[tuple[float, ...]], wishes: list[str]
) -> None:
    """Conservation: nothing is made and nothing is lost but fees, and a restart changes nothing."""
    series = " ".join(
        f"{open_}:{max(row)}:{min(row)}:{close}" for row in rows for open_, _, _, close in [row]
    )
    with TemporaryDirectory() as folder:
        room = Room(Path(folder), series)
        room.advance()
        for number, wish in enumerate(wishes):
            with suppress(Refusal):
                act(room, wish, number)
            room.advance()
        ledger, venue = room.venue.ledger.everything(), room.venue
        room.restart()
        again = room.venue
        room.venue.ledger.close()

    cash, held = Decimal(1000), Decimal(0)
    for fill in ledger["fills"]:
        sign = 1 if fill["side"] == "BUY" else -1
        cash -= sign * Decimal(fill["quantity"]) * Decimal(fill["price"]) + Decimal(fill["fee"])
        held += sign * Decimal(repr(fill["quantity"]))
    account, position = venue.wallet.account, venue.wallet.positions["BTCUSDT"]
    assert account.cash == pytest.approx(float(cash), abs=1e-9)
    assert position.quantity == float(held)
    assert account.fees == pytest.approx(sum(fill["fee"] for fill in ledger["fills"]))
    assert account.cash >= -1e-9
    assert (again.wallet.account.cash, again.resting) == (account.cash, venue.resting)
    assert again.timeline.step == venue.timeline.step
