"""Reads what a path names, where that is a regular file: a pipe or a device may never end."""

from __future__ import annotations

import os
import stat

from runner.model.errors import Refused

#: Most files are shorter; to make room for the longest takes longer than to read these.
_FEW_BYTES = 1 << 14


def bytes_at(path: os.PathLike[str] | str, most: int) -> bytes:
    """At most so many bytes; Refused where there are none to be had."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(f"{path}: it is no regular file; give the path of a rule file")
            data = file.read(min(most, _FEW_BYTES))
            if len(data) == _FEW_BYTES:  # room for the longest is taken for these alone
                data += file.read(most - _FEW_BYTES)
            return data
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise Refused(f"{path}: {reason}; give the path of a rule file") from None
