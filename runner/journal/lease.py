"""Who may write: a lock held for the life of the process, and a witness of the newest row.

The lock file beside the journal holds one line: the holder's process id, the newest row's number
and its hash. It is written after each commit, without fsync: it may lag behind the journal, but
never lead it. A journal that does not hold the witnessed row has lost its end (a flipped bit in the
-wal file makes SQLite drop all that follows, silently) or is an older copy.

The lock belongs to the open file: a process that is forked (not one that is started anew) would
inherit it and hold it on.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from runner.journal.events import GENESIS
from runner.model.errors import Abandon, Unavailable
from runner.model.values import dataclass


class Held(Unavailable):
    """Another process writes the journal."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The newest row that is known to have been written; `seq` 0: none."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock on one journal; whoever has this value may write."""

    path: Path
    descriptor: int

    @staticmethod
    def take(journal: Path) -> Lock:
        """Raises Held when another process holds it."""
        path = lock_path(journal)
        while True:
            descriptor = _open(path)
            try:
                _lock(descriptor, journal)
                if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return Lock(path, descriptor)
            except FileNotFoundError:
                pass  # the file was moved away between opening and locking: lock the new one
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def record(self, seq: int, digest: str) -> None:
        """Remember the newest row; where the disk refuses, the witness lags, which is harmless."""
        with suppress(OSError):
            os.pwrite(self.descriptor, f"{os.getpid():>10} {seq:>20} {digest}\n".encode(), 0)

    def release(self) -> None:
        """Let another process write."""
        os.close(self.descriptor)


def lock_path(journal: Path) -> Path:
    """The file beside the journal."""
    return journal.with_name(journal.name + ".lock")


def witness_of(journal: Path) -> Witness:
    """What the lock file remembers; raises Abandon where it cannot be read as such."""
    path = lock_path(journal)
    line = _line(path)
    while (again := _line(path)) != line:  # it was being written
        line = again
    words = line.strip(b"\0 \n").split()
    if not words:
        return Witness(0, GENESIS)
    if len(words) == 3 and words[1].isdigit():
        return Witness(int(words[1]), words[2].decode("ascii", "replace"))
    raise Abandon(
        f"`{path}` is damaged, so the end of the journal cannot be vouched for: compare "
        f"`runner orders` with the exchange, then move `{path}` away"
    )


def _line(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Unavailable(
            f"cannot read `{path}` ({os.strerror(error.errno or 0).lower()}): check its rights, "
            "then start again"
        ) from error


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable(
            f"cannot write `{path}` ({os.strerror(error.errno or 0).lower()}): make its folder "
            "exist and be writable, then start again"
        ) from error


def _lock(descriptor: int, journal: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 10, 0).decode("ascii", "replace").strip(" \0") or "unknown"
        raise Held(
            f"another runner (pid {holder}) holds `{journal}`: stop it first, then start again"
        ) from error
