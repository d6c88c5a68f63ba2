"""What an edit of the rule file must not change of a position: its entry data and its stop.

The first start after an edit folds what became known since the newest decided close, by the text of
now. What was placed by the text before is in the journal: its prices stay, under new ids where
needed. What is then remembered is journaled, so that no later start folds that past again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.core import codes
from runner.core.desk import Desk, tighten
from runner.core.legs import protect
from runner.core.log import Log
from runner.core.plan import rules_of
from runner.core.size import away, on_ticks_against
from runner.core.strategy import ExitRule, Exits, Strategy
from runner.engine.rows import id_of, request_of
from runner.journal.history import History, Settled
from runner.journal.orders import OrderRecord
from runner.journal.positions import Position
from runner.model.errors import Refused
from runner.model.orders import OPENING, OrderState, Purpose, Side
from runner.model.trades import PositionSide

_DONE_RULES = "done_rules"


def go_on(
    desk: Desk, log: Log, strategy: Strategy, history: History, *, was_opened_since: bool
) -> None:
    """Makes a position that was opened by another text one of this text.

    `was_opened_since`: after the newest decided close, so that initial stop, R and targets are of
    the text of now, too.
    """
    if desk.position.quantity == 0.0:
        return
    symbol = strategy.symbols[desk.index]
    if not was_opened_since:
        _keep_done_rules(desk, strategy, history)
    if _has_news(history, symbol):
        _keep_entry_data(desk, symbol, history, was_opened_since=was_opened_since)
    if desk.stop == 0.0 and desk.plan.stop_fraction > 0.0:
        side, average = desk.position.side, desk.position.entry_price
        price = away(average, -side * desk.plan.stop_fraction)
        tighten(desk, on_ticks_against(desk.plan, side, price), codes.BY_STOP_LOSS)
    if desk.exit_row == codes.NONE and not _rests(desk, log, strategy, history):
        protect(desk, log)


def refuse_lost_side(strategy: Strategy, history: History) -> None:
    """What is held, and what may still open, is of a side that the rule file has."""
    for held in history.positions():
        side = _side(held.quantity > 0)
        if strategy.entry(side) is None:
            raise Refused(
                f"{strategy.name} holds {abs(held.quantity).normalize():f} of {held.symbol} "
                f"{side}, and the rule file has no `entry: {side}` any more: bring that side back, "
                f"or first `runner close {strategy.name} {held.symbol}` under the text before"
            )
    for one in history.orders_in(set(OrderState) - {OrderState.NEVER_ARRIVED}):
        request = one.request
        side = _side(request.side is Side.BUY)
        if request.purpose in OPENING and strategy.entry(side) is None:
            raise Refused(
                f"order `{one.client_order_id}` of {strategy.name} may still open a {side} "
                f"position, and the rule file has no `entry: {side}` any more: bring that side "
                f"back, or first `runner cancel {strategy.name}` under the text before"
            )


def edit_line(strategy: Strategy, history: History) -> str:
    """What an edit over open positions changes of them and what not."""
    held = history.positions()
    bare = [one.symbol for one in held if not _had_stop(history, one)]
    stays = "" if len(bare) == len(held) else " and the stop in force"
    wider = ", a wider one is not applied" if stays else ""
    line = (
        f"{strategy.name}: the rule file has changed while {_listed(held)} is held: its entry data"
        f"{stays} stay{wider}; exits go by the new text"
    )
    return f"{line}; {', '.join(bare)} has no stop{_new_stop(strategy.exits)}" if bare else line


def _listed(held: Iterable[Position]) -> str:
    return ", ".join(one.symbol for one in held)


def _had_stop(history: History, held: Position) -> bool:
    signal_at = history.expected(held.entry_order_id).request.decided_at
    placed = _placed(history, held.symbol, signal_at)
    return any(one.request.stop_price is not None for one in placed)


def _new_stop(exits: Exits) -> str:
    """What the new text does about a position without a stop."""
    if exits.stop_loss is not None and exits.stop_loss.fraction is not None:
        return ": the new text's is placed now"
    if exits.trailing_stop is not None:
        return " before the next close: from there on the new text's trails"
    if exits.stop_loss is not None:
        return ", and the new text's is read on a signal's bar: close it or protect it by hand"
    return ""


def done_rules_of(strategy: Strategy, desks: Iterable[Desk]) -> dict[str, object]:
    """By desk the text of exit rules that have acted: an edit may give their places to others."""
    done = {
        str(desk.index): [
            _text(rule)
            for bit, rule in enumerate(_rules(desk, strategy))
            if desk.done_rules >> bit & 1
        ]
        for desk in desks
        if desk.done_rules
    }
    return {_DONE_RULES: done} if done else {}


def _keep_done_rules(desk: Desk, strategy: Strategy, history: History) -> None:
    state: Mapping[str, Any] = history.state() or {}
    done = state.get(_DONE_RULES, {}).get(str(desk.index), [])
    desk.done_rules = sum(
        1 << bit for bit, rule in enumerate(_rules(desk, strategy)) if _text(rule) in done
    )


def _rules(desk: Desk, strategy: Strategy) -> list[ExitRule]:
    return rules_of(strategy, _side(desk.position.side > 0.0))


def _side(is_long: bool) -> PositionSide:
    return PositionSide.LONG if is_long else PositionSide.SHORT


def _text(rule: ExitRule) -> str:
    return " and ".join([*(one.expression.text for one in rule.when), f"close {rule.fraction}"])


def _keep_entry_data(desk: Desk, symbol: str, history: History, *, was_opened_since: bool) -> None:
    """The prices at which the journal has the position's protection."""
    placed = _placed(history, symbol, int(desk.signal_at))
    if not placed:
        return
    desk.attempt = max(desk.attempt, _attempt(placed[-1]))
    stops = [one for one in placed if one.request.stop_price is not None]
    if stops:
        desk.stop = float(stops[-1].request.stop_price or 0)
        desk.stop_reason = int(stops[-1].body.get("reason", codes.BY_STOP_LOSS))
    if stops and was_opened_since:
        desk.initial_stop = float(stops[0].request.stop_price or 0)
        desk.risk = desk.position.side * (desk.first_price - desk.initial_stop)
    if was_opened_since:
        for one in placed:
            if one.request.price is not None:
                desk.target_prices[int(one.body["leg"])] = float(one.request.price)


