"""Every call that `runner doctor` makes with a key, in an audit log of its own beside the runs'.

In: the state folder. Out: what a door tells its calls to, and what became of the log. It lies in a
folder with a journal of its own, which vouches for the newest line as that of a run does, and whose
lock lets one doctor ask after the other, while runs of the same files trade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.commands.checks.verdict import Check, Verdict, ok
from runner.commands.runs import DOCTOR, JOURNAL_FILE
from runner.engine.logbook import keeping_log, recorder
from runner.journal.audit import Log
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.journal.holder import holder_of
from runner.journal.lease import Held
from runner.model.calls import CallRecord
from runner.model.clock import Clock
from runner.model.errors import RunnerError, Unavailable
from runner.rules.in_words import counted

#: So long a doctor waits for another one, which asks for a few seconds.
_PATIENCE_S, _PAUSE_S = 10.0, 0.1


class OwnLog:
    """The doctor's log, held open while it asks."""

    def __init__(self, journal: Journal, log: Log, account: str) -> None:
        self._journal, self._log = journal, log
        self._record = recorder(journal, account)
        self._calls = 0

    def record(self, call: CallRecord) -> None:
        """One line, of a call that has left."""
        self._calls += 1
        self._record(call)

    def step(self, name: str) -> None:
        """Heard by the door: a call leaves when the line of the one before it is on the disk."""
        if not name.endswith(":before"):
            return
        self._log.catch_up()
        if self._log.failure:
            raise Unavailable("not asked, as the call before it could not be logged")

    def checks(self) -> Iterator[Check]:
        """What became of the log; from here on the journal vouches for its last line."""
        subject = str(self._log.path.parent)
        if why := self._log.damage:
            fact = f"the log was not as `runner doctor` left it: {why}; a new file began"
            help = "`runner audit verify doctor` names the first bad line"
            yield Check("audit", subject, Verdict.REFUSED, fact, help)
            self._log.heeded()
        try:
            self._log.catch_up()
            self._journal.vouch()
        except RunnerError as error:
            yield unlogged(subject, error)
            return
        if why := self._log.failure:
            fact = f"a call could not be logged ({why}): nothing was asked after it"
            help = f"make `{self._log.path}` writable, or free some space"
            yield Check("audit", subject, Verdict.CANNOT_VERIFY, fact, help, 3)
        elif (vouched := self._journal.vouched()) is not None:
            calls = counted(self._calls, "call")
            yield ok("audit", subject, f"{calls} logged, up to line {vouched.seq}")


@contextmanager
def own_log(
    state: Path, account: str, clock: Clock, pause: Callable[[float], None]
) -> Iterator[OwnLog]:
    """Opens the log, and holds it. Raises RunnerError where it cannot be written.

    `pause` waits for so many seconds, while another doctor asks.
    """
    folder = state / DOCTOR
    with in_our_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        _journal(folder / JOURNAL_FILE, clock, pause) as journal,
        keeping_log(journal, DOCTOR, clock.wall_ms, lambda name: None) as log,
    ):
        if log.failure:
            raise Unavailable(f"cannot write `{log.path}` ({log.failure}): check its rights")
        journal.take_lease()
        journal.vouch()  # from the first line on: a file that is gone is missed
        yield OwnLog(journal, log, account)


def unlogged(subject: str, error: RunnerError) -> Check:
    """The log cannot be written; what cannot be logged is not asked."""
    if isinstance(error, Unavailable):
        help = "`--offline` leaves the exchange out"
        fact = f"calls with a key cannot be logged: {error}"
        return Check("audit", subject, Verdict.CANNOT_VERIFY, fact, help, 3)
    help = f"no order is in this journal: `{subject}` may be moved away to start it over"
    return Check("audit", subject, Verdict.REFUSED, str(error), help, error.exit_code)


def _journal(path: Path, clock: Clock, pause: Callable[[float], None]) -> Journal:
    """Opened as soon as no other doctor holds it; Unavailable where that takes too long."""
    latest_s = clock.monotonic_s() + _PATIENCE_S
    while True:
        try:
            return Journal.open(path, clock.wall_ms)
        except Held:
            if clock.monotonic_s() > latest_s:
                pid = holder_of(path) or "unknown"
                raise Unavailable(
                    f"another `runner doctor` (pid {pid}) holds `{path}`: try again when it is done"
                ) from None
        pause(_PAUSE_S)
