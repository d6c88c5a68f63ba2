"""Bars of a file as memory-mapped arrays, so that a second load costs a millisecond.

One directory per file and state of it: `opened_at.npy`, `values.npy` and `about.json`. It is
written under another name and renamed, so readers see all of it or nothing; whatever does not fit
together is thrown away and read from the file again. Nothing here can fail a load.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from runner.model.bars import Timeframe
from runner.model.clock import machine_ms
from runner.model.digests import sha256
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FORMAT = 1
# A file written again within one tick of its time stamp looks unchanged; a settled one cannot.
_SETTLED_MS = 2_000


@dataclass(frozen=True, slots=True)
class Arrays:
    """`values` has one row each for open, high, low, close and volume; `digest` is of both."""

    opened_at: NDArray[np.int64]
    values: NDArray[np.float64]
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the arrays of one state of one file belong; `older` are its entries of other states."""

    folder: Path
    older: str
    settled: bool


def entry_of(path: Path, timeframe: Timeframe, cache: Path) -> Entry | None:
    """`None` when the file cannot be looked at: reading it will say why."""
    try:
        found = path.resolve().stat()
    except OSError:
        return None
    name = _hex(f"{path.resolve()}\0{timeframe.text}")
    state = _hex(f"{_FORMAT}\0{found.st_size}\0{found.st_mtime_ns}")
    settled = machine_ms() - found.st_mtime_ns // 1_000_000 > _SETTLED_MS
    return Entry(cache / f"{name}-{state}", f"{name}-*", settled)


def load(entry: Entry) -> Arrays | None:
    """The arrays, private to this process when written to; `None` when absent or damaged."""
    import numpy as np

    try:
        about = json.loads((entry.folder / "about.json").read_bytes())
        opened_at = np.load(entry.folder / "opened_at.npy", mmap_mode="c")
        values = np.load(entry.folder / "values.npy", mmap_mode="c")
        arrays = Arrays(np.asarray(opened_at), np.asarray(values), about["sha256"])
        intact = about["check"] == _check(arrays)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        intact = False
    if intact:
        return arrays
    _remove(entry.folder)
    return None


def save(entry: Entry, arrays: Arrays) -> None:
    """Keeps the arrays, instead of those of older states; silently not, when there is no room."""
    import tempfile

    import numpy as np

    if not entry.settled:
        return
    root = entry.folder.parent
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for stale in root.glob(entry.older):
            _remove(stale)
        made = Path(tempfile.mkdtemp(prefix=f"{entry.folder.name}.", dir=root))
    except OSError:
        return
    try:
        np.save(made / "opened_at.npy", arrays.opened_at)
        np.save(made / "values.npy", arrays.values)
        about = {"sha256": arrays.digest, "check": _check(arrays)}
        (made / "about.json").write_text(json.dumps(about), encoding="ascii")
        made.rename(entry.folder)
    except OSError:  # full disk, or another process was first
        _remove(made)


def _remove(folder: Path) -> None:
    """As far as that is possible."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _check(arrays: Arrays) -> str:
    """Tells a damaged copy at the speed of memory: shape, and all 64-bit words xored."""
    import numpy as np

    shapes = f"{arrays.opened_at.shape}{arrays.values.shape}{arrays.values.flags.c_contiguous}"
    words = [
        int(np.bitwise_xor.reduce(array.reshape(-1).view(np.uint64)))
        for array in (arrays.opened_at, arrays.values)
    ]
    return f"{shapes} {words[0]:016x} {words[1]:016x}"


def _hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]
