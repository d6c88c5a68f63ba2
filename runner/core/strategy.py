"""A compiled rule file: the first pass, issued by `rules/compile.py` only.

Immutable; holds checked expressions and plain numbers, no YAML and no reference to its text but the
digest. What SPEC offers beyond this is refused by name in the loader until it is built.
"""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum, StrEnum

from runner.core.protections import Guard
from runner.language.parse import Expression
from runner.language.types import NamedFunction
from runner.model.accounts import AccountDeclaration
from runner.model.bars import Timeframe
from runner.model.markets import Costs, Market, MarketKind
from runner.model.trades import PositionSide
from runner.model.values import dataclass


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


class EntryType(IntEnum):
    """How an entry waits; the compiled core reads the integer."""

    MARKET = 0
    LIMIT = 1
    STOP = 2  # a market order once its price is touched


class WhenUnfilled(StrEnum):
    """What becomes of a resting entry at its timeout."""

    CANCEL = "cancel"
    MARKET = "market"


class Trigger(StrEnum):
    """Which price touches a stop."""

    LAST = "last"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """One condition of an `all:` list, kept by name for the trace; `name` may be empty."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of `indicators:`; `symbol` and `timeframe` are `None` where they are the file's.

    On a slower timeframe its value is that of the last closed bar; on another symbol it is
    undefined at an instant at which that symbol has no bar.
    """

    name: str
    expression: Expression
    symbol: str | None
    timeframe: Timeframe | None


@dataclass(frozen=True, slots=True)
class InputFile:
    """A series of numbers from a CSV file, known `lag_ms` after each row's own time."""

    name: str
    path: str  # as the rule file gives it, relative to the rule file
    column: str
    lag_ms: int


@dataclass(frozen=True, slots=True)
class TradingSession:
    """A span of local time on some weekdays (Monday is 0); `until_minute` may lie past midnight.

    Both minutes count from the local midnight; a bar is inside when it closes inside:
    from < close <= until.
    """

    name: str
    days: frozenset[int]
    from_minute: int
    until_minute: int  # above `from_minute`; beyond 1440 it ends on the next day
    timezone: str


@dataclass(frozen=True, slots=True)
class Blackout:
    """No entries around the instants of a calendar (UTC ms, ascending); `closes` ends positions."""

    calendar: str  # as the rule file gives it
    instants: tuple[int, ...]
    before_ms: int
    after_ms: int
    closes: bool


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
class EntryOrder:
    """How an entry is ordered; `price` is quote currency, read on the signal bar.

    A resting entry that has not filled `timeout` bars after its decision is canceled, or bought
    at market. A `post_only` limit order that would fill at once is rejected instead.
    """

    type: EntryType
    price: Expression | None  # of a limit or stop entry
    timeout: int  # bars; 0 for market orders
    when_unfilled: WhenUnfilled
    post_only: bool


#: What an entry does unless the file says otherwise.
MARKET_ORDER = EntryOrder(EntryType.MARKET, None, 0, WhenUnfilled.CANCEL, False)


@dataclass(frozen=True, slots=True)
class AddRule:
    """Adds to a position where `when` (which may read the position) is true, `most` times.

    Each add is `fraction` of the first entry's quantity, by a market order.
    """

    when: tuple[NamedCondition, ...]
    most: int
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class SafetyOrder:
    """A resting limit order `distance` (a fraction, above 0) of the first fill against us.

    `fraction` is of the first entry's quantity.
    """

    distance: Decimal
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class EntryRule:
    """`entry.long` or `entry.short`; all of `when` must be surely true.

    A rise that could not be taken may still be for `valid_for` bars while the condition holds.
    `prefer`: where more symbols signal than `max_open` allows, the highest goes first.
    """

    side: PositionSide
    when: tuple[NamedCondition, ...]
    fire: Fire
    valid_for: int
    size: Size
    order: EntryOrder
    prefer: Expression | None
    add: AddRule | None
    ladder: tuple[SafetyOrder, ...]  # nearest first
    sessions: tuple[str, ...]  # names of `Strategy.sessions`; empty: at any time


@dataclass(frozen=True, slots=True)
class ExitRule:
    """Sells `fraction` (1 is all) of the largest quantity held where all of `when` are true.

    `when` may read the position. One that sells a part acts once per position.
    """

    side: PositionSide
    when: tuple[NamedCondition, ...]
    fraction: Decimal


