"""The trader and the journal in step: rows of the log as orders, what became of orders as fills.

In: settlements of the journal. Out: orders that are new, that are to be sent, that are to be
canceled. Holds nothing that the journal cannot give back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from runner.core import codes
from runner.core.book import Position, charge
from runner.core.desk import Desk, trades
from runner.core.limits import CheckedOrder, Denied, checked
from runner.core.snapshot import add_row, living, restore, snapshot_of
from runner.core.strategy import Strategy
from runner.core.trader import ended, filled, filled_part, less, liquidated
from runner.engine.backtest import new_trader
from runner.engine.byhand import RESUME, obey, stop_opening
from runner.engine.edited import done_rules_of, go_on, refuse_lost_side
from runner.engine.news import increment
from runner.engine.refusals import Refusals
from runner.engine.rows import LIQUIDATION, Row, cells_of, denial, id_of, request_of
from runner.exchange.ids import list_client_order_id
from runner.journal.history import Event, Funded, History, Settled, Word
from runner.journal.orders import CheckedRow, DeniedRow, OrderRecord, Settlement
from runner.model.errors import Abandon, Halt
from runner.model.markets import Market
from runner.model.money import decimal_of
from runner.model.orders import OPENING, OrderRequest, OrderState, Purpose, Side

_ENDS = {
    OrderState.EXPIRED: codes.EXPIRED,
    OrderState.CANCELED: codes.CANCELED,
    OrderState.REJECTED: codes.REJECTED,
    OrderState.FILLED: codes.FILLED,
    OrderState.NEVER_ARRIVED: codes.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Intentions:
    """What an instant or a fill has added to the log, in its order, ready for the journal."""

    rows: list[CheckedRow | DeniedRow]

    @property
    def orders(self) -> list[CheckedRow]:
        """Those that may be sent."""
        return [row for row in self.rows if isinstance(row, CheckedRow)]

    def requests(self) -> list[OrderRequest]:
        """Of all of them."""
        return [row.request for row in self.rows]


class Desks:
    """A trader whose rows have ids; one for a session."""

    def __init__(
        self, strategy: Strategy, markets: tuple[Market, ...], cash: float, *, asks_again: bool
    ) -> None:
        self.strategy = strategy
        self.trader = new_trader(strategy, markets, cash)
        self._rows: dict[str, int] = {}
        self._told = 0  # rows before have an id
        self._seen = 0  # rows before were looked at by `intentions`
        self.refusals = Refusals(self.trader)
        #: An order that never arrived is asked for again under its id (a replay); else it ended.
        self.asks_again = asks_again

    def resume(self, history: History) -> None:
        """The state of the newest decided instant, and all that became known since."""
        refuse_lost_side(self.strategy, history)
        state = history.state()
        if state is not None:
            try:
                restore(self.trader, state)
                self.refusals.restore(state)
            except (ValueError, KeyError) as error:
                raise Abandon(
                    f"the journal's state cannot be read ({error}): use the runner that wrote it"
                ) from None
            self.learn_ids()
        for client_order_id in history.living_at_state():
            if client_order_id not in self._rows:  # given up, and still to be canceled
                record = history.expected(client_order_id)
                self._rows[client_order_id] = add_row(self.trader, cells_of(self.strategy, record))
        self._told = int(self.trader.log.count)
        flat = {desk.index for desk in self.trader.desks if desk.position.quantity == 0.0}
        self.apply(history.events())
        for desk in self.trader.desks:
            self._cut_as_journaled(desk, history)
        if history.is_edited():
            for desk in self.trader.desks:
                was_flat = desk.index in flat
                go_on(desk, self.trader.log, self.strategy, history, was_opened_since=was_flat)
            self.learn_ids()

    def _cut_as_journaled(self, desk: Desk, history: History) -> None:
        """What was there when a part of the protection was sent is not known to the trader."""
        log = self.trader.log
        for leg in range(desk.legs):
            pair, cut = (desk.leg_stop_row[leg], desk.leg_target_row[leg]), 0.0
            for row in [row for row in pair if row != codes.NONE]:
                record = self._record(row, history)
                if record is not None:
                    sent = float(record.request.quantity or 0)
                    cut = max(cut, log.value(row, codes.QUANTITY) - sent)
                    log.write(row, codes.QUANTITY, min(sent, log.value(row, codes.QUANTITY)))
            if cut > 0.0:
                desk.leg_quantity[leg] = less(desk, desk.leg_quantity[leg], cut)

    def _record(self, row: int, history: History) -> OrderRecord | None:
        return history.order(id_of(self.strategy, self.cells(row)))

    def learn_ids(self) -> None:
        """Rows without an id get theirs."""
        count = int(self.trader.log.count)
        for row in range(self._told, count):
            self._rows[id_of(self.strategy, self.cells(row))] = row
        self._told = count

    def cells(self, row: int) -> Row:
        """A row of the log, see codes.py."""
        cells: list[float] = self.trader.log.cells(row)
        return cells

    def desk_of(self, symbol: str) -> Desk:
        """The desk of a symbol that is traded."""
        desk: Desk = self.trader.desks[self.strategy.symbols.index(symbol)]
        return desk

    def intentions(self, known: History) -> Intentions:
        """New rows that the journal does not have, as requests within every limit or denied."""
        rows: list[CheckedRow | DeniedRow] = []
        self.learn_ids()
        fresh = range(self._seen, self._told)
        self._seen = self._told
        for row in fresh:
            cells = self.cells(row)
            request = request_of(self.strategy, cells)
            record = known.order(request.client_order_id)
            if record is not None:
                _expect_its_own(record, cells)
                continue
            if cells[codes.STATE] == codes.DENIED:
                plan = self.trader.desks[int(cells[codes.DESK])].plan
                rows.append(DeniedRow(request, denial(plan, cells), {"reserved": Decimal(0)}))
            elif cells[codes.STATE] == codes.RESTING:
                passed, body = self._passed(request, cells), self._body(row, cells)
                rows.append(CheckedRow(passed, body, self.refusals.reasons(row)))
        return Intentions(rows)

    def _passed(self, request: OrderRequest, cells: Row) -> OrderRequest:
        """The second pass; what the trader wants and may not is our own mistake."""
        held = self.held(request.symbol)
        match checked(request, self.strategy, decimal_of(cells[codes.RESERVED]), held):
            case Denied(_, reasons):
                raise Halt(f"an order was denied ({'; '.join(reasons)}): look at the account")
            case CheckedOrder(request):
                return request

    def _body(self, row: int, cells: Row) -> dict[str, object]:
        """What the journal keeps beside a request; orders of one group are submitted together."""
        desk = self.trader.desks[int(cells[codes.DESK])]
        is_whole = row == desk.exit_row and desk.exit_quantity == desk.position.quantity
        return {
            **({"whole": True} if is_whole else {}),
            "reserved": decimal_of(cells[codes.RESERVED]),
            "group": self._group(row, cells),
            "reason": int(cells[codes.REASON]),
            "attempt": int(cells[codes.ATTEMPT]),
            "leg": int(cells[codes.LEG]),
        }

    def _group(self, row: int, cells: Row) -> str:
        """The stop and the target of one part are one list on spot; everything else is alone."""
        own = id_of(self.strategy, cells)
        if self.strategy.is_futures or cells[codes.PURPOSE] < codes.STOP:
            return own
        desk = self.trader.desks[int(cells[codes.DESK])]
        for leg in range(desk.legs):
            pair = (desk.leg_stop_row[leg], desk.leg_target_row[leg])
            if row in pair and codes.NONE not in pair:
                ids = [id_of(self.strategy, self.cells(one)) for one in pair]
                return list_client_order_id((ids[0], ids[1]))
        return own

    def held(self, symbol: str) -> Decimal:
        """What is held, signed, in base currency."""
        position = self.desk_of(symbol).position
        return decimal_of(position.side * position.quantity)

    def snapshot(self) -> dict[str, object]:
        """What a restart begins with."""
        done = done_rules_of(self.strategy, self.trader.desks)
        return {**snapshot_of(self.trader), **self.refusals.snapshot(), **done}

    def apply(self, events: Iterable[Event]) -> None:
        """What became known, in order; afterwards new rows may wait for the journal."""
        for event in events:
            match event:
                case Settled(before, after):
                    self._apply_settled(before, after)
                case Funded(symbol, _, paid):
                    held = self.desk_of(symbol).position
                    payer = held if held.quantity > 0.0 else Position(1, 1)  # it was held then
                    charge(self.trader.account, payer, float(paid))
                case Word(verb):
                    obey(self.trader, self.strategy, event, self._rows)
                    if verb == RESUME:
                        self.refusals.resumed()
            for desk in self.trader.desks:
                self.refusals.forget(desk)
            if self.trader.halted:
                stop_opening(self.trader)
            self.learn_ids()

    def in_playing_order(self, news: list[Settlement], known: History) -> list[Settlement]:
        """As a simulated bar would fill them: exits, entries, then by symbol; endings last.

        The journal keeps this order, so that a restart applies them in the same one.
        """
        return sorted(news, key=lambda one: self._played(known.expected(one.client_order_id), one))

    def _played(self, record: OrderRecord, news: Settlement) -> tuple[bool, int, int, int, int]:
        row = self._rows.get(record.client_order_id, 0)
        filled = None if news.report is None else news.report.execution
        is_filled = filled is not None and filled.quantity > record.filled_quantity
        if record.request.type == "market":
            return (not is_filled, 0, int(record.request.purpose is not Purpose.EXIT), 0, row)
        desk = self.strategy.symbols.index(record.request.symbol)
        return (not is_filled, 1, desk, 0 if filled is None else filled.at_ms, row)

    def _apply_settled(self, before: OrderRecord, after: OrderRecord) -> None:
        desk, row = self.desk_of(after.request.symbol), self._rows.get(after.client_order_id)
        quantity, price, paid = increment(before, after)
        at_ms = 0.0 if after.execution is None else float(after.execution.at_ms)
        if row is None:
            if after.body.get("group") != LIQUIDATION:
                return
            liquidated(self.trader, desk, quantity, price, at_ms)
            return
        if quantity > 0.0 and after.request.purpose in OPENING:
            self._expect_side(desk, after.request)
        if quantity > 0.0 and after.state is OrderState.FILLED:
            sibling = codes.CANCELED if self.strategy.is_futures else codes.EXPIRED
            filled(self.trader, desk, row, quantity, price, paid, at_ms, False, sibling)
            return
        if quantity > 0.0:
            filled_part(self.trader, desk, row, quantity, price, paid)
        if after.state is OrderState.ACCEPTED:
            self.refusals.rests(desk, after)
        if self._is_over(after) and self.cells(row)[codes.STATE] == codes.RESTING:
            cells = self.cells(row)
            ended(self.trader, desk, row, _ENDS[after.state])
            self.refusals.lost(desk, after, cells)

    def _expect_side(self, desk: Desk, request: OrderRequest) -> None:
        if not trades(desk, 1.0 if request.side is Side.BUY else -1.0):
            raise Halt(
                f"order `{request.client_order_id}` has filled after all, for a side that the rule "
                f"file no longer has: bring it back, or close {request.symbol} by hand now"
            )

    def _is_over(self, record: OrderRecord) -> bool:
        absent = record.state is OrderState.NEVER_ARRIVED
        return record.ended or (absent and not self.asks_again)

    def know_cash(self, cash: float, *, is_first: bool) -> None:
        """The account's cash as the exchange tells it.

        What others brought or took since is no gain or loss of the file; nor is what was there
        when it began, beyond its `capital`.
        """
        trader = self.trader
        if is_first:
            capital = self.strategy.capital
            trader.own = 0.0 if capital is None else float(capital) - cash
        else:
            trader.own = trader.own - (cash - trader.account.cash)
        trader.account.cash = cash

    def is_idle(self) -> bool:
        """Nothing is held and nothing lives, and no protection has anything to remember."""
        trader = self.trader
        flat = all(desk.position.quantity == 0.0 for desk in trader.desks)
        return flat and not trader.guards.active and not living(trader)

    def is_new(self, row: int, known: History) -> bool:
        """The journal does not have it yet."""
        return self._record(row, known) is None

    def is_given_up(self, record: OrderRecord) -> bool:
        """The trader has ended it, so that it is to be canceled wherever it rests."""
        row = self._rows.get(record.client_order_id)
        return row is None or self.cells(row)[codes.STATE] == codes.CANCELED

    def is_wanted(self, record: OrderRecord) -> bool:
        """It is still to be sent."""
        row = self._rows.get(record.client_order_id)
        return row is not None and self.cells(row)[codes.STATE] == codes.RESTING

    def is_void(self, record: OrderRecord) -> bool:
        """An exit of more than is held, or an entry against what is held and stays."""
        request = record.request
        if request.purpose is Purpose.EXIT:
            return abs(self.held(request.symbol)) < (request.quantity or 0)
        desk, side = self.desk_of(request.symbol), 1.0 if request.side is Side.BUY else -1.0
        stays = desk.position.quantity > 0.0 and desk.exit_row == codes.NONE
        return request.purpose is Purpose.ENTRY and stays and desk.position.side != side

    def has_flat(self, symbol: str) -> bool:
        """Nothing of a symbol is held."""
        return bool(self.desk_of(symbol).position.quantity == 0.0)


def _expect_its_own(record: OrderRecord, cells: Row) -> None:
    """A stop that would never be sent, because an order that has ended bears its id."""
    if record.ended and cells[codes.STATE] == codes.RESTING and cells[codes.PURPOSE] >= codes.STOP:
        raise Halt(
            f"the protection of {record.request.symbol} bears the id `{record.client_order_id}` "
            "of an order that has ended: protect or close it by hand now"
        )
