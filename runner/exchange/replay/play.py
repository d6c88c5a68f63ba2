"""Moves the clock: plays what the bars of the next instant do to all that rests.

In: the venue, at a stop. Out: the venue at the next stop, one commit later. In this order: market
orders that wait for these bars, then symbol by symbol the phases of its bar (timeline.py), then
funding. After a fill that the runner has to protect the clock stops within the bar.
"""

from __future__ import annotations

from runner.core.book import fund
from runner.core.fill import market_price, quantity_for
from runner.exchange.replay.matching import Touch, touches
from runner.exchange.replay.orders import Kind, Order, Payment, Status
from runner.exchange.replay.tables import EventKind
from runner.exchange.replay.tape import Bar
from runner.exchange.replay.timeline import After, Phase
from runner.exchange.replay.venue import Venue


class Player:
    """Plays a venue."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._clock = venue.timeline
        self._ledger = venue.ledger
        self._after = After.LIMIT  # of the newest fill of a resting order

    def advance(self, after_step: int) -> None:
        """To the first stop beyond `after_step`; nothing where that has passed."""
        while self._clock.step <= after_step and not self._clock.ended:
            self._play()

    def _play(self) -> None:
        clock = self._clock
        if self._is_quiet():
            clock.close_instant()
            clock.step += 1
            if not self._owes_funding():
                self._ledger.move_clock(clock.step, clock.instant)
                return
            with self._ledger.changes():
                self._charge_funding()
                self._venue.save()
            return
        with self._ledger.changes():
            clock.step += 1
            if not self._stops_within():
                clock.close_instant()
                self._charge_funding()
            self._venue.save()

    def _is_quiet(self) -> bool:
        """Nothing fills until these bars have closed."""
        clock = self._clock
        if not self._venue.resting and not self._holds():
            return True
        if clock.phase is Phase.WAITING and self._waiting():
            return False
        return not any(
            self._touches(symbol, phase, bar)
            for symbol in range(clock.symbol, len(clock.tapes))
            if (bar := clock.forming(symbol)) is not None
            for phase in Phase
            if phase is not Phase.WAITING and (symbol > clock.symbol or phase >= clock.phase)
        )

    def _holds(self) -> bool:
        return any(position.quantity for position in self._venue.wallet.positions.values())

    def _stops_within(self) -> bool:
        """Plays the bars of the next instant from where it stands; true at a fill to protect."""
        clock = self._clock
        if clock.phase is Phase.WAITING:
            filled = [self._fill_waiting(order) for order in self._waiting()]
            clock.phase = Phase.ENTRIES_AT_OPEN
            if any(filled):
                return self._stop(After.NOTHING)
        while clock.symbol < len(clock.tapes):
            bar = clock.forming(clock.symbol)
            while bar is not None and clock.phase <= Phase.TARGETS:
                if self._fills_to_protect(bar):
                    return self._stop(self._after)
                if clock.phase is Phase.TARGETS:
                    break
                clock.phase = Phase(clock.phase + 1)
            clock.symbol, clock.phase = clock.symbol + 1, Phase.ENTRIES_AT_OPEN
            clock.after = After.NOTHING
        return False

    def _stop(self, after: After) -> bool:
        self._clock.in_bar, self._clock.after = True, after
        return True

    def _waiting(self) -> list[Order]:
        """Market orders whose bar begins: what reduces before what opens, each as it arrived."""
        clock, venue = self._clock, self._venue
        found = [
            order
            for order in venue.resting
            if order.kind is Kind.MARKET
            and clock.forming(venue.symbols.index(order.symbol)) is not None
        ]
        return sorted(found, key=lambda order: not order.reduces)

    def _fill_waiting(self, order: Order) -> bool:
        venue = self._venue
        bar = self._clock.forming(venue.symbols.index(order.symbol))
        assert bar is not None  # it waited for this one
        price = market_price(order.sign, bar.open, float(venue.setup.costs.slippage_fraction))
        return fill_market(venue, order, price, bar.opened_at)

    def _touches(self, symbol: int, phase: Phase, bar: Bar) -> list[Touch]:
        venue = self._venue
        name = venue.symbols[symbol]
        active = [
            order
            for order in venue.resting
            if order.symbol == name
            and order.kind is not Kind.MARKET
            and order.active_from <= self._clock.instant + 1
        ]
        wallet = venue.wallet
        clock = self._clock
        if clock.after is After.STOP and symbol == clock.symbol and phase is Phase.STOPS:
            # What the bar did before the stop entry filled is not the position's.
            bar = bar._replace(open=wallet.positions[name].entry_price)
        return touches(phase, active, wallet.positions[name], wallet.margin(name), bar)

    def _fills_to_protect(self, bar: Bar) -> bool:
        """Fills what the phase touches; true after an entry, and where `_leaves_orphans`."""
        clock = self._clock
        phase, filled = clock.phase, False
        for touch in self._touches(clock.symbol, phase, bar):
            filled |= self._fill(touch, bar)
            if filled and phase in (Phase.ENTRIES_AT_OPEN, Phase.ENTRIES):
                return True
        if phase is Phase.TARGETS_AT_OPEN and filled and self._leaves_orphans():
            clock.phase = Phase.ENTRIES
            return True
        return False

    def _leaves_orphans(self) -> bool:
        """After a target at the open: orders rest that would fill in this bar without a reason.

        On futures the stops beside filled targets would close more than their part; where nothing
        is left to add to, safety orders would open anew.
        """
        venue = self._venue
        name = venue.symbols[self._clock.symbol]
        held = venue.wallet.positions[name].quantity > 0.0
        resting = [order for order in venue.resting if order.symbol == name]
        entries = [order for order in resting if not order.reduces]
        return bool(entries) if not held else venue.wallet.futures and len(entries) < len(resting)

    def _fill(self, touch: Touch, bar: Bar) -> bool:
        """False where the order cannot fill: an entry ends, what reduces rests on."""
        venue, order = self._venue, touch.order
        at_ms = bar.closed_at - 1
        if order is None:
            venue.liquidate(venue.symbols[self._clock.symbol], at_ms)
            return True
        if not touch.inside:
            at_ms = bar.opened_at
        position = venue.wallet.positions[order.symbol]
        if order.reduces and position.quantity == 0.0:
            return False
        if not order.reduces and not self._may_open(order, touch.price):
            venue.end(order, Status.EXPIRED, at_ms)
            return False
        opens_by_stop = order.kind.is_stop and not order.reduces
        self._after = After.STOP if opens_by_stop else After.LIMIT
        venue.fill(order, order.quantity, touch.price, at_ms, touch.maker)
        return True

    def _may_open(self, order: Order, price: float) -> bool:
        """Not against a position; a limit's cost is held back for it, a stop's may not suffice."""
        venue = self._venue
        position = venue.wallet.positions[order.symbol]
        if position.quantity and position.side != order.sign:
            return False
        if not order.kind.is_stop:
            return True
        others = [one for one in venue.resting if one is not order]
        return venue.refusal_of(order, order.quantity, price, others) is None

    def _owes_funding(self) -> bool:
        return any(self._due(symbol) for symbol in range(len(self._clock.tapes)))

    def _due(self, symbol: int) -> bool:
        """A bar of the symbol closes now, something is held, and a stamp belongs to it."""
        clock, venue = self._clock, self._venue
        held = venue.wallet.positions[venue.symbols[symbol]].quantity
        return bool(
            held and clock.has_closed(symbol) and clock.tapes[symbol].funding_per_unit != 0.0
        )

    def _charge_funding(self) -> None:
        """In file order, on what is held after these bars."""
        clock, venue = self._clock, self._venue
        for symbol, name in enumerate(venue.symbols):
            if not self._due(symbol):
                continue
            position = venue.wallet.positions[name]
            paid = fund(venue.wallet.account, position, clock.tapes[symbol].funding_per_unit)
            number = self._ledger.next_id("payments", "payment_id")
            self._ledger.add_payment(Payment(number, name, -paid, clock.now_ms))
            held = position.side * position.quantity
            detail = {"paid": paid, "held": held}
            venue.note(EventKind.FUNDING, name, clock.now_ms, detail)


def fill_market(venue: Venue, order: Order, price: float, at_ms: int) -> bool:
    """A market order at the price of its bar; false where it expires instead."""
    market, position = venue.market(order.symbol), venue.wallet.positions[order.symbol]
    quantity, grid = order.quantity, market.quantity
    if order.reduces:
        possible = position.quantity > 0.0 and position.side == -order.sign
    else:
        if order.spend:
            taker = venue.wallet.taker
            quantity = quantity_for(order.spend, price, taker, grid.numerator, grid.denominator)
        others = [one for one in venue.resting if one is not order]
        against = position.quantity > 0.0 and position.side != order.sign
        possible = not against and venue.refusal_of(order, quantity, price, others) is None
    if not possible:
        venue.end(order, Status.EXPIRED, at_ms)
        return False
    venue.fill(order, quantity, price, at_ms, maker=False)
    return True
