"""What a process may do to files, taken away before it begins: for `Desk.runner(before=…)`."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import cache

import pytest

_DROP_FROM_BOUNDS = 24  # prctl(2): PR_CAPBSET_DROP
_OVERRIDES = (1, 2, 3)  # capabilities(7): DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER


def limited_files(most_bytes: int) -> Callable[[], None]:
    """No file grows beyond `most_bytes`: for each of them the disk is full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return limit


def without_root_rights() -> Callable[[], None]:
    """File modes hold for root too; skips the test where root cannot be told so."""
    if not _modes_hold():
        pytest.skip("this system does not let root give up its rights to files")
    return _drop


def _drop() -> None:
    if os.geteuid() == 0:
        system = ctypes.CDLL(None)
        for capability in _OVERRIDES:
            system.prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0)


@cache
def _modes_hold() -> bool:
    probe = (
        "import os, sys, tempfile; folder = tempfile.mkdtemp(); os.chmod(folder, 0o500)\n"
        "try: os.mkdir(folder + '/x')\n"
        "except PermissionError: sys.exit(0)\n"
        "finally: os.chmod(folder, 0o700)\n"
        "sys.exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", probe], preexec_fn=_drop, check=False)
    return done.returncode == 0
