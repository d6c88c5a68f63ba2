"""One tally on disk, between the processes of this machine: locked, read, written back.

The lock is the kernel's: it ends with whoever holds it. What is torn, damaged or gone while it was
used counts as spent, never as free.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.exchange.budget.tally import Tally, Windows, blind, fresh, read, size_of, written


class Busy(Exception):
    """Somebody else has it just now, or it cannot be written; the text says which."""


class TallyFile:
    """What is spent of some limits; `now` is the counting clock, milliseconds."""

    def __init__(self, path: Path, windows: Windows, now: Callable[[], int]) -> None:
        self.path, self.windows, self._now = path, windows, now
        self._seen = False

    @contextmanager
    def held(self) -> Iterator[Held]:
        """Nobody else's until the end; raises Busy. What is put into it is written then."""
        try:
            descriptor = self._locked()
        except OSError as error:
            raise Busy(_words(error)) from None
        try:
            held = Held(self, descriptor)
            yield held
            held.write()
        except OSError as error:
            raise Busy(_words(error)) from None
        finally:
            os.close(descriptor)

    def _locked(self) -> int:
        if not self.path.exists():
            self._make()
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink == 0:  # taken away in this very moment
                raise BlockingIOError(errno.EAGAIN, "")
        except BaseException:
            os.close(descriptor)
            raise
        self._seen = True
        return descriptor

    def _make(self) -> None:
        """One of all that find no file makes it, whole before it has its name."""
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        here = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self.path.exists():
                return
            tally = (blind if self._seen else fresh)(self.windows, self._now())
            made = self.path.with_suffix(f"{self.path.suffix}.new")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(made, flags, 0o600)
            try:
                os.write(descriptor, written(tally, self.windows))
            finally:
                os.close(descriptor)
            made.rename(self.path)
        finally:
            os.close(here)


class Held:
    """A tally while its file is locked; put the next one into `tally`."""

    def __init__(self, file: TallyFile, descriptor: int) -> None:
        self._file, self._descriptor = file, descriptor
        now_ms = file._now()  # read under the lock: nobody has written a later instant
        data = os.pread(descriptor, size_of(file.windows) + 1, 0)
        known = read(data, file.windows)
        self.was_lost = known is None
        self.tally: Tally = (
            blind(file.windows, now_ms) if known is None else known.moved(file.windows, now_ms)
        )
        self._read = self.tally
        self._differs = known is None or now_ms < known.at_ms  # lost, or of another clock

    def write(self) -> None:
        """A ban is on the disk at once: it outlives the machine's power."""
        if self.tally == self._read and not self._differs:
            return
        data = written(self.tally, self._file.windows)
        if os.pwrite(self._descriptor, data, 0) != len(data):
            raise OSError(errno.ENOSPC, "")
        if self.was_lost:
            os.ftruncate(self._descriptor, len(data))
        if self.tally.closed_until_ms != self._read.closed_until_ms:
            os.fsync(self._descriptor)


def _words(error: OSError) -> str:
    if isinstance(error, BlockingIOError):
        return "another process holds it"
    return os.strerror(error.errno or 0).lower()
