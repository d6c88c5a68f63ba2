"""Where bars come from: a file, a folder of files, or a made-up market.

In: what the user wrote after `--data` or `--replay`. Out: bars with their digest and their source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runner.data import barfile, cache
from runner.data.specs import (
    Specs,
    bars_file,
    refuse_nameless_files,
    refuse_names_of_others,
    specs_of,
)
from runner.data.synthetic import BARS, synthetic
from runner.model.bars import Bars, Timeframe, gaps
from runner.model.results import DataUsed
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Dataset:
    """Bars, the SHA-256 of their content, and where they come from.

    `file` is what they were read from; `None` where they are made up.
    """

    bars: Bars
    sha256: str
    source: str
    file: Path | None

    def used(self) -> DataUsed:
        """What a result says about its data."""
        return used(self.bars, self.sha256, self.source)


def used(bars: Bars, digest: str, source: str) -> DataUsed:
    """What a result says about these bars."""
    found = gaps(bars)
    return DataUsed(
        symbol=bars.symbol,
        timeframe=bars.timeframe.text,
        from_ms=int(bars.opened_at[0]),
        to_ms=bars.closed_at(len(bars) - 1),
        bars=len(bars),
        gaps=len(found),
        missing=sum(gap.missing for gap in found),
        sha256=digest,
        source=source,
    )


def datasets(
    specs: Sequence[str], symbols: tuple[str, ...], timeframe: Timeframe, state: Path | None
) -> tuple[Dataset, ...]:
    """One per symbol, in order: all made up, or each from a file of its own."""
    words = specs_of(specs)
    refuse_nameless_files(words, symbols)
    found = tuple(_dataset(words, symbol, timeframe, state) for symbol in symbols)
    refuse_names_of_others(words, symbols)
    return found


def dataset(specs: Sequence[str], symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    """What `--data` or `--replay` names for the only symbol."""
    return datasets(specs, (symbol,), timeframe, state)[0]


def read(path: Path, symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    """Bars of a file, through the cache in `state` when one is given."""
    folder = state / "data-cache" if state is not None else None
    return _through_cache(path, symbol, timeframe, folder, barfile.read)


def read_mark(path: Path, symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    """Mark prices of a file, likewise."""
    # A cache of its own: kept as bars, mark prices would pass for trades the next time.
    folder = state / "mark-cache" if state is not None else None
    return _through_cache(path, symbol, timeframe, folder, barfile.read_mark)


def load_bars(path: Path, symbol: str, timeframe: Timeframe) -> Bars:
    """Bars of a file, not cached."""
    return read(path, symbol, timeframe, None).bars


def digest(bars: Bars) -> str:
    """SHA-256 of the content: times, then each column; the same for CSV, CSV.gz and cache."""
    from hashlib import sha256

    content = sha256(bars.opened_at.astype("<i8", copy=False).tobytes())
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
        content.update(column.astype("<f8", copy=False).tobytes())
    return content.hexdigest()


def _dataset(specs: Specs, symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    if specs.seed is None:
        return read(bars_file(specs, symbol, timeframe), symbol, timeframe, state)
    bars = synthetic(specs.seed, symbol, timeframe, BARS)
    return Dataset(bars, digest(bars), f"synthetic:{specs.seed}", None)


def _through_cache(
    path: Path,
    symbol: str,
    timeframe: Timeframe,
    folder: Path | None,
    table_of: Callable[[Path, Timeframe], NDArray[np.float64]],
) -> Dataset:
    entry = cache.entry_of(path, timeframe, folder) if folder is not None else None
    arrays = cache.load(entry) if entry is not None else None
    if arrays is None:
        arrays = _arrays(table_of(path, timeframe), timeframe)
        if entry is not None:
            cache.save(entry, arrays)
    bars = Bars(symbol, timeframe, arrays.opened_at, *arrays.values)
    return Dataset(bars, arrays.digest, str(path), path)


def _arrays(table: NDArray[np.float64], timeframe: Timeframe) -> cache.Arrays:
    import numpy as np

    opened_at = table[:, 0].astype(np.int64)
    values = np.ascontiguousarray(table[:, 1:].T)
    return cache.Arrays(opened_at, values, digest(Bars("", timeframe, opened_at, *values)))
