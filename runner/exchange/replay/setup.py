"""What one run of the embedded exchange is made of; written by the runner, read by the child."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from runner.exchange.replay.access import private
from runner.model.bars import Bars, Timeframe
from runner.model.errors import Refused
from runner.model.markets import Costs, Market
from runner.model.money import Grid

SETUP_FILE = "setup.json"
COLUMNS = ("opened_at", "open", "high", "low", "close", "volume")


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


@dataclass(frozen=True, slots=True)
class Setup:
    """One market, one account, one key.

    `bars_folder` is what `save_bars` returned: a path within the run's folder, which may be moved.
    `initial` is the account's quote currency at the start; `seed` names the ids that the exchange
    makes up itself.
    """

    bars_folder: str
    timeframe: str
    market: Market
    costs: Costs
    initial: Decimal
    key: KeyProfile
    seed: int


def save_bars(folder: Path, bars: Bars) -> str:
    """Writes `bars` into `folder`, one array file per column; returns their folder's name in it."""
    target = folder / "bars"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for column in COLUMNS:
        part, content = target / f"{column}.part", BytesIO()
        np.save(content, getattr(bars, column))  # straight to a file it overlooks a full disk
        with open(part, "wb", opener=private) as file:
            file.write(content.getbuffer())
        part.replace(target / f"{column}.npy")
    return target.name


def load_bars(setup: Setup, run: Path) -> Bars:
    """The bars that `save_bars` wrote into the folder `run`."""
    folder = run / setup.bars_folder
    timeframe = Timeframe.parse(setup.timeframe)
    if timeframe is None:
        raise Refused(f"`{setup.timeframe}` is not a timeframe; write for example `1h`")
    bars = Bars(
        setup.market.symbol,
        timeframe,
        *(np.load(folder / f"{column}.npy") for column in COLUMNS),
    )
    if not len(bars):
        raise Refused(f"no bars in `{folder}`; give data with at least one bar")
    return bars


def setup_text(setup: Setup) -> str:
    """JSON with every number as its decimal text."""
    market, costs = setup.market, setup.costs
    document = {
        "bars_folder": setup.bars_folder,
        "timeframe": setup.timeframe,
        "market": {
            "symbol": market.symbol,
            "base": market.base,
            "quote": market.quote,
            "tick": str(market.price.step),
            "step": str(market.quantity.step),
            "minimum_quantity": str(market.minimum_quantity),
            "minimum_notional": str(market.minimum_notional),
            "source": market.source,
        },
        "costs": {name: str(fraction) for name, fraction in asdict(costs).items()},
        "initial": str(setup.initial),
        "key": asdict(setup.key),
        "seed": setup.seed,
    }
    return json.dumps(document, indent=2) + "\n"


def setup_of(text: str) -> Setup:
    """The setup that `setup_text` wrote."""
    document: dict[str, Any] = json.loads(text)
    market = document["market"]
    return Setup(
        document["bars_folder"],
        document["timeframe"],
        Market(
            market["symbol"],
            market["base"],
            market["quote"],
            Grid.of(Decimal(market["tick"])),
            Grid.of(Decimal(market["step"])),
            Decimal(market["minimum_quantity"]),
            Decimal(market["minimum_notional"]),
            market["source"],
        ),
        Costs(**{name: Decimal(fraction) for name, fraction in document["costs"].items()}),
        Decimal(document["initial"]),
        KeyProfile(**document["key"]),
        document["seed"],
    )
