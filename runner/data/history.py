"""Everything past that a run reads: bars, funding and mark prices of each symbol, and inputs.

In: what the user wrote after `--data` or `--replay`. Out: `MarketData` per symbol, and `RunData`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runner.data.funding import (
    MADE_UP_RATE,
    Funding,
    completed_funding,
    declared_funding,
    read_funding,
)
from runner.data.specs import Specs, file_name, funding_file, mark_file, specs_of
from runner.data.store import Dataset, datasets, read_mark, used
from runner.data.timed import Timed
from runner.model.bars import Bars, Timeframe
from runner.model.digests import sha256
from runner.model.errors import Refused
from runner.model.results import DataUsed
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class MarketData:
    """The past of one symbol; `sha256` is of the bars' content.

    `funding` is of contracts; `mark` holds the mark price at each bar's close (NaN where the file
    has none), and is `None` where there is no such file. Live it ends where it is not told yet.
    """

    symbol: str
    bars: Bars
    sha256: str
    source: str
    funding: Funding | None
    mark: NDArray[np.float64] | None

    def used(self) -> DataUsed:
        """What a result says about its data."""
        return used(self.bars, self.sha256, self.source)


@dataclass(frozen=True, slots=True)
class RunData:
    """What one strategy reads: its symbols in file order, then others that its indicators name.

    `inputs` has, by name, when each value became known (UTC ms, rising) and the values.
    """

    markets: tuple[MarketData, ...]
    inputs: Mapping[str, Timed]

    def used(self) -> tuple[DataUsed, ...]:
        """What a result says about its data, one per symbol."""
        return tuple(market.used() for market in self.markets)

    def digest(self) -> str:
        """SHA-256 of everything; of one symbol's bars alone it is that of the bars."""
        parts = [market.sha256 for market in self.markets]
        for market in self.markets:
            if market.funding is not None:
                parts.append(f"funding {market.symbol} {market.funding.sha256}")
            if market.mark is not None:
                parts.append(f"mark {market.symbol} {_content(market.mark)}")
        for name, (known_at, values) in sorted(self.inputs.items()):
            parts.append(f"input {name} {_content(known_at)} {_content(values)}")
        return parts[0] if len(parts) == 1 else sha256("\n".join(parts).encode()).hexdigest()


def load_market_data(
    specs: Sequence[str],
    traded: tuple[str, ...],
    read_only: tuple[str, ...],
    timeframe: Timeframe,
    declared: Decimal | None,
    state: Path | None,
) -> tuple[MarketData, ...]:
    """Symbols that are `traded`, then those that are `read_only`; Refused where a part is missing.

    A contract that is traded needs funding at every settlement; the `declared` rate per 8 hours
    stands in for what is not recorded.
    """
    words = specs_of(specs)
    found = datasets(specs, (*traded, *read_only), timeframe, state)
    funded = [
        _settled(words, data, declared) if symbol in traded else _recorded(words, data)
        for symbol, data in zip((*traded, *read_only), found, strict=True)
    ]
    return tuple(
        MarketData(data.bars.symbol, data.bars, data.sha256, data.source, funding, mark)
        for data, funding in zip(found, funded, strict=True)
        for mark in (_mark(words, data, state),)
    )


def _settled(specs: Specs, data: Dataset, declared: Decimal | None) -> Funding | None:
    """Every settlement of a contract; `None` on spot."""
    if not _is_contract(data):
        return None
    recorded = _recorded(specs, data)
    if recorded is not None:
        return completed_funding(recorded, data.bars, declared)
    if declared is not None:
        return declared_funding(data.bars, declared, "as the rule file declares")
    if data.file is None:
        return declared_funding(data.bars, MADE_UP_RATE, "made up")
    symbol = data.bars.symbol
    raise Refused(
        f"no funding rates of {symbol}: put {file_name(symbol)}-8h-funding_rate.csv beside "
        f"{data.source}, name a file with `funding:{symbol}=FILE`, or write "
        "`backtest: {funding: 0.01%}` (per 8 hours) in the rule file"
    )


def _recorded(specs: Specs, data: Dataset) -> Funding | None:
    if data.file is None or not _is_contract(data):
        return None
    file = funding_file(specs, data.bars.symbol, data.file)
    return read_funding(file) if file is not None else None


def _mark(specs: Specs, data: Dataset, state: Path | None) -> NDArray[np.float64] | None:
    """The mark price at each bar's close; bars of the same times share the file's memory."""
    import numpy as np

    bars = data.bars
    if data.file is None or not _is_contract(data):
        return None
    file = mark_file(specs, bars.symbol, bars.timeframe, data.file)
    if file is None:
        return None
    marks = read_mark(file, bars.symbol, bars.timeframe, state).bars
    if np.array_equal(marks.opened_at, bars.opened_at):
        return marks.close
    at = np.minimum(np.searchsorted(marks.opened_at, bars.opened_at), len(marks) - 1)
    return np.where(marks.opened_at[at] == bars.opened_at, marks.close[at], np.nan)


def _is_contract(data: Dataset) -> bool:
    return ":" in data.bars.symbol


def _content(array: NDArray[np.int64] | NDArray[np.float64]) -> str:
    import hashlib  # OpenSSL's is five times as fast, which pays for its import here

    return hashlib.sha256(array.tobytes()).hexdigest()
