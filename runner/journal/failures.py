"""What a failure of SQLite or the disk means, in words that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.model.errors import Abandon, Unavailable

# What a failed statement means, by SQLite's primary result code; all of them left nothing behind.
_WORLD = {
    sqlite3.SQLITE_BUSY: "another program has it locked: close that program",
    sqlite3.SQLITE_CANTOPEN: "its file or folder cannot be opened: check path and rights",
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "the disk refused to read or write: check its space, limits and health",
    sqlite3.SQLITE_PERM: "it may not be accessed: check its rights",
    sqlite3.SQLITE_READONLY: "it is read-only: make file and folder writable",
}

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # the disk, or what this user may have of it


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Errors of SQLite and the disk as ours; misuse of the library stays what it is: a bug."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_CONSTRAINT:
            raise Abandon(
                f"`{path}` refused a row that contradicts an earlier one: look for another "
                "program that writes it, and compare orders with the exchange"
            ) from error
        reason = _WORLD.get(code)
        if reason is None:
            raise Abandon(damaged(path, "it cannot be read as a journal")) from error
        raise Unavailable(f"cannot use `{path}`: {reason}, then start again") from error
    except UnicodeDecodeError as error:  # in a text, or in SQLite's own message about damage
        raise Abandon(damaged(path, "it holds text that is none")) from error
    except OSError as error:
        what = "free some space" if error.errno in _FULL else "check path and rights"
        raise Unavailable(
            f"cannot use `{path}` ({os.strerror(error.errno or 0).lower()}): {what}, then start "
            "again"
        ) from error


def damaged(path: Path, fact: str) -> str:
    """What is wrong, and the way out."""
    return (
        f"the journal `{path}` is damaged, {fact}: restore a backup, or compare positions and "
        f"orders at the exchange by hand and move `{path}` and `{path}.lock` away to start over"
    )


def lost(path: Path, seq: int, witnessed: int) -> str:
    """A journal that is older than it once was, and the way out."""
    return damaged(path, f"it ends at row {seq} but row {witnessed} had been written")
