"""What is in effect where a rule file says nothing, as the compiled strategy tells.

A path is the keys above a value. In the tables `*` stands for a side, or for a name of the file's
own choice, and places in a list are left out.
"""

from __future__ import annotations

from collections.abc import Callable

from runner.core.protections import DailyLoss, MaxDrawdown
from runner.core.strategy import EntryRule, EntryType, Strategy
from runner.model.accounts import WAIVABLE
from runner.model.trades import PositionSide
from runner.model.values import dataclass
from runner.rules.in_words import DAYS, amount, counted, percent, quote_of
from runner.rules.nodes import Value

Path = tuple[str | int, ...]
Read = Callable[[Strategy, Path], Value]

_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))


@dataclass(frozen=True, slots=True)
class Silence:
    """What no key of the file could say: in words, such as `no limit`."""

    words: str


def default_of(strategy: Strategy, path: Path) -> Value | Silence:
    """The value in effect of a key that is not written; `None` where the key means nothing here."""
    read = _VALUES.get(pattern_of(path))
    if read is not None:
        return read(strategy, path)
    return Silence(_WORDS.get(pattern_of(path), "none"))


def is_block_of_defaults(path: Path) -> bool:
    """Whether the keys below have values in effect though the block is not written."""
    return pattern_of(path) in _BLOCKS


def pattern_of(path: Path) -> tuple[str, ...]:
    """The path as tables of keys have it."""
    shown = [part for part in path if isinstance(part, str)]
    if len(shown) > 1 and shown[0] in _NAMED:
        shown[1] = "*"
    if len(shown) > 2 and shown[0] in ("entry", "exit") and shown[1] in _SIDES:
        shown[1] = "*"
    if shown[2:3] == ["unverifiable"] and shown[3:] and shown[3] in WAIVABLE:
        del shown[3]  # where two files are compared, the check is the place in the list
    return tuple(shown)


_NAMED = ("accounts", "functions", "indicators", "inputs", "params", "sessions")
_SIDES = tuple(PositionSide)


def _duration(ms: int) -> str:
    """Milliseconds as a rule file writes them."""
    unit, length = next(((it, of) for it, of in _UNITS if ms and ms % of == 0), ("ms", 1))
    return f"{ms // length}{unit}"


def _bars(number: int) -> str:
    return counted(number, "bar")


def _entry(strategy: Strategy, path: Path) -> EntryRule:
    rule = strategy.entry(PositionSide(str(path[1])))
    if rule is None:
        raise AssertionError("a right file compiles every entry that it holds")
    return rule


def _order(read: Callable[[EntryRule], Value], *types: EntryType) -> Read:
    """A value of the order, where its type has one."""

    def value(strategy: Strategy, path: Path) -> Value:
        rule = _entry(strategy, path)
        return read(rule) if rule.order.type in types else None

    return value


def _futures(read: Callable[[Strategy], Value]) -> Read:
    return lambda strategy, path: read(strategy) if strategy.is_futures else None


def _close_of_rule(strategy: Strategy, path: Path) -> Value:
    rules = [rule for rule in strategy.exits.rules if rule.side == path[1]]
    at = next((part for part in path if isinstance(part, int)), 0)
    return percent(rules[at].fraction)


def _days_of(strategy: Strategy, path: Path) -> Value:
    days = next(it.days for it in strategy.sessions if it.name == path[1])
    return f"{DAYS[min(days)]}-{DAYS[max(days)]}"


def _zone_of(strategy: Strategy, path: Path) -> Value:
    return next(it.timezone for it in strategy.sessions if it.name == path[1])


def _positions(strategy: Strategy, path: Path) -> Value:
    """Of the protection or calendar at this place."""
    at = next(part for part in path if isinstance(part, int))
    if path[0] == "blackout":
        return "close" if strategy.blackouts[at].closes else "keep"
    guard = strategy.guards[at]
    closes = isinstance(guard, DailyLoss | MaxDrawdown) and guard.closes
    return "close" if closes else "keep"


def _pause(strategy: Strategy, path: Path) -> Value:
    guard = strategy.guards[next(part for part in path if isinstance(part, int))]
    return str(guard.pause_ms) if isinstance(guard, DailyLoss) else None


def _break_even_offset(strategy: Strategy, path: Path) -> Value:
    rule = strategy.exits.break_even
    return percent(rule.offset) if rule else None


def _trailing_from(strategy: Strategy, path: Path) -> Value:
    rule = strategy.exits.trailing_stop
    return "close" if rule is not None and rule.from_close else "high_low"


def _trigger(strategy: Strategy, path: Path) -> Value:
    stop = strategy.exits.stop_loss
    return stop.trigger.value if stop else None


