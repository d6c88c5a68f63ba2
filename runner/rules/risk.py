"""Which way a change of a rule file moves its risk: one judge for each key.

In: a key, and its values before and after. Out: a verdict. A key without a judge, and values that
do not compare, count as more risk: what cannot be judged is for a person to see.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from runner.rules.networks import covers
from runner.rules.quantity import INFINITE, Quantity

#: A value to judge: a quantity where it is one, its text, the items of a list; `None`: none set.
Value = Quantity | str | tuple[str, ...] | None
Pattern = tuple[str, ...]


class Risk(StrEnum):
    """What a change does."""

    MORE = "more"
    LESS = "less"
    OTHER = "other"


Verdict = tuple[Risk, str]  # and why, where that is not plain
Judge = Callable[[Value, Value], Verdict | None]  # `None`: it means the same

#: Why a name may stand for something else: every use of it is compared by what it stands for.
DEFINITION = "judged where it is used"
UNSURE: Verdict = (Risk.MORE, "cannot be compared, counts as more")
_ORPHANED: Verdict = (Risk.MORE, "positions held there are managed by nobody, counts as more")


def judged(pattern: Pattern, before: Value, after: Value) -> Verdict | None:
    """The verdict on a value that differs; `None` where it means the same all the same."""
    default = _simulated if pattern[0] == "backtest" else _unsure
    return _JUDGES.get(pattern, default)(before, after)


def is_block(pattern: Pattern) -> bool:
    """Whether a block is judged as a whole where it comes or goes."""
    return pattern in _BLOCKS


def appeared(pattern: Pattern) -> Verdict:
    """The verdict on a block, or an item of a list, that was not there."""
    return _block(pattern)[0]


def vanished(pattern: Pattern) -> Verdict:
    """The verdict on a block, or an item of a list, that is not there any more."""
    return _block(pattern)[1]


def _block(pattern: Pattern) -> tuple[Verdict, Verdict]:
    simulated = (Risk.OTHER, "simulation only")
    default = (simulated, simulated) if pattern[0] == "backtest" else (UNSURE, UNSURE)
    return _BLOCKS.get(pattern, default)


def _unsure(before: Value, after: Value) -> Verdict:
    return UNSURE


def _simulated(before: Value, after: Value) -> Verdict:
    return Risk.OTHER, "simulation only"


def _neutral(before: Value, after: Value) -> Verdict:
    return Risk.OTHER, ""


def _definition(before: Value, after: Value) -> Verdict:
    return Risk.OTHER, DEFINITION


def _higher(absent: Decimal | None = None) -> Judge:
    """More of it is more risk; `absent`: what it is where it is not written."""

    def judge(before: Value, after: Value) -> Verdict | None:
        pair = [_or_absent(it, absent) for it in (before, after)]
        if pair[0] is None or pair[1] is None:
            return UNSURE
        moved = pair[1].compared(pair[0])
        if moved is None:
            return UNSURE
        return _moved(moved) if moved else None

    return judge


def _moved(by: int) -> Verdict:
    return (Risk.MORE if by > 0 else Risk.LESS if by < 0 else Risk.OTHER), ""


def _or_absent(value: Value, absent: Decimal | None) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    return Quantity("x", absent) if value is None and absent is not None else None


def _lower(absent: Decimal | None = None) -> Judge:
    """Less of it is more risk."""
    higher = _higher(absent)
    return lambda before, after: higher(after, before)


def _ranked(*words: str | None) -> Judge:
    """Words from the least risk to the most; those of one rank stand together with a bar."""
    ranks = {word: at for at, group in enumerate(words) for word in (group or "").split("|")}

    def judge(before: Value, after: Value) -> Verdict:
        pair = [ranks.get(it if isinstance(it, str) else "") for it in (before, after)]
        if pair[0] is None or pair[1] is None:
            return UNSURE
        return _moved(pair[1] - pair[0])

    return judge


def _wider(holds: Callable[[tuple[str, ...], str], bool] | None = None, absent: str = "") -> Judge:
    """More items are more risk; `absent`: no list at all is every item.

    `holds`: whether a list takes an item in without naming it.
    """

    def judge(before: Value, after: Value) -> Verdict:
        if before is None or after is None:
            if absent != "all":
                return UNSURE
            return (Risk.MORE if after is None else Risk.LESS), ""
        old, new = (it if isinstance(it, tuple) else (str(it),) for it in (before, after))
        inside = holds or (lambda items, item: item in items)
        if any(not inside(old, item) for item in new):
            return Risk.MORE, ""
        if any(not inside(new, item) for item in old):
            return Risk.LESS, ""
        return Risk.OTHER, "another order"

    return judge


def _later(before: Value, after: Value) -> Verdict:
    """Dates as `2027-03-01`, whose letters stand in the order of the days."""
    if not isinstance(before, str) or not isinstance(after, str):
        return UNSURE
    return _moved((after > before) - (after < before))


def _traded(before: Value, after: Value) -> Verdict:
    """Symbols: of one that goes nobody says here that nothing is held."""
    verdict = _wider()(before, after)
    if verdict is not None and verdict[0] is Risk.LESS:
        return _ORPHANED
    return verdict or UNSURE


def _venue(before: Value, after: Value) -> Verdict | None:
    """Where real money is: to come there is more risk, and what is held there stays there."""
    return _ORPHANED if before == "live" else _ranked("testnet|demo", "live")(before, after)


def _lateness(before: Value, after: Value) -> Verdict | None:
    """What closed longer ago is not decided, be it an entry or an exit."""
    verdict = _higher()(before, after)
    if verdict is not None and verdict[0] is Risk.LESS:
        return Risk.MORE, "exits that are late are left out too, counts as more"
    return verdict


def _cost(before: Value, after: Value) -> Verdict | None:
    """A part of what an order is taken to cost, live too: the less, the larger the entries."""
    verdict = _lower()(before, after)
    if verdict is None or verdict == UNSURE:
        return verdict
    return verdict[0], "entries are sized, or paid for, with it"


def _guard(before: Value, after: Value) -> Verdict:
    """Something that ends positions: to have it is less risk."""
    if before is None or after is None:
        return (Risk.LESS if before is None else Risk.MORE), ""
    return UNSURE


_ONE, _NONE = Decimal(1), Decimal(0)
_LIMIT = _higher(INFINITE)
_SIZE = _higher()

_ACCOUNT: dict[Pattern, Judge] = {
    ("exchange",): _unsure,
    ("venue",): _venue,
    ("permissions",): _wider(),
    ("ip_allowlist",): _wider(covers, absent="all"),
    ("unverifiable", "reason"): _neutral,
    ("unverifiable", "until"): _later,
    ("rotation", "max_age"): _higher(),
    ("rotation", "warn"): _lower(_NONE),
    ("limits", "max_order"): _LIMIT,
    ("limits", "max_exposure"): _LIMIT,
    ("limits", "max_orders_per_minute"): _LIMIT,
    ("limits", "max_leverage"): _higher(_ONE),
}
_ENTRY: dict[Pattern, Judge] = {
    ("when",): _neutral,
    ("fire",): _ranked("on_rise", "while_true"),
    ("valid_for",): _higher(_NONE),
    ("prefer",): _neutral,
    ("size", "risk"): _SIZE,
    ("size", "equity"): _SIZE,
    ("size", "notional"): _SIZE,
    ("size", "quantity"): _SIZE,
    ("size", "spend"): _SIZE,
    ("size", "at_most"): _LIMIT,
    ("size", "when_over"): _ranked(None, "cut"),
    ("order", "type"): _ranked("limit", "market"),
    ("order", "price"): _neutral,
    ("order", "timeout"): _neutral,
    ("order", "when_unfilled"): _ranked("cancel", "market"),
    ("order", "post_only"): _neutral,
    ("add", "when"): _neutral,
    ("add", "max"): _higher(),
    ("add", "size"): _higher(),
}
_EXIT: dict[Pattern, Judge] = {
    ("stop_loss", "distance"): _higher(),
    ("break_even", "at"): _higher(),
    ("break_even", "offset"): _lower(),
    ("take_profit", "distance"): _higher(),
    ("take_profit", "close"): _lower(),
    ("trailing_stop", "distance"): _higher(),
    ("trailing_stop", "activate_at"): _higher(_NONE),
    ("trailing_stop", "from"): _ranked("high_low", "close"),
    ("time_stop",): _LIMIT,
    ("session_end",): _guard,
    ("*", "close"): _lower(),
}
_PROTECTIONS: dict[Pattern, Judge] = {
    ("cooldown", "for"): _lower(),
    ("stoploss_guard", "trades"): _higher(),
    ("stoploss_guard", "within"): _lower(),
    ("stoploss_guard", "pause"): _lower(),
    ("max_drawdown", "max"): _higher(),
    ("max_drawdown", "within"): _lower(),
    ("max_drawdown", "pause"): _lower(),
    ("max_drawdown", "positions"): _ranked("close", "keep"),
    ("daily_loss", "max"): _higher(),
    ("daily_loss", "pause"): _lower(),
    ("daily_loss", "positions"): _ranked("close", "keep"),
}
_JUDGES: dict[Pattern, Judge] = {
    ("description",): _neutral,
    ("market",): _ranked("spot", "futures"),
    ("symbols",): _traded,
    ("capital",): _LIMIT,
    ("params", "*", "default"): _definition,
    ("params", "*", "min"): _lower(-INFINITE),
    ("params", "*", "max"): _LIMIT,
    ("functions", "*", "arguments"): _definition,
    ("functions", "*", "value"): _definition,
    ("indicators", "*", "value"): _definition,
    ("indicators", "*", "timeframe"): _definition,
    ("indicators", "*", "symbol"): _definition,
    ("inputs", "*", "file"): _definition,
    ("inputs", "*", "column"): _definition,
    ("inputs", "*", "lag"): _definition,
    ("sessions", "*", "days"): _wider(),
    ("position", "leverage"): _higher(_ONE),
    ("position", "max_open"): _higher(),
    ("entry", "sessions"): _wider(absent="all"),
    ("reverse",): _ranked("false", "true"),
    ("blackout", "before"): _lower(),
    ("blackout", "after"): _lower(),
    ("blackout", "positions"): _ranked("close", "keep"),
    ("on_stop", "entries"): _ranked("cancel", "keep"),
    ("schedule", "delay"): _neutral,
    ("schedule", "max_lateness"): _lateness,
    ("max_gap",): _higher(),
    ("backtest", "fees", "taker"): _cost,
    ("backtest", "slippage"): _cost,
    **{("accounts", "*", *key): judge for key, judge in _ACCOUNT.items()},
    **{("entry", "*", *key): judge for key, judge in _ENTRY.items()},
    **{("exit", *key): judge for key, judge in _EXIT.items()},
    **{("protections", *key): judge for key, judge in _PROTECTIONS.items()},
}

_MORE: Verdict = (Risk.MORE, "")
_MORE_WHEN_THERE: tuple[Verdict, Verdict] = (_MORE, (Risk.LESS, ""))
_LESS_WHEN_THERE: tuple[Verdict, Verdict] = ((Risk.LESS, ""), _MORE)
_DEFINED: tuple[Verdict, Verdict] = (_definition(None, None), _definition(None, None))

#: What it means that a block is there, and that it is gone.
_BLOCKS: dict[Pattern, tuple[Verdict, Verdict]] = {
    ("accounts", "*"): _MORE_WHEN_THERE,
    ("accounts", "*", "unverifiable"): _MORE_WHEN_THERE,
    ("accounts", "*", "rotation"): _LESS_WHEN_THERE,
    ("params", "*"): _DEFINED,
    ("functions", "*"): _DEFINED,
    ("indicators", "*"): _DEFINED,
    ("inputs", "*"): _DEFINED,
    ("sessions", "*"): _DEFINED,
    ("entry", "long"): (_MORE, _ORPHANED),  # `run` refuses a held side that the file lacks
    ("entry", "short"): (_MORE, _ORPHANED),
    ("entry", "*", "add"): _MORE_WHEN_THERE,
    ("exit", "stop_loss"): _LESS_WHEN_THERE,
    ("exit", "break_even"): _LESS_WHEN_THERE,
    ("exit", "take_profit"): _LESS_WHEN_THERE,
    ("exit", "trailing_stop"): _LESS_WHEN_THERE,
    ("exit", "long"): _LESS_WHEN_THERE,
    ("exit", "short"): _LESS_WHEN_THERE,
    ("blackout",): _LESS_WHEN_THERE,
    **{("protections", name): _LESS_WHEN_THERE for name, _ in _PROTECTIONS},
}
JUDGED = frozenset(_JUDGES) | frozenset(_BLOCKS)
