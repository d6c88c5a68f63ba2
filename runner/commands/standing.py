"""Whether a run may enter, and whether what it holds is safe: what its journal tells of that."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.engine.obstacles import Paused
    from runner.journal.history import History
    from runner.journal.positions import Position


#: Of a run on the clock: one is being waited for, one may be late.
MOST_CLOSES_BEHIND = 3


def is_halted(history: History) -> bool:
    """A person stopped new exposure, or the run itself did, and nobody has resumed since."""
    return bool(history.halts())


_HALTING = ("halt", "flatten", "resume")


def will_be_halted(run: Run) -> bool:
    """The same once every request that waits is taken up."""
    from runner.journal.mailbox import Mailbox

    verbs = [request.verb for request in Mailbox(run.path).waiting() if request.verb in _HALTING]
    return verbs[-1] != "resume" if verbs else is_halted(run.history)


def pauses_of(history: History) -> list[Paused]:
    """Protections that pause entries, as of the newest decided instant."""
    from runner.engine.obstacles import Paused
    from runner.journal.history import Word

    since = history.events_since_decided()
    if any(isinstance(event, Word) and event.verb == "resume" for event in since):
        return []
    paused = history.trace().get("pauses", [])
    return [Paused(one["protection"], one["until"]) for one in paused]


def behind_stops(history: History, position: Position) -> Decimal:
    """How much of a position is behind a stop that rests at the exchange."""
    resting = {order.client_order_id: order for order in history.open_orders()}
    stops = (resting[one].request for one in position.protective_ids if one in resting)
    quantities = (stop.quantity for stop in stops if stop.stop_price is not None)
    return sum((quantity for quantity in quantities if quantity is not None), Decimal(0))


def is_leaving(history: History, symbol: str) -> bool:
    """An order to close it is on its way; then nothing protects it any more."""
    from runner.model.orders import Purpose

    return any(
        order.request.symbol == symbol and order.request.purpose is Purpose.EXIT and not order.ended
        for order in history.orders()
    )


def findings(run: Run) -> Iterator[str]:
    """What a person should look at, in one line each; none: all is well."""
    history = run.history
    if history.is_finished():
        return
    for reason in dict.fromkeys(history.halts()):
        cause = f"halted: {reason}" if reason else "halted by a person"
        yield f"{cause}: `runner resume {run.name}` ends it"
    for paused in pauses_of(history):
        if paused.until is None:
            yield f"{paused.text}: `runner resume {run.name}` ends it"
    if run.holder() is not None:
        yield from _behind(run)
    else:
        yield "stale: unfinished, and no runner is running it; the same command resumes it"
        for record in history.unsettled():
            yield f"order {record.client_order_id} is unclear: the next start looks it up"
    yield from _unprotected(history)


def _behind(run: Run) -> Iterator[str]:
    """A run on the clock that has not looked at the newest closes."""
    from runner.model.bars import Timeframe
    from runner.model.clock import iso, machine_ms

    timeframe = Timeframe.parse(run.history.identity().get("timeframe", ""))
    reached = run.history.reached()
    if run.environment == "replay" or timeframe is None or reached is None:
        return
    if machine_ms() - reached > MOST_CLOSES_BEHIND * timeframe.ms:
        yield f"stale: no close after {iso(reached)} was handled; look at what the runner says"


def _unprotected(history: History) -> Iterator[str]:
    """Positions of a file with stops that are not wholly behind one."""
    if not history.trace().get("has_stop", False):
        return
    for held in history.positions():
        behind, quantity = behind_stops(history, held), abs(held.quantity)
        if behind < quantity and not is_leaving(history, held.symbol):
            yield (
                f"without a stop: {quantity - behind} of {quantity} {held.symbol}; the next start "
                "places it, else protect or close it by hand"
            )
