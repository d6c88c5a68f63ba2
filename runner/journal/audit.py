"""The audit log: every call with a key as one line, sealed and chained, beside the journal.

In: calls. Out: `audit.jsonl`; its newest line on the disk is what the journal vouches for. A write
is on the disk before its outcome is journaled, readings are in batches. A log that cannot be
written, or was damaged, is no reason to give up a position, but keeps new ones from being opened.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runner.journal.auditbody import Body, Others, of_call, opening
from runner.journal.auditfile import AUDIT_FILE, full_files
from runner.journal.auditline import GAP, GENESIS, ROTATION, Mark, sealed
from runner.journal.auditstate import NO_LINE, UNWRITABLE, Found, find
from runner.model.calls import WRITES, CallRecord
from runner.model.clock import MachineClock

#: A new file begins when the newest has so many bytes; a start reads it within a second.
MOST_BYTES = 16 * 2**20

#: The journal vouches for readings after so many lines or seconds at the latest.
MOST_LINES, MOST_S = 1000, 60.0

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


class Log:
    """One run's audit log; only who holds the run's journal may open it.

    `environment` is the run's; `step` hears the name of each point beside a line; `knows` tells our
    own orders from others.
    """

    def __init__(
        self,
        folder: Path,
        environment: str,
        clock: Callable[[], int],
        step: Callable[[str], None],
        knows: Callable[[str], bool],
        most_bytes: int,
    ) -> None:
        self.path, self._environment = folder / AUDIT_FILE, environment
        self._clock, self._step, self._others = clock, step, Others(knows)
        self._most_bytes = most_bytes
        self._seconds = MachineClock().monotonic_s
        self._file: int | None = None  # descriptor
        self._bytes = 0  # of whole lines in it
        self._log = ""  # identity
        self._last = self._synced = NO_LINE
        self._began = NO_LINE  # first line of the newest file, if it is not the log's first
        self._synced_s = self._seconds()
        self.damage = self.failure = ""  # how it was found; why it cannot be written
        self._is_read = False
        self._lost = 0  # calls since it failed

    @staticmethod
    def open(
        folder: Path,
        vouched: Mark | None,
        environment: str,
        clock: Callable[[], int],
        step: Callable[[str], None],
        knows: Callable[[str], bool],
        most_bytes: int = MOST_BYTES,
    ) -> Log:
        """Goes on where the log ends, behind a gap where something is missing or wrong.

        `vouched`: the newest line that the journal knows. What keeps it from that is in `trouble`.
        """
        log = Log(folder, environment, clock, step, knows, most_bytes)
        log._last = vouched or NO_LINE
        try:
            log._begin(find(folder, vouched))
        except OSError as error:
            log._fail(error)
        return log

    @property
    def trouble(self) -> str:
        """Why nothing new may be opened; empty: all is well."""
        if self.damage:
            return (
                f"the audit log was not as the runner left it: {self.damage}; a new file began: "
                "look at what `runner audit verify` says before you resume"
            )
        if self.failure:
            return (
                f"the audit log `{self.path}` cannot be written ({self.failure}): make it "
                "writable before you resume"
            )
        return ""

    def heeded(self) -> None:
        """The journal knows of the damage, and a person must look."""
        self.damage = ""

    def newest(self) -> Mark | None:
        """The newest line that is on the disk, for the journal to vouch for."""
        return None if self.damage or not self._synced.seq else self._synced

    def is_behind(self, vouched: Mark | None) -> bool:
        """Lines have waited long enough for the disk, or for the journal.

        The first of a new file never waits: full files may be moved away only once it is known.
        """
        known = vouched or NO_LINE
        if known.seq < self._began.seq and not self.damage:
            return True
        waiting = self._last.seq - known.seq
        late = self._seconds() - self._synced_s > MOST_S
        return waiting >= MOST_LINES or (late and waiting > 0)

    def record(self, account: str, call: CallRecord) -> None:
        """One line; on the disk when this returns if the call was a write."""
        body = of_call(self._environment, account, call, self._others.in_call(call))
        try:
            if self._file is None:
                self._begin_again()
            elif self._bytes >= self._most_bytes:
                self._next_file(self._opening(ROTATION))
            self._step("audit:line:before")
            self._append(body)
        except OSError as error:
            self._lost += 1
            self._fail(error)
            return
        if call.verb in WRITES:
            self.catch_up()
        self._step("audit:line:after")

    def catch_up(self) -> None:
        """All lines are on the disk; where it refuses, `trouble` says so."""
        try:
            self._sync()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """The same for the last time."""
        self.catch_up()
        self._let_go()

    def _begin(self, found: Found) -> None:
        self._last, self.damage = found.last, found.pending
        self._log = found.log or secrets.token_hex(16)
        self._is_read = True
        if found.bytes is not None:
            self._file, self._bytes = os.open(self.path, _FLAGS), found.bytes
            os.ftruncate(self._file, found.bytes)
            self._sync()
        if found.cause:
            self._next_file(self._opening(GAP, found.cause, found.reason))
        elif found.bytes is None:
            self.path.unlink(missing_ok=True)  # its first line was never whole
            self._next_file(self._opening(ROTATION if self._last.seq else GENESIS))

    def _begin_again(self) -> None:
        """After a failure: that calls are missing is told first."""
        if not self._is_read:
            self._begin(find(self.path.parent, self._last if self._last.seq else None))
        if self._lost or self._file is None:
            self._next_file(self._opening(GAP, UNWRITABLE, self.failure))
        self.failure, self._lost = "", 0

    def _opening(self, kind: str, cause: str = "", reason: str = "") -> Body:
        return opening(kind, self._clock(), self._log, self._last, cause, reason, self._lost)

    def _next_file(self, first: Body) -> None:
        """The file is set aside under a number; the new one has its first line, or is not there.

        Whoever dies in between leaves no newest file, and the next start makes it.
        """
        self._sync()
        self._let_go()
        _set_aside(self.path)
        self._step("audit:file:before")
        before = self._last
        self._file, self._bytes = os.open(self.path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600), 0
        try:
            self._append(first)
            self._sync()
        except OSError:
            self._last = before
            self._let_go()
            with suppress(OSError):
                self.path.unlink()
            raise
        self._began = self._last if before.seq else NO_LINE
        _sync_folder(self.path.parent)
        self._step("audit:file:after")

    def _append(self, body: Body) -> None:
        assert self._file is not None
        seq = self._last.seq + 1
        line, digest = sealed(body | {"seq": seq}, self._last.hash)
        written = os.write(self._file, line)
        while written < len(line):  # what stands in the way is told by the next try
            written += os.write(self._file, line[written:])
        self._last, self._bytes = Mark(seq, digest), self._bytes + len(line)

    def _sync(self) -> None:
        if self._file is not None and self._last != self._synced:
            os.fsync(self._file)
            self._synced, self._synced_s = self._last, self._seconds()

    def _fail(self, error: OSError) -> None:
        self.failure = os.strerror(error.errno or 0).lower()
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file, self._bytes)  # half a line is none
        self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _set_aside(path: Path) -> None:
    """An empty file holds nothing to keep."""
    if not path.exists():
        return
    if path.stat().st_size == 0:
        path.unlink()
        return
    full = full_files(path.parent)
    number = int(full[-1].stem[6:]) + 1 if full else 1
    path.rename(path.with_name(f"audit-{number:06d}.jsonl"))


def _sync_folder(folder: Path) -> None:
    """The names of its files are on the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
