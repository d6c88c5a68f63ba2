"""What a process that computes on whole series asks of its allocator."""

from __future__ import annotations

import sys

#: Of glibc's malloc.h. Its threshold for memory of its own (mmap) may be 32 MiB at most.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MMAP_BYTES, _TRIM_BYTES = 32 << 20, 512 << 20


def keep_pages() -> None:
    """Freed arrays leave their pages to the next ones: the first touch of 8 MB costs 3 ms.

    The peak is the same. Does nothing where the C library is not glibc.
    """
    if sys.platform != "linux":
        return
    import ctypes  # numpy brings it along

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)
