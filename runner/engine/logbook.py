"""The audit log of a run beside its journal: one is told of calls, the other vouches for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from runner.journal.audit import Log
from runner.journal.database import Journal
from runner.model.calls import WRITES, CallRecord
from runner.model.errors import RunnerError

Record = Callable[[CallRecord], None]


@contextmanager
def keeping_log(
    journal: Journal, environment: str, clock: Callable[[], int], step: Callable[[str], None]
) -> Iterator[Log]:
    """The log in the journal's folder; at the end the journal vouches for its last line."""

    def knows(client_order_id: str) -> bool:
        return journal.order(client_order_id) is not None

    log = Log.open(journal.path.parent, journal.vouched(), environment, clock, step, knows)
    journal.log = log
    try:
        yield log
    finally:
        log.close()
        with suppress(RunnerError):  # what went wrong with the journal is on its way already
            journal.vouch()


def recorder(journal: Journal, account: str) -> Record:
    """What the door of one account tells its calls to.

    A write is vouched for by the row that settles it, so that its outcome is never in between.
    """
    log = journal.log
    if log is None:
        raise RuntimeError("keeping_log() comes before the first call")

    def record(call: CallRecord) -> None:
        log.record(account, call)
        if call.verb not in WRITES and log.is_behind(journal.vouched()):
            log.catch_up()
            journal.vouch()

    return record
