"""Round trips by hand: long and short, in parts, added to, funded, several symbols at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from runner.core.strategy import (
    MARKET_ORDER,
    BacktestSettings,
    EntryRule,
    EntryType,
    Exits,
    Fire,
    InputFile,
    Schedule,
    Size,
    SizeMode,
    StopLoss,
    Strategy,
    TradingSession,
    Trigger,
)
from runner.engine.trips import Fill, assumptions, round_trips
from runner.language.parse import Expression, Scope, parse
from runner.language.types import Kind
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue
from runner.model.bars import Timeframe
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid
from runner.model.orders import ExitReason
from runner.model.results import DataUsed
from runner.model.trades import OpenPosition, PositionSide, RoundTrip

BTC, ETH = "BTC/USDT", "ETH/USDT"
STOP, TARGET, RULE = ExitReason.STOP_LOSS, ExitReason.TAKE_PROFIT, ExitReason.RULE


def opens(
    at: int, side: int, quantity: float, price: float, stop: float = 0.0, symbol: str = BTC
) -> Fill:
    """Opens or adds at a fee of 1."""
    return Fill(symbol, at, side, price, quantity, 1.0, None, stop, 0.0)


def closes(
    at: int,
    side: int,
    quantity: float,
    price: float,
    reason: ExitReason = RULE,
    funding: float = 0.0,
    symbol: str = BTC,
) -> Fill:
    """Closes all or a part at a fee of 1."""
    return Fill(symbol, at, side, price, quantity, 1.0, reason, 0.0, funding)


def only(*fills: Fill) -> RoundTrip:
    [trip], still_open = round_trips(fills)
    assert still_open == ()
    return trip


def test_a_long_trip_gains_when_the_price_rises() -> None:
    trip = only(opens(1, 1, 2.0, 100.0, stop=95.0), closes(2, -1, 2.0, 110.0, TARGET))

    assert trip == RoundTrip(
        symbol=BTC,
        side=PositionSide.LONG,
        entry_time_ms=1,
        entry_price=100.0,
        exit_time_ms=2,
        exit_price=110.0,
        quantity=2.0,
        fees=2.0,
        funding=0.0,
        pnl=18.0,  # 2 × 10 - 2
        r=2.0,
        exit_reason=TARGET,
    )


def test_a_short_trip_gains_when_the_price_falls_and_pays_its_funding() -> None:
    trip = only(opens(1, -1, 2.0, 100.0, stop=104.0), closes(2, 1, 2.0, 90.0, funding=3.0))

    assert trip.side is PositionSide.SHORT
    assert (trip.entry_price, trip.exit_price) == (100.0, 90.0)
    assert trip.pnl == 20.0 - 2.0 - 3.0
    assert trip.funding == 3.0
    assert trip.r == 2.5


def test_funding_that_was_received_is_a_gain() -> None:
    assert only(opens(1, -1, 1.0, 100.0), closes(2, 1, 1.0, 100.0, funding=-5.0)).pnl == 3.0


def test_an_exit_in_parts_is_one_trip_that_ends_with_its_last_part() -> None:
    trip = only(
        opens(1, 1, 4.0, 100.0, stop=90.0),
        closes(2, -1, 2.0, 120.0, TARGET, funding=1.0),
        closes(3, -1, 1.0, 140.0, TARGET, funding=1.5),
        closes(4, -1, 1.0, 100.0, STOP, funding=2.0),
    )

    assert trip.exit_price == 120.0  # (2 × 120 + 140 + 100) / 4
    assert trip.quantity == 4.0
    assert trip.fees == 4.0
    assert trip.funding == 2.0  # of the whole position, as of its end
    assert trip.pnl == 40.0 + 40.0 + 0.0 - 4.0 - 2.0
    assert trip.r == 2.0
    assert (trip.exit_time_ms, trip.exit_reason) == (4, STOP)


def test_a_pyramid_has_the_average_entry_and_the_risk_of_its_first() -> None:
    trip = only(
        opens(1, 1, 1.0, 100.0, stop=98.0),
        opens(2, 1, 1.0, 104.0, stop=102.0),
        opens(3, 1, 2.0, 108.0),
        closes(4, -1, 4.0, 111.0),
    )

    assert trip.entry_price == 105.0
    assert trip.entry_time_ms == 1
    assert trip.pnl == 24.0 - 4.0
    assert trip.r == 3.0  # 6 above the average, 2 at risk


def test_what_is_added_after_a_partial_exit_averages_with_what_is_left() -> None:
    trip = only(
        opens(1, -1, 2.0, 100.0),
        closes(2, 1, 1.0, 90.0),  # gains 10
        opens(3, -1, 1.0, 80.0),  # 1 at 100 and 1 at 80: 90
        closes(4, 1, 2.0, 85.0),  # gains 10
    )

    assert trip.quantity == 3.0
    assert trip.entry_price == pytest.approx(280 / 3)
    assert trip.exit_price == pytest.approx(260 / 3)
    assert trip.pnl == 20.0 - 4.0


def test_a_safety_ladder_that_is_bought_all_the_way_and_stopped() -> None:
    trip = only(
        opens(1, 1, 1.0, 100.0, stop=80.0),
        opens(2, 1, 1.0, 90.0),
        opens(3, 1, 2.0, 85.0),
        closes(4, -1, 4.0, 80.0, STOP),
    )

    assert trip.entry_price == 90.0
    assert trip.pnl == -40.0 - 4.0
    assert trip.r == -0.5


def test_a_reversal_ends_one_trip_and_begins_the_next_at_the_same_open() -> None:
    [long, short], still_open = round_trips(
        [
            opens(1, 1, 1.0, 100.0),
            closes(2, -1, 1.0, 110.0, ExitReason.REVERSAL),
            opens(2, -1, 1.0, 110.0),
            closes(3, 1, 1.0, 105.0),
        ]
    )

    assert (long.side, long.pnl) == (PositionSide.LONG, 8.0)
    assert (short.side, short.pnl) == (PositionSide.SHORT, 3.0)
    assert still_open == ()


def test_symbols_are_kept_apart_and_trips_stand_in_order_of_their_exits() -> None:
    trips, still_open = round_trips(
        [
            opens(1, 1, 1.0, 100.0),
            opens(2, -1, 5.0, 10.0, symbol=ETH),
            closes(3, 1, 5.0, 9.0, symbol=ETH),
            opens(4, 1, 5.0, 9.0, symbol=ETH),
            closes(5, -1, 1.0, 101.0),
        ]
    )

    assert [(trip.symbol, trip.pnl) for trip in trips] == [(ETH, 3.0), (BTC, -1.0)]
    assert still_open == (OpenPosition(ETH, PositionSide.LONG, 4, 9.0, 5.0, 45.0),)


def test_what_is_left_of_a_position_is_still_open_and_no_trip() -> None:
    trips, [left] = round_trips([opens(1, 1, 2.0, 100.0), closes(2, -1, 0.5, 120.0)])

    assert trips == ()
    assert left == OpenPosition(BTC, PositionSide.LONG, 1, 100.0, 1.5, 260.0)


def test_parts_whose_doubles_do_not_add_up_still_close_the_position() -> None:
    parts = [closes(at, -1, 0.1, 100.0) for at in (2, 3, 4)]
    held = 0.3 - 0.1 - 0.1 - 0.1

    assert held != 0.0
    assert only(opens(1, 1, 0.3, 100.0), *parts).exit_time_ms == 4


def test_a_single_fill_keeps_its_price_to_the_last_digit() -> None:
    for quantity in (0.1, 0.3, 0.7, 1.1):
        trip = only(opens(1, 1, quantity, 19913.811966), closes(2, -1, quantity, 0.1))

        assert (trip.entry_price, trip.exit_price) == (19913.811966, 0.1)


@pytest.mark.parametrize(
    ("side", "stop"), [(1, 0.0), (1, 100.0), (1, 101.0), (-1, 99.0), (-1, 0.0)]
)
def test_there_is_no_r_without_a_risk(side: int, stop: float) -> None:
    assert only(opens(1, side, 1.0, 100.0, stop), closes(2, -side, 1.0, 90.0)).r is None


def test_an_exit_without_its_entry_is_no_trip() -> None:
    trips, still_open = round_trips([closes(1, -1, 1.0, 100.0)])

    assert (list(trips), still_open) == ([], ())


def number(text: str) -> Expression:
    return parse(text, Scope(params={}, indicators={}), Kind.NUMBER)


def a_strategy() -> Strategy:
    size = Size(SizeMode.RISK, number("0.01"), None, False)
    long = EntryRule(PositionSide.LONG, (), Fire.ON_RISE, 0, size, MARKET_ORDER, None, None, (), ())
    keys = frozenset({Permission.READ})
    account = AccountDeclaration(
        "main", "binance", Venue.LIVE, (), keys, (), Limits(None, None, None)
    )
    costs = Costs(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"))
    return Strategy(
        name="a-test",
        description="",
        digest="0",
        path="a.yaml",
        account=account,
        market_kind=MarketKind.SPOT,
        symbols=(BTC,),
        timeframe=Timeframe("1h", 3_600_000),
        timezone="UTC",
        capital=None,
        leverage=Decimal(1),
        max_open=None,
        reverse=True,
        params=(),
        indicators=(),
        inputs=(),
        sessions=(),
        blackouts=(),
        entries=(long,),
        exits=Exits(None, None, None, (), None, None, ()),
        guards=(),
        schedule=Schedule(0, 0),
        keeps_entries_on_stop=False,
        max_gap=12,
        backtest=BacktestSettings(costs, Decimal(10_000), None, None),
        lookback=0,
        warmup=0,
    )


def a_market(symbol: str = BTC, maintenance: str | None = None) -> Market:
    tick, minimum = Decimal("0.01"), Decimal("0.001")
    return Market(
        symbol,
        symbol.partition("/")[0],
        "USDT",
        Grid.of(tick),
        Grid.of(minimum),
        minimum,
        Decimal(5),
        "a test",
        None if maintenance is None else Decimal(maintenance),
    )


def data(symbol: str = BTC, gaps: int = 0, source: str = "a file") -> DataUsed:
    return DataUsed(symbol, "1h", 0, 1, 100, gaps, 7 * gaps, "0", source)


def test_a_spot_run_assumes_nothing_about_contracts() -> None:
    assert assumptions(a_strategy(), (a_market(),), (data(gaps=2),)) == (
        "fees: 0.02% maker, 0.05% taker, paid in quote currency",
        "market orders fill at the next bar's open with 0.01% slippage",
        "a stop fills at its price or at the open that gaps through it; a target only beyond its "
        "price; the stop comes first where one bar touches both",
        "market rules: a test (tick 0.01, step 0.001, minimum 5 USDT)",
        "an open position is marked at the last close",
        "14 bars are missing in 2 gaps; none was bridged",
    )


def test_a_futures_run_says_what_it_takes_for_funding_margin_and_marks() -> None:
    strategy, symbol = a_strategy(), "BTC/USDT:USDT"
    stop = StopLoss(None, Decimal("0.02"), None, Trigger.MARK)
    futures = replace(
        strategy,
        market_kind=MarketKind.FUTURES,
        leverage=Decimal("3.0"),
        exits=replace(strategy.exits, stop_loss=stop),
        backtest=replace(strategy.backtest, funding=Decimal("0.0001")),
    )

    said = assumptions(futures, (a_market(symbol, "0.004"),), (data(symbol),))

    assert said[3:6] == (
        "mark prices are unknown: a stop that is triggered by mark is judged by last prices",
        "funding: rates as recorded, 0.01% per 8 hours where there is no record; paid on the last "
        "price, as marks are unknown",
        "margin: isolated, leverage 3x; a position is liquidated where last prices leave it the "
        "maintenance margin of the first tier (0.4% of BTC/USDT:USDT), and is booked at its "
        "bankruptcy price without a fee",
    )


def test_hours_inputs_and_resting_orders_are_told_where_they_are_used() -> None:
    strategy = a_strategy()
    [long] = strategy.entries
    resting = replace(long, order=replace(MARKET_ORDER, type=EntryType.LIMIT))
    session = TradingSession("us", frozenset({0}), 810, 1200, "America/New_York")
    fear = InputFile("fear", "fear.csv", "value", 86_400_000)

    said = assumptions(
        replace(
            strategy,
            timezone="Europe/Berlin",
            entries=(resting,),
            sessions=(session,),
            inputs=(fear,),
        ),
        (a_market(), a_market(ETH)),
        (data(source="synthetic:7"), data(ETH, 1, "synthetic:7")),
    )

    assert said[0] == "the market is made up (synthetic:7): it says nothing about real prices"
    assert said[3].startswith("a resting entry fills whole")
    assert said[5:8] == (
        "days, hours and minutes are those of Europe/Berlin",
        "a bar belongs to session us (America/New_York) when it closes in it",
        "a row of fear.csv was known 24 hours after its own time",
    )
    assert said[8].startswith("market rules of BTC/USDT: a test")
    assert said[-1] == "7 bars of ETH/USDT 1h are missing in 1 gaps; none was bridged"