@dataclass(frozen=True, slots=True)
class StopLoss:
    """A `distance` from the average fill, a `fraction` of it (0.02 is 2%), or a `price`.

    One is set; distance and price are read on the signal bar, in quote currency.
    """

    distance: Expression | None
    fraction: Decimal | None
    price: Expression | None
    trigger: Trigger = Trigger.LAST


@dataclass(frozen=True, slots=True)
class Gain:
    """A move in the position's favor: multiples of R, or a fraction of the average fill."""

    r_multiple: Decimal | None
    fraction: Decimal | None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Once `at` was reached the stop moves to the average fill, `offset` (a fraction) beyond it."""

    at: Gain
    offset: Decimal


@dataclass(frozen=True, slots=True)
class TrailingStop:
    """A stop `distance` or `fraction` of the best price since the fill behind that best price.

    `distance` is read at the latest closed bar. `from_close`: best close in place of best high or
    low. `activate_at`: not before this gain.
    """

    distance: Expression | None
    fraction: Decimal | None
    activate_at: Gain | None
    from_close: bool


@dataclass(frozen=True, slots=True)
class TakeProfit:
    """A target by distance, fraction, multiples of R, or price; one is set.

    `close` is the fraction of the largest quantity held that it sells; `None`: all that is left.
    `from_average`: it moves with the average fill when the position is added to.
    """

    distance: Expression | None
    fraction: Decimal | None
    r_multiple: Decimal | None
    price: Expression | None
    close: Decimal | None = None
    from_average: bool = False


@dataclass(frozen=True, slots=True)
class Exits:
    """What ends a position; `time_stop` in bars, `session_end` names a session."""

    stop_loss: StopLoss | None
    break_even: BreakEven | None
    trailing_stop: TrailingStop | None
    take_profit: tuple[TakeProfit, ...]  # nearest first as written
    time_stop: int | None
    session_end: str | None
    rules: tuple[ExitRule, ...]  # in file order, long before short


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
    market: Market | None  # rules of a market that no snapshot knows; `symbol` is the first's
    funding: Decimal | None  # rate per 8 hours where none is recorded; `None`: refused there


@dataclass(frozen=True, slots=True)
class Strategy:
    """A rule file that is right. `digest` (SHA-256 hex of its meaning) names it everywhere.

    `entries` holds one rule per side, long first. `lookback`: the first row at which every
    expression is defined; `warmup`: bars until a cut window agrees with all history to 1e-9.
    `max_gap`: after a longer run of missing bars entries wait one lookback.
    """

    name: str
    description: str
    digest: str
    path: str  # as given on the command line, for messages only; not part of the digest
    account: AccountDeclaration
    market_kind: MarketKind
    symbols: tuple[str, ...]  # in file order
    timeframe: Timeframe
    timezone: str  # of days and of `hour minute weekday`; UTC unless the file says otherwise
    capital: Decimal | None
    leverage: Decimal  # 1 on spot
    max_open: int | None  # positions and living entries of all symbols together
    reverse: bool  # an exit rule's close may be followed by the opposite entry on the same bar
    params: tuple[tuple[str, float], ...]
    indicators: tuple[Indicator, ...]  # in file order; later ones may use earlier ones
    inputs: tuple[InputFile, ...]
    sessions: tuple[TradingSession, ...]
    blackouts: tuple[Blackout, ...]
    entries: tuple[EntryRule, ...]
    exits: Exits
    guards: tuple[Guard, ...]
    schedule: Schedule
    keeps_entries_on_stop: bool
    max_gap: int
    backtest: BacktestSettings
    lookback: int
    warmup: int
    functions: tuple[NamedFunction, ...] = ()  # written out everywhere, kept to be explained

    def entry(self, side: PositionSide) -> EntryRule | None:
        """The rule that opens positions of this side."""
        return next((rule for rule in self.entries if rule.side is side), None)

    def entry_of_sign(self, sign: float) -> EntryRule | None:
        """The same by the core's numbers: 1.0 long, -1.0 short."""
        return self.entry(PositionSide.LONG if sign > 0.0 else PositionSide.SHORT)

    @property
    def is_futures(self) -> bool:
        """Contracts are traded, so that positions may be short and hold margin."""
        return self.market_kind is MarketKind.FUTURES