def _placed(history: History, symbol: str, signal_at: int) -> list[OrderRecord]:
    """Everything that ever protected the position of one signal, oldest attempt first."""
    placed = [
        one
        for one in history.orders()
        if one.request.purpose is Purpose.PROTECT
        and (one.request.symbol, one.request.decided_at) == (symbol, signal_at)
    ]
    return sorted(placed, key=_attempt)


def _rests(desk: Desk, log: Log, strategy: Strategy, history: History) -> bool:
    """What protects the position is at the exchange already, each part as it is wanted."""
    stops = [desk.leg_stop_row[leg] for leg in range(desk.legs)]
    rows = [*stops, *(desk.leg_target_row[leg] for leg in range(desk.legs))]
    if desk.stop > 0.0 and (not stops or codes.NONE in stops):
        return False
    for row in rows:
        if row == codes.NONE:
            continue
        cells = log.cells(row)
        record = history.order(id_of(strategy, cells))
        if record is None or record.ended or record.request != request_of(strategy, cells):
            return False
    return all(log.value(row, codes.PRICE) == desk.stop for row in stops if row != codes.NONE)


def _has_news(history: History, symbol: str) -> bool:
    settled = [one for one in history.events() if isinstance(one, Settled)]
    return any(one.after.request.symbol == symbol for one in settled)


def _attempt(record: OrderRecord) -> int:
    return int(record.body.get("attempt", 1))
