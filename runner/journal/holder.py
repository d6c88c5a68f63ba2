"""Who holds a journal now, for whoever only looks."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from runner.journal.failures import in_our_words
from runner.journal.lease import lock_path


def holder_of(journal: Path) -> str | None:
    """The process id of the runner that holds the lease, `unknown` where it cannot be read.

    `None` where nobody does. The lock is only tried: a runner that starts in that very moment says
    that another one holds it, and is started again.
    """
    path = lock_path(journal)
    with in_our_words(path):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(descriptor, 10, 0).decode("ascii", "replace").strip(" \0") or "unknown"
        finally:
            os.close(descriptor)
    return None
