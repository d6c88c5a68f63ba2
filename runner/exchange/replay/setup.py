"""What one run of the embedded exchange is made of; written by the runner, read by the child.

Bars and funding rates lie in the run's folder, one array file per column; `Setup` names them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.exchange.replay.access import private
from runner.model.bars import Bars, Timeframe
from runner.model.errors import Refused
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid

SETUP_FILE = "setup.json"
COLUMNS = ("opened_at", "open", "high", "low", "close", "volume")
STAMPS, RATES = "stamps_ms", "rates"


@dataclass(frozen=True, slots=True)
class KeyProfile:
    """What the issued key may do, as `apiRestrictions` tells it."""

    reading: bool = True
    spot: bool = True
    ip_bound: bool = True
    withdrawals: bool = False
    internal_transfer: bool = False
    universal_transfer: bool = False
    margin: bool = False
    futures: bool = False
    options: bool = False
    portfolio_margin: bool = False
    fix_trade: bool = False
    fix_read: bool = False

    @staticmethod
    def trading(kind: MarketKind) -> KeyProfile:
        """A key that may read and trade one kind of market, and nothing else."""
        return KeyProfile(spot=kind is MarketKind.SPOT, futures=kind is MarketKind.FUTURES)


@dataclass(frozen=True, slots=True)
class Funding:
    """Recorded rates in ascending order: `stamps_ms` UTC, `rates` fractions of the notional."""

    stamps_ms: NDArray[np.int64]
    rates: NDArray[np.float64]


NO_FUNDING = Funding(np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, slots=True)
class SymbolSetup:
    """One market and its data: paths within the run's folder, which may be moved.

    `bars` is what `save_bars` returned, `funding` what `save_funding` did; `None` where
    nothing is charged.
    """

    market: Market
    bars: str
    funding: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """One account of one kind, its symbols in file order, one key.

    `initial` is the account's quote currency at the start; `seed` names the ids that the exchange
    makes up itself.
    """

    kind: MarketKind
    symbols: tuple[SymbolSetup, ...]
    timeframe: str
    costs: Costs
    initial: Decimal
    key: KeyProfile
    seed: int


def save_bars(folder: Path, bars: Bars) -> str:
    """Writes the bars of one symbol into `folder`; returns their folder's name in it."""
    name = f"bars-{_file_name(bars.symbol)}"
    _save(folder / name, {column: getattr(bars, column) for column in COLUMNS})
    return name


def save_funding(folder: Path, symbol: str, funding: Funding) -> str:
    """The same for the funding rates of one symbol."""
    name = f"funding-{_file_name(symbol)}"
    _save(folder / name, {STAMPS: funding.stamps_ms, RATES: funding.rates})
    return name


def load_bars(setup: Setup, one: SymbolSetup, run: Path) -> Bars:
    """The bars that `save_bars` wrote into the folder `run`."""
    folder = run / one.bars
    timeframe = Timeframe.parse(setup.timeframe)
    if timeframe is None:
        raise Refused(f"`{setup.timeframe}` is not a timeframe; write for example `1h`")
    columns = (np.load(folder / f"{column}.npy") for column in COLUMNS)
    bars = Bars(one.market.symbol, timeframe, *columns)
    if not len(bars):
        raise Refused(f"no bars in `{folder}`; give data with at least one bar")
    return bars


def load_funding(one: SymbolSetup, run: Path) -> Funding:
    """The rates that `save_funding` wrote; none where nothing is charged."""
    if one.funding is None:
        return NO_FUNDING
    folder = run / one.funding
    return Funding(np.load(folder / f"{STAMPS}.npy"), np.load(folder / f"{RATES}.npy"))


def _file_name(symbol: str) -> str:
    return symbol.replace("/", "-").replace(":", "-")


def _save(target: Path, columns: dict[str, NDArray[Any]]) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for column, values in columns.items():
        part, content = target / f"{column}.part", BytesIO()
        np.save(content, values)  # straight to a file it overlooks a full disk
        with open(part, "wb", opener=private) as file:
            file.write(content.getbuffer())
        part.replace(target / f"{column}.npy")


def setup_text(setup: Setup) -> str:
    """JSON with every number as its decimal text."""
    document = {
        "kind": setup.kind,
        "symbols": [
            {"market": _market_document(one.market), "bars": one.bars, "funding": one.funding}
            for one in setup.symbols
        ],
        "timeframe": setup.timeframe,
        "costs": {name: str(fraction) for name, fraction in asdict(setup.costs).items()},
        "initial": str(setup.initial),
        "key": asdict(setup.key),
        "seed": setup.seed,
    }
    return json.dumps(document, indent=2) + "\n"


def setup_of(text: str) -> Setup:
    """The setup that `setup_text` wrote."""
    document: dict[str, Any] = json.loads(text)
    return Setup(
        MarketKind(document["kind"]),
        tuple(
            SymbolSetup(_market_of(one["market"]), one["bars"], one["funding"])
            for one in document["symbols"]
        ),
        document["timeframe"],
        Costs(**{name: Decimal(fraction) for name, fraction in document["costs"].items()}),
        Decimal(document["initial"]),
        KeyProfile(**document["key"]),
        document["seed"],
    )


def _market_document(market: Market) -> dict[str, str | None]:
    return {
        "symbol": market.symbol,
        "base": market.base,
        "quote": market.quote,
        "tick": str(market.price.step),
        "step": str(market.quantity.step),
        "minimum_quantity": str(market.minimum_quantity),
        "minimum_notional": str(market.minimum_notional),
        "source": market.source,
        "maintenance": None if market.maintenance is None else str(market.maintenance),
        "max_leverage": None if market.max_leverage is None else str(market.max_leverage),
    }


def _market_of(document: dict[str, Any]) -> Market:
    maintenance, leverage = document["maintenance"], document["max_leverage"]
    return Market(
        document["symbol"],
        document["base"],
        document["quote"],
        Grid.of(Decimal(document["tick"])),
        Grid.of(Decimal(document["step"])),
        Decimal(document["minimum_quantity"]),
        Decimal(document["minimum_notional"]),
        document["source"],
        None if maintenance is None else Decimal(maintenance),
        None if leverage is None else Decimal(leverage),
    )
