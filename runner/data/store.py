"""Where bars come from: a file, a folder of files, or a made-up market.

In: what the user wrote after `--data` or `--replay`. Out: bars with their digest and their source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from runner.data import barfile, cache
from runner.data.synthetic import BARS, synthetic
from runner.model.bars import Bars, Timeframe, gaps
from runner.model.errors import Refused
from runner.model.results import DataUsed

_SYNTHETIC = re.compile(r"synthetic:(?:([0-9]{1,18})\Z)?")
_FOR_SYMBOL = re.compile(r"([A-Z0-9]+/[A-Z0-9]+(?::[A-Z0-9]+)?)=(.+)\Z")
_LISTED = 12  # files that a refusal lists


@dataclass(frozen=True, slots=True)
class Dataset:
    """Bars, the SHA-256 of their content, and where they come from."""

    bars: Bars
    sha256: str
    source: str

    def used(self) -> DataUsed:
        """What a result says about its data."""
        found = gaps(self.bars)
        return DataUsed(
            symbol=self.bars.symbol,
            timeframe=self.bars.timeframe.text,
            from_ms=int(self.bars.opened_at[0]),
            to_ms=self.bars.closed_at(len(self.bars) - 1),
            bars=len(self.bars),
            gaps=len(found),
            missing=sum(gap.missing for gap in found),
            sha256=self.sha256,
            source=self.source,
        )


def dataset(specs: Sequence[str], symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    """What `--data` or `--replay` names: `synthetic:SEED`, FILE, SYMBOL=FILE or a folder."""
    for spec in specs:
        if not spec:
            raise Refused(
                "a data name is empty; write FILE, SYMBOL=FILE, a folder or `synthetic:7`"
            )
        match = _SYNTHETIC.match(spec)
        if match is not None:
            return _made_up(spec, match[1], symbol, timeframe)
    return read(find(specs, symbol, timeframe), symbol, timeframe, state)


def read(path: Path, symbol: str, timeframe: Timeframe, state: Path | None) -> Dataset:
    """Bars of a file, through the cache in `state` when one is given."""
    entry = cache.entry_of(path, timeframe, state / "data-cache") if state is not None else None
    arrays = cache.load(entry) if entry is not None else None
    if arrays is None:
        arrays = _from_file(path, timeframe)
        if entry is not None:
            cache.save(entry, arrays)
    bars = Bars(symbol, timeframe, arrays.opened_at, *arrays.values)
    return Dataset(bars, arrays.digest, str(path))


def load_bars(path: Path, symbol: str, timeframe: Timeframe) -> Bars:
    """Bars of a file, not cached."""
    return read(path, symbol, timeframe, None).bars


def digest(bars: Bars) -> str:
    """SHA-256 of the content: times, then each column; the same for CSV, CSV.gz and cache."""
    content = sha256(bars.opened_at.astype("<i8", copy=False).tobytes())
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
        content.update(column.astype("<f8", copy=False).tobytes())
    return content.hexdigest()


def find(specs: Sequence[str], symbol: str, timeframe: Timeframe) -> Path:
    """The one file for `symbol`: SYMBOL=FILE before FILE before what a folder holds."""
    named = [match for spec in specs if (match := _FOR_SYMBOL.match(spec))]
    plain = [Path(spec) for spec in specs if not _FOR_SYMBOL.match(spec)]
    files = [Path(match[2]) for match in named if match[1] == symbol]
    files = files or [path for path in plain if not path.is_dir()]
    files = files or [
        file
        for folder in plain
        if folder.is_dir()
        for file in _in_folder(folder, symbol, timeframe)
    ]
    if len(files) == 1:
        return files[0]
    if files:
        raise Refused(
            f"{len(files)} files hold {timeframe.text} bars of {symbol}: {_listed(files)}; "
            f"name one with `{symbol}=FILE`"
        )
    raise _nothing_found(specs, [path for path in plain if path.is_dir()], symbol, timeframe)


def _made_up(spec: str, seed: str | None, symbol: str, timeframe: Timeframe) -> Dataset:
    if seed is None:
        raise Refused(
            f"`{spec}` has no seed; write a whole number after the colon: `synthetic:7` (at most "
            "18 digits)"
        )
    bars = synthetic(int(seed), symbol, timeframe, BARS)
    return Dataset(bars, digest(bars), f"synthetic:{int(seed)}")


def _from_file(path: Path, timeframe: Timeframe) -> cache.Arrays:
    import numpy as np

    table = barfile.read(path, timeframe)
    opened_at = table[:, 0].astype(np.int64)
    values = np.ascontiguousarray(table[:, 1:].T)
    return cache.Arrays(opened_at, values, digest(Bars("", timeframe, opened_at, *values)))


def _in_folder(folder: Path, symbol: str, timeframe: Timeframe) -> list[Path]:
    """Files named `BASE-QUOTE[-SETTLE]-TIMEFRAME[-DATE].csv[.gz]`, at any depth.

    A dated file is an excerpt: it counts only where no whole one is there.
    """
    name = f"{re.sub('[/:]', '-', symbol)}-{timeframe.text}"
    wanted = re.compile(rf"{re.escape(name)}(?P<date>-[0-9]{{6}}([0-9]{{2}})?)?\.csv(\.gz)?\Z")
    found = [(file, wanted.match(file.name)) for file in sorted(folder.rglob(f"{name}*"))]
    files = [file for file, match in found if match]
    return [file for file, match in found if match and not match["date"]] or files


def _nothing_found(
    specs: Sequence[str], folders: list[Path], symbol: str, timeframe: Timeframe
) -> Refused:
    if not folders:
        return Refused(f"no data for {symbol} in {', '.join(specs)}; add `{symbol}=FILE`")
    base = re.sub("[/:]", "-", symbol)
    there = sorted(file for folder in folders for file in folder.rglob("*.csv*"))
    near = [file for file in there if file.name.startswith(f"{base}-")] or there
    found = f"there are {_listed(near)}" if near else "there are no CSV files"
    where = ", ".join(map(str, folders))
    return Refused(f"no {base}-{timeframe.text}.csv or .csv.gz below {where}; {found}")


def _listed(files: list[Path]) -> str:
    more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
    return ", ".join(map(str, files[:_LISTED])) + more
