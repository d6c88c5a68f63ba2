"""A compiled rule file: the first pass, issued by `rules/compile.py` only.

Immutable; holds checked expressions and plain numbers, no YAML and no reference to its text but the
digest. What SPEC offers beyond this is refused by name in the loader until it is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

from runner.language.parse import Expression
from runner.model.accounts import AccountDeclaration
from runner.model.bars import Timeframe
from runner.model.markets import Costs, Market, MarketKind


class Fire(StrEnum):
    """When an entry condition acts: on its rise, or at every bar it is true."""

    ON_RISE = "on_rise"
    WHILE_TRUE = "while_true"


class SizeMode(IntEnum):
    """What the number in `size:` means; the compiled core reads the integer."""

    RISK = 0  # fraction of capital lost at the stop, fees included
    EQUITY = 1  # fraction of capital as position value
    NOTIONAL = 2  # position value in quote currency
    QUANTITY = 3  # base currency
    SPEND = 4  # quote currency paid, fee included, sized at the fill
    SPEND_FRACTION = 5  # the same as a fraction of capital


@dataclass(frozen=True, slots=True)
class Size:
    """`value` gives a number per bar: fractions for RISK, EQUITY and SPEND_FRACTION (0.01 is 1%).

    A position worth more than `at_most` (quote currency) is denied, or cut when `cut_to_at_most`.
    """

    mode: SizeMode
    value: Expression
    at_most: Decimal | None
    cut_to_at_most: bool


@dataclass(frozen=True, slots=True)
class StopLoss:
    """A `distance` below the average fill, a `fraction` of it (0.02 is 2%), or a `price`.

    One is set; distance and price are read on the signal bar, in quote currency.
    """

    distance: Expression | None
    fraction: Decimal | None
    price: Expression | None


@dataclass(frozen=True, slots=True)
class TakeProfit:
    """The same above the average fill, or `r_multiple` × R; one is set."""

    distance: Expression | None
    fraction: Decimal | None
    r_multiple: Decimal | None
    price: Expression | None


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """One condition of an `all:` list, kept by name for the trace; `name` may be empty."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Schedule:
    """`every: bar_close`; both in milliseconds."""

    delay_ms: int
    max_lateness_ms: int


@dataclass(frozen=True, slots=True)
class BacktestSettings:
    """The `backtest:` block: what a simulation assumes."""

    costs: Costs
    initial: Decimal  # quote currency
    market: Market | None  # rules of a market that no snapshot knows


@dataclass(frozen=True, slots=True)
class Strategy:
    """A rule file that is right. `digest` (SHA-256 hex of its meaning) names it everywhere.

    `entry` holds all conditions (they must all be surely true). `lookback`: the first row at which
    every expression is defined; `warmup`: bars until a cut window agrees with all history to 1e-9.
    `max_gap`: after a longer run of missing bars entries wait one lookback.
    """

    name: str
    description: str
    digest: str
    path: str  # as given on the command line, for messages only; not part of the digest
    account: AccountDeclaration
    market_kind: MarketKind
    symbol: str
    timeframe: Timeframe
    capital: Decimal | None
    params: tuple[tuple[str, float], ...]
    indicators: tuple[tuple[str, Expression], ...]  # in file order; later ones may use earlier ones
    entry: tuple[NamedCondition, ...]
    fire: Fire
    size: Size
    stop_loss: StopLoss | None
    take_profit: TakeProfit | None
    exit: tuple[NamedCondition, ...]  # empty: no exit rule
    schedule: Schedule
    max_gap: int
    backtest: BacktestSettings
    lookback: int
    warmup: int
