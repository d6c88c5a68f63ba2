"""What an edit of the rule file must not change of a position: its entry data and its stop.

A start folds what became known since the newest decided close, and does so by the text of now. What
was placed by the text before is in the journal: its prices stay, under new ids where needed.
"""

from __future__ import annotations

from runner.core import codes
from runner.core.desk import Desk
from runner.core.legs import protect
from runner.core.log import Log
from runner.journal.history import History, Settled
from runner.journal.orders import OrderRecord
from runner.model.orders import Purpose


def keep_entry_data(
    desk: Desk, log: Log, symbol: str, history: History, *, was_opened_since: bool
) -> None:
    """Places the protection anew at the prices that the journal has, if anything has happened.

    `was_opened_since`: after the newest decided close, so that initial stop, R and targets are of
    the text of now, too.
    """
    placed = [
        one
        for one in history.orders()
        if one.request.purpose is Purpose.PROTECT
        and (one.request.symbol, one.request.decided_at) == (symbol, int(desk.signal_at))
    ]
    if not placed or desk.position.quantity == 0.0 or not _has_news(history, symbol):
        return
    placed.sort(key=_attempt)
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
    if desk.exit_row == codes.NONE:
        protect(desk, log)


def _has_news(history: History, symbol: str) -> bool:
    settled = [one for one in history.events() if isinstance(one, Settled)]
    return any(one.after.request.symbol == symbol for one in settled)


def _attempt(record: OrderRecord) -> int:
    return int(record.body.get("attempt", 1))
