"""What keeps the embedded exchange from its files, in words that say what to do."""

from __future__ import annotations

import os
import sqlite3

#: A log that ends in a line with this beginning says why the process ended.
FAILED = "error: "

_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def in_our_words(reason: Exception) -> str:
    """One line; what is neither a file's nor a database's failure is said as it is."""
    match reason:
        case sqlite3.Error() if getattr(reason, "sqlite_errorcode", 0) & 0xFF in _DISK:
            return "the disk refused its ledger: check its space and limits, then start again"
        case sqlite3.Error():
            return (
                f"its ledger cannot be used ({reason}): restore it from a backup, or start over "
                "with `--fresh`"
            )
        case OSError(errno=int() as number, filename=str() as name):
            return f"cannot use `{name}` ({os.strerror(number).lower()}): check path and rights"
    return str(reason)