#: Blocks whose keys are in effect though nobody wrote them.
_BLOCKS = frozenset(
    (
        ("accounts", "*", "limits"),
        ("backtest",),
        ("backtest", "fees"),
        ("entry", "*", "order"),
        ("on_stop",),
        ("position",),
        ("schedule",),
    )
)
_LIMIT, _STOP = EntryType.LIMIT, EntryType.STOP
#: What no right file can leave out, or write where it does not stand: fields of other exchanges.
_MEANINGLESS = ("api_key", "api_secret", "passphrase", "private_key", "wallet_address")
_VALUES: dict[tuple[str, ...], Read] = {
    **{
        ("accounts", "*", key, it): lambda strategy, path: None
        for key in ("credentials", "next")
        for it in _MEANINGLESS
    },
    ("timezone",): lambda strategy, path: strategy.timezone,
    ("reverse",): lambda strategy, path: strategy.reverse,
    ("max_gap",): lambda strategy, path: _bars(strategy.max_gap),
    ("on_stop", "entries"): lambda strategy, path: (
        "keep" if strategy.keeps_entries_on_stop else "cancel"
    ),
    ("schedule", "every"): lambda strategy, path: "bar_close",
    ("schedule", "delay"): lambda strategy, path: _duration(strategy.schedule.delay_ms),
    ("schedule", "max_lateness"): lambda strategy, path: _duration(
        strategy.schedule.max_lateness_ms
    ),
    ("backtest", "fees", "maker"): lambda strategy, path: percent(
        strategy.backtest.costs.maker_fraction
    ),
    ("backtest", "fees", "taker"): lambda strategy, path: percent(
        strategy.backtest.costs.taker_fraction
    ),
    ("backtest", "slippage"): lambda strategy, path: percent(
        strategy.backtest.costs.slippage_fraction
    ),
    ("backtest", "initial"): lambda strategy, path: amount(
        strategy.backtest.initial, quote_of(strategy)
    ),
    ("position", "leverage"): _futures(lambda strategy: f"{strategy.leverage:f}x"),
    ("position", "margin_mode"): _futures(lambda strategy: "isolated"),
    ("position", "position_mode"): _futures(lambda strategy: "one_way"),
    ("entry", "*", "fire"): lambda strategy, path: _entry(strategy, path).fire.value,
    ("entry", "*", "order", "type"): lambda strategy, path: _entry(
        strategy, path
    ).order.type.name.lower(),
    ("entry", "*", "order", "price"): _order(
        lambda rule: rule.order.price.text if rule.order.price else None, _LIMIT, _STOP
    ),
    ("entry", "*", "order", "timeout"): _order(
        lambda rule: _bars(rule.order.timeout), _LIMIT, _STOP
    ),
    ("entry", "*", "order", "when_unfilled"): _order(
        lambda rule: rule.order.when_unfilled.value, _LIMIT, _STOP
    ),
    ("entry", "*", "order", "post_only"): _order(lambda rule: rule.order.post_only, _LIMIT),
    ("entry", "*", "add", "size"): lambda strategy, path: "same",
    ("exit", "stop_loss", "trigger_by"): _trigger,
    ("exit", "break_even", "offset"): _break_even_offset,
    ("exit", "trailing_stop", "from"): _trailing_from,
    ("exit", "*", "close"): _close_of_rule,
    ("protections", "daily_loss", "pause"): _pause,
    ("protections", "daily_loss", "positions"): _positions,
    ("protections", "max_drawdown", "positions"): _positions,
    ("blackout", "positions"): _positions,
    ("sessions", "*", "days"): _days_of,
    ("sessions", "*", "timezone"): _zone_of,
}
_NO_LIMIT, _ANY = "no limit", "any"
_WORDS: dict[tuple[str, ...], str] = {
    ("accounts", "*", "created"): "the day that the exchange tells",
    ("accounts", "*", "ip_allowlist"): "any address",
    ("accounts", "*", "next"): "none: no key waits for its turn",
    ("accounts", "*", "next", "created"): "the day that the exchange tells",
    ("accounts", "*", "rotation"): "none: a key of any age is used",
    ("accounts", "*", "rotation", "warn"): "no warning before",
    ("accounts", "*", "unverifiable"): "none: what the exchange does not tell refuses the key",
    ("accounts", "*", "limits", "max_exposure"): _NO_LIMIT,
    ("accounts", "*", "limits", "max_leverage"): "1x",
    ("accounts", "*", "limits", "max_order"): _NO_LIMIT,
    ("accounts", "*", "limits", "max_orders_per_minute"): _NO_LIMIT,
    ("backtest", "funding"): "none: refused where a rate is not recorded",
    ("backtest", "market"): "none: `markets.lock` or the shipped rules",
    ("capital",): "the account's equity",
    ("entry", "*", "size", "at_most"): _NO_LIMIT,
    ("entry", "*", "size", "when_over"): "a larger entry is denied",
    ("entry", "*", "valid_for"): "a rise counts at its own bar only",
    ("entry", "sessions"): "at any time",
    ("exit", "stop_loss"): "none: nothing limits the loss",
    ("exit", "take_profit", "close"): "all that is left",
    ("exit", "take_profit", "from"): "fixed at the first fill",
    ("indicators", "*", "symbol"): "each of `symbols`",
    ("indicators", "*", "timeframe"): "the file's",
    ("params", "*", "max"): _ANY,
    ("params", "*", "min"): _ANY,
    ("position", "max_open"): "one per symbol",
}
