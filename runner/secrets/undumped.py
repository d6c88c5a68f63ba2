"""Keeps what is in memory out of core dumps, and from other programs of the same user."""

from __future__ import annotations

import sys
from contextlib import suppress

_SET_DUMPABLE = 4  # prctl(2): PR_SET_DUMPABLE


def forbid_dumps() -> None:
    """From now on a crash of this process leaves no core; programs that it starts leave none too.

    On Linux a limit does not hold for cores that the system hands to a program (core(5)), and
    whatever runs under the same user could read the memory itself: neither can be done any more.
    """
    with suppress(ImportError):  # Windows has no such limit
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        with suppress(ImportError):  # a Python that was built without it
            import ctypes

            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
