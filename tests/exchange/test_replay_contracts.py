"""Futures on the embedded exchange: margins, funding, liquidation, orders that only reduce."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.exchange.replay.acceptance import (
    cancel,
    rest,
    set_isolated,
    set_leverage,
    trade,
)
from runner.exchange.replay.orders import Kind, Status, Ticket
from runner.exchange.replay.refusal import Refusal
from runner.model.markets import MarketKind
from tests.exchange.loopback import HOUR, START, Room, funding, limit, market, stop

FUTURES = MarketKind.FUTURES


def a_room(folder: Path, *series: str, **options: object) -> Room:
    """The first bar has closed; leverage is 10."""
    room = Room(folder, *series, kind=FUTURES, **options)  # type: ignore[arg-type]
    room.advance()
    return room


def guard(side: str, quantity: float, price: float, name: str) -> Ticket:
    return stop(side, quantity, price, name, kind=Kind.STOP_MARKET, reduces=True)


def aim(side: str, quantity: float, price: float, name: str) -> Ticket:
    return limit(side, quantity, price, name, reduces=True)


@pytest.mark.parametrize(("side", "back", "gain"), [("BUY", "SELL", 20.0), ("SELL", "BUY", -20.0)])
def test_a_round_trip_by_hand(side: str, back: str, gain: float, tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100 110 110")
    account = room.venue.wallet.account

    trade(room.venue, market(side, 2.0, "in"))
    # 200 of notional: 20 of margin, 0.4 of fee
    assert (account.cash, room.venue.available) == (1000.0 - 0.4, 1000.0 - 0.4 - 20.0)
    room.advance()
    trade(room.venue, market(back, 2.0, "out", reduces=True))

    assert account.cash == 1000.0 - 0.4 + (gain - 220.0 * 0.002)
    assert room.venue.available == account.cash
    assert room.venue.ledger.everything()["fills"][1]["realized"] == gain


def test_funding_is_charged_at_the_close_on_what_is_held(tmp_path: Path) -> None:
    rates = funding((1, 0.5), (2, 0.001), (3, -0.002))
    room = a_room(tmp_path, "100 100 104 104 104", rates=rates)
    trade(room.venue, market("SELL", 2.0, "in"))
    cash = room.venue.wallet.account.cash

    for _ in range(3):
        room.advance()

    # a short receives 2 × 100 × 0.001 and pays 2 × 104 × 0.002
    first, second = -1.0 * 2.0 * (0.001 * 100.0), -1.0 * 2.0 * (-0.002 * 104.0)
    state = room.venue.ledger.everything()
    assert [(row["income"], row["at_ms"]) for row in state["payments"]] == [
        (-first, START + 2 * HOUR),
        (-second, START + 3 * HOUR),
    ]
    account, position = room.venue.wallet.account, room.venue.wallet.positions["BTCUSDT"]
    assert account.cash == cash - first - second
    assert (account.funding, position.funding) == (first + second, first + second)
    assert position.margin == 20.0 - first - second
    room.restart()
    assert room.venue.wallet.account.cash == account.cash


@pytest.mark.parametrize(
    ("side", "bar", "stop_at", "fill"),
    [
        # 10 of margin on 1 × 100: liquidation at 90 / 0.99 = 90.91, booked at 90
        ("BUY", "100:100:90.92:95", 0.0, None),
        ("BUY", "100:100:90.9:95", 0.0, ("autoclose", 90.0)),
        ("BUY", "100:100:80:95", 91.0, ("guard", 91.0)),  # the nearer one comes first
        ("BUY", "100:100:80:95", 90.5, ("autoclose", 90.0)),
        ("BUY", "85:86:80:85", 95.0, ("autoclose", 90.0)),  # opens beyond both
        ("BUY", "93:94:92:93", 95.0, ("guard", 93.0)),  # opens beyond the stop alone
        # a short: at 110 / 1.01 = 108.91, booked at 110
        ("SELL", "100:108.9:100:105", 0.0, None),
        ("SELL", "100:109:100:105", 0.0, ("autoclose", 110.0)),
        ("SELL", "100:120:100:105", 108.0, ("guard", 108.0)),
    ],
)
def test_the_exchange_takes_a_position_whose_margin_is_used_up(
    side: str, bar: str, stop_at: float, fill: tuple[str, float] | None, tmp_path: Path
) -> None:
    room = a_room(tmp_path, f"100 100 {bar} 100")
    trade(room.venue, market(side, 1.0, "in"))
    back = "SELL" if side == "BUY" else "BUY"
    if stop_at:
        rest(room.venue, guard(back, 1.0, stop_at, "guard"))
    room.advance()
    cash = room.venue.wallet.account.cash

    assert room.advance() == (3.0, False)

    found = room.fills()[1:]
    assert [(name.partition("-")[0], price) for name, price, _ in found] == ([fill] if fill else [])
    if fill and fill[0] == "autoclose":
        assert room.venue.wallet.account.cash == cash - 10.0  # the margin, without a fee
        assert room.venue.wallet.positions["BTCUSDT"].quantity == 0.0
        last = room.venue.ledger.everything()["orders"][-1]
        assert (last["side"], last["status"]) == (back, Status.FILLED)


def test_all_stops_of_a_position_fill_in_the_order_of_their_ids(tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100:101:94:95 95")
    trade(room.venue, market("BUY", 1.0, "in"))
    for name, quantity in (("a", 0.5), ("b", 0.3), ("c", 0.4)):
        rest(room.venue, guard("SELL", quantity, 95.0, name))

    room.advance()

    # what reduces never exceeds what is held
    assert room.fills()[1:] == [("a", 95.0, 0.5), ("b", 95.0, 0.3), ("c", 95.0, 0.2)]
    assert room.venue.wallet.positions["BTCUSDT"].side == 0.0


def test_what_finds_nothing_to_reduce_rests_on(tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100:106:94:100 100:110:90:100 100")
    trade(room.venue, market("BUY", 1.0, "in"))
    rest(room.venue, guard("SELL", 1.0, 95.0, "stop"))
    rest(room.venue, aim("SELL", 1.0, 105.0, "target"))

    stops = [room.advance() for _ in range(2)]

    assert stops == [(2.0, False), (3.0, False)]
    assert room.fills()[1:] == [("stop", 95.0, 1.0)]
    assert room.status("target") == Status.NEW


def test_after_a_part_was_taken_at_the_open_its_stop_can_be_canceled_in_that_bar(
    tmp_path: Path,
) -> None:
    room = a_room(tmp_path, "100 100 106:107:94:95 95")
    trade(room.venue, market("BUY", 1.0, "in"))
    part = rest(room.venue, guard("SELL", 0.6, 95.0, "stop a"))
    rest(room.venue, aim("SELL", 0.6, 105.0, "target a"))
    rest(room.venue, guard("SELL", 0.4, 95.0, "stop b"))
    room.advance()

    assert room.advance() == ((3 * HOUR - 1) / HOUR, True)
    cancel(room.venue, part)
    assert room.advance() == (3.0, False)

    assert room.fills()[1:] == [("target a", 106.0, 0.6), ("stop b", 95.0, 0.4)]


def test_a_short_entry_at_a_stop_and_its_ladder_above(tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100:100:94:95 95:99:95:98 98")
    rest(room.venue, stop("SELL", 1.0, 95.0, "in", kind=Kind.STOP_MARKET))

    assert room.advance() == ((2 * HOUR - 1) / HOUR, True)
    rest(room.venue, limit("SELL", 1.0, 98.0, "safety"))
    rest(room.venue, guard("BUY", 1.0, 105.0, "guard"))
    stops = [room.advance() for _ in range(3)]

    assert stops == [(2.0, False), ((3 * HOUR - 1) / HOUR, True), (3.0, False)]
    assert room.fills() == [("in", 95.0, 1.0), ("safety", 98.0, 1.0)]
    position = room.venue.wallet.positions["BTCUSDT"]
    assert (position.side, position.quantity, position.entry_price) == (-1.0, 2.0, 96.5)


def test_positions_and_limit_orders_hold_back_margin_across_symbols(tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100 100", "50 50 50")
    trade(room.venue, market("BUY", 40.0, "in"))  # 400 of margin, 8 of fee
    order = Ticket("rests", "ETHUSDT", "SELL", Kind.LIMIT, 80.0, price=60.0)
    rest(room.venue, order)  # 480 of margin, 9.6 of fee

    assert room.venue.available == 992.0 - (400.0 + (480.0 + 9.6))
    with pytest.raises(Refusal, match="Margin is insufficient") as refused:
        trade(room.venue, market("BUY", 11.0, "too much"))
    assert refused.value.code == -2019


@pytest.mark.parametrize(
    ("ticket", "code"),
    [
        (market("SELL", 1.0, "x", reduces=True), -2022),
        (aim("SELL", 1.0, 110.0, "x"), -2022),
        (limit("BUY", 1.0, 101.0, "x", post_only=True), -5022),
        (limit("BUY", 0.01, 90.0, "x"), -4164),
        (market("BUY", 0.01, "x"), -4164),
        (market("BUY", 1.0, "used"), -4116),
        (guard("SELL", 1.0, 90.0, "used"), -20132),
        (limit("BUY", 120.0, 99.0, "x"), -2019),
    ],
)
def test_refusals_have_the_codes_of_futures(ticket: Ticket, code: int, tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100 100")
    cancel(room.venue, rest(room.venue, limit("BUY", 1.0, 90.0, "used")))
    before = room.venue.ledger.everything()

    with pytest.raises(Refusal) as refused:
        (trade if ticket.kind is Kind.MARKET else rest)(room.venue, ticket)

    assert refused.value.code == code
    assert room.venue.ledger.everything() == before


def test_new_exposure_needs_isolated_margin_and_settings_stay_under_positions(
    tmp_path: Path,
) -> None:
    room = a_room(tmp_path, "100 100 100")
    venue = room.venue
    with pytest.raises(Refusal) as twice:
        set_isolated(venue, "BTCUSDT")
    venue.wallet.isolated["BTCUSDT"] = False
    with pytest.raises(Refusal) as is_crossed:
        trade(venue, market("BUY", 1.0, "in"))
    venue.wallet.isolated["BTCUSDT"] = True
    with pytest.raises(Refusal) as too_high:
        set_leverage(venue, "BTCUSDT", 51)
    trade(venue, market("BUY", 1.0, "in"))
    set_leverage(venue, "BTCUSDT", 10)  # the same again
    with pytest.raises(Refusal) as held:
        set_leverage(venue, "BTCUSDT", 5)

    codes = [raised.value.code for raised in (twice, is_crossed, too_high, held)]
    assert codes == [-4046, -4087, -4028, -4161]
    room.restart()
    assert room.venue.wallet.leverage["BTCUSDT"] == 10.0
    assert room.venue.wallet.isolated["BTCUSDT"]


def test_an_entry_against_a_position_expires(tmp_path: Path) -> None:
    room = a_room(tmp_path, "100 100:101:94:95 95")
    trade(room.venue, market("BUY", 1.0, "in"))
    rest(room.venue, stop("SELL", 1.0, 95.0, "other way", kind=Kind.STOP_MARKET))

    assert room.advance() == (2.0, False)

    assert room.status("other way") == Status.EXPIRED
    with pytest.raises(Refusal, match="insufficient"):
        trade(room.venue, market("SELL", 1.0, "flip"))
