"""Fills and money of the embedded exchange, without a process around it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runner.exchange.replay.orders import Kind, Status, Ticket
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.venue import Venue
from tests.exchange.loopback import HOUR, START, a_venue


def market(side: str, quantity: float, name: str) -> Ticket:
    return Ticket(name, side, Kind.MARKET, quantity, 0.0, 0.0, 0.0)


def spending(spend: float, name: str) -> Ticket:
    return Ticket(name, "BUY", Kind.MARKET, 0.0, spend, 0.0, 0.0)


def legs(quantity: float, stop: float, target: float) -> list[Ticket]:
    return [
        Ticket("target", "SELL", Kind.LIMIT_MAKER, quantity, 0.0, target, 0.0),
        Ticket("stop", "SELL", Kind.STOP_LOSS, quantity, 0.0, 0.0, stop),
    ]


def bought(folder: Path, series: str) -> Venue:
    """One bar has closed and one base unit was bought at the second bar's open."""
    venue = a_venue(folder, series)
    venue.advance(0)
    venue.trade(market("BUY", 1.0, "entry"))
    return venue


def test_a_round_trip_by_hand(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 100 110 110", slippage="0.01")
    venue.advance(0)

    _, (entry,) = venue.trade(market("BUY", 2.0, "in"))
    venue.advance(venue.tape.now_ms)
    _, (leave,) = venue.trade(market("SELL", 2.0, "out"))

    # 2 × 100 × 1.01 = 202, fee 0.404; 2 × 110 × 0.99 = 217.8, fee 0.4356
    assert (entry.price, entry.fee) == (101.0, 202.0 * 0.002)
    assert (leave.price, leave.fee) == (110.0 * 0.99, 2.0 * (110.0 * 0.99) * 0.002)
    cash = 1000.0 - (202.0 + 202.0 * 0.002)
    assert venue.account.cash == cash + (2.0 * leave.price - leave.fee)
    assert venue.position.quantity == 0.0


def test_spending_buys_what_fits_with_the_fee(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 100")
    venue.advance(0)

    order, (fill,) = venue.trade(spending(1000.0, "in"))

    # 1000 / (100 × 1.002) = 9.98003…, in steps of 0.001
    assert order.quantity == fill.quantity == 9.98
    assert venue.account.cash == 1000.0 - (998.0 + 998.0 * 0.002)


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
    venue = bought(tmp_path, f"100 100 {bar}")
    venue.rest_pair("list", legs(1.0, 95.0, 105.0))
    cash = venue.account.cash

    venue.advance(venue.tape.now_ms)
    venue.advance(venue.tape.now_ms)

    fill = venue.ledger.everything()["fills"][-1]
    sibling = {"stop": "target", "target": "stop"}[leg]
    ended, other = venue.ledger.order_named(leg), venue.ledger.order_named(sibling)
    assert ended is not None
    assert other is not None
    assert (ended.status, other.status) == (Status.FILLED, Status.EXPIRED)
    assert (fill["price"], fill["maker"]) == (price, maker)
    fee = price * (0.001 if maker else 0.002)
    assert (fill["fee"], venue.account.cash) == (fee, cash + (price - fee))
    at_open = price == float(bar.split(":")[0])
    assert fill["at_ms"] == START + (2 * HOUR if at_open else 3 * HOUR - 1)
    assert venue.resting == venue.ledger.open_orders() == []


@pytest.mark.parametrize("bar", ["100:105:95.01:100", "100:101:99:100"])
def test_a_bar_that_reaches_neither_leaves_both(bar: str, tmp_path: Path) -> None:
    venue = bought(tmp_path, f"100 {bar} 100")
    venue.rest_pair("list", legs(1.0, 95.0, 105.0))

    venue.advance(venue.tape.now_ms)

    assert [order.client_order_id for order in venue.resting] == ["target", "stop"]


def test_protection_placed_after_the_fill_takes_part_in_that_very_bar(tmp_path: Path) -> None:
    venue = bought(tmp_path, "100 100:101:90:95 95")
    venue.rest(legs(1.0, 95.0, 105.0)[1])

    venue.advance(venue.tape.now_ms)

    fill = venue.ledger.everything()["fills"][-1]
    assert (fill["price"], fill["at_ms"]) == (95.0, START + 2 * HOUR - 1)


def test_a_stop_that_the_next_open_touches_is_taken_and_fills_there(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 100 90 90")
    venue.advance(0)
    venue.trade(market("BUY", 1.0, "entry"))
    venue.advance(venue.tape.now_ms)

    venue.rest(legs(1.0, 95.0, 105.0)[1])
    venue.advance(venue.tape.now_ms)

    fill = venue.ledger.everything()["fills"][-1]
    assert (fill["price"], fill["at_ms"]) == (90.0, START + 2 * HOUR)


def test_a_market_order_before_a_gap_fills_at_the_next_bar_there_is(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 - - 120")
    venue.advance(0)

    order, (fill,) = venue.trade(market("BUY", 1.0, "entry"))

    assert (fill.price, fill.at_ms, order.created_at) == (120.0, START + 3 * HOUR, START + HOUR)


def test_the_clock_moves_to_the_first_close_after_an_instant_and_never_back(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 100 - 100 100")

    seen = []
    for after_ms in (0, 0, START + HOUR, START + 2 * HOUR, START + HOUR, START + 9 * HOUR):
        venue.advance(after_ms)
        seen.append((venue.tape.now_ms - START) // HOUR)

    assert seen == [1, 1, 2, 4, 4, 5]
    assert venue.tape.ended


def test_nothing_is_bought_after_the_last_close(tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100")
    venue.advance(0)

    with pytest.raises(Refusal, match=r"Market is closed\.") as refused:
        venue.trade(market("BUY", 1.0, "late"))

    assert refused.value.code == -1013


@pytest.mark.parametrize(
    ("ticket", "text"),
    [
        (market("BUY", 10.0, "in"), "insufficient balance"),
        (spending(4.9, "in"), "NOTIONAL"),
        (spending(0.01, "in"), "LOT_SIZE"),
        (market("SELL", 0.5, "out"), "insufficient balance"),
    ],
)
def test_a_refused_market_order_changes_nothing(ticket: Ticket, text: str, tmp_path: Path) -> None:
    venue = a_venue(tmp_path, "100 100")
    venue.advance(0)
    before = venue.ledger.everything()

    with pytest.raises(Refusal, match=text):
        venue.trade(ticket)

    assert venue.ledger.everything() == before


def test_what_rests_cannot_be_sold_again(tmp_path: Path) -> None:
    venue = bought(tmp_path, "100 100 100")
    venue.rest_pair("list", legs(0.6, 95.0, 105.0))

    with pytest.raises(Refusal, match="insufficient balance"):
        venue.trade(market("SELL", 0.401, "out"))
    venue.trade(market("SELL", 0.4, "rest"))

    assert str(venue.free) == "0.0"


PRICES = st.integers(50, 150).map(float)
BARS = st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES), min_size=3, max_size=30)
ACTS = st.lists(st.sampled_from(["buy", "sell", "pair", "cancel", ""]), min_size=30, max_size=30)


def act(venue: Venue, wish: str, number: int) -> None:
    """One wish, taken as far as the exchange allows."""
    name, held = f"{wish}{number}", float(venue.free)
    tickets = [
        Ticket(f"{name}t", "SELL", Kind.LIMIT_MAKER, held, 0.0, 110.0, 0.0),
        Ticket(f"{name}s", "SELL", Kind.STOP_LOSS, held, 0.0, 0.0, 90.0),
    ]
    match wish:
        case "buy":
            venue.trade(spending(300.0, name))
        case "sell" if held:
            venue.trade(market("SELL", held, name))
        case "pair" if held:
            venue.rest_pair(name, tickets)
        case "cancel" if venue.resting:
            venue.cancel(venue.resting[0])


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
        venue = a_venue(Path(folder), series)
        venue.advance(0)
        for number, wish in enumerate(wishes[: len(rows)]):
            with suppress(Refusal):
                act(venue, wish, number)
            venue.advance(venue.tape.now_ms)
        ledger = venue.ledger.everything()
        again = Venue(venue.setup, venue.tape, venue.ledger)
        venue.ledger.close()

    cash, held = 1000.0, 0.0
    for fill in ledger["fills"]:
        sign = 1 if fill["side"] == "BUY" else -1
        cash -= sign * fill["quantity"] * fill["price"] + fill["fee"]
        held += sign * fill["quantity"]
    assert venue.account.cash == pytest.approx(cash, abs=1e-9)
    assert venue.position.quantity == pytest.approx(held, abs=1e-9)
    assert venue.account.fees == pytest.approx(sum(fill["fee"] for fill in ledger["fills"]))
    assert venue.account.cash >= 0.0
    assert venue.free >= 0
    assert (again.account.cash, again.resting) == (venue.account.cash, venue.resting)
