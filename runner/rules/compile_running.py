"""`schedule:`, `max_gap:`, `backtest:`: when the rules are looked at, and what is assumed."""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import BacktestSettings, Schedule
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid
from runner.model.values import dataclass
from runner.rules import units
from runner.rules.bench import Bench, child, scalar
from runner.rules.compile_account import money
from runner.rules.compile_distance import part_of
from runner.rules.compile_market import futures_only
from runner.rules.in_words import span
from runner.rules.nodes import Mapping, Node, Scalar, place
from runner.rules.symbols import Pair

# Two seconds after the close Binance has the bar; five minutes late the price is another one.
_DELAY_MS, _MAX_LATENESS_MS = 2_000, 300_000
_MAX_GAP = 12  # SPEC section 3

_NO_FEES = (Decimal(0), Decimal(0))  # of an exchange that is not right, whose file is refused
_INITIAL = Decimal(10_000)
_MOST_FUNDING = Decimal("0.03")  # Binance caps most contracts at 2% or 3% per settlement


@dataclass(frozen=True, slots=True)
class Running:
    """When and under which assumptions the rules run."""

    schedule: Schedule
    max_gap: int
    backtest: BacktestSettings


def compile_running(bench: Bench, root: Mapping, pair: Pair | None) -> Running:
    """The three blocks; each has defaults."""
    schedule = _schedule(bench, root)
    max_gap = _max_gap(bench, scalar(root, "max_gap"))
    futures_only(bench, root, "backtest", "funding")
    futures_only(bench, root, "backtest", "market", "maintenance")
    futures_only(bench, root, "backtest", "market", "max_leverage")
    backtest = _backtest(bench, child(root, "backtest"), pair)
    return Running(schedule, max_gap, backtest)


def _schedule(bench: Bench, root: Mapping) -> Schedule:
    """A close that is looked at only once it is too late would never be decided."""
    written, latest = scalar(root, "schedule", "delay"), scalar(root, "schedule", "max_lateness")
    delay = _duration(bench, written, _DELAY_MS)
    lateness = _duration(bench, latest, _MAX_LATENESS_MS)
    node = latest or written
    if delay > lateness and node is not None:
        message = (
            f"after a `delay` of {span(delay)} every close is later than the `max_lateness` of "
            f"{span(lateness)}"
        )
        bench.refuse(
            place(node), "R111", message, "write a `max_lateness` that is longer than `delay`"
        )
    return Schedule(delay, lateness)


def _duration(bench: Bench, node: Scalar | None, default_ms: int) -> int:
    if node is None:
        return default_ms
    written = bench.unit(node, units.duration_ms, "a duration, such as `5m`")
    return default_ms if written is None else written


def _max_gap(bench: Bench, node: Scalar | None) -> int:
    if node is None:
        return _MAX_GAP
    written = bench.unit(node, units.bars, "a number of bars, such as `12 bars`")
    if written == 0:
        message = "every bar would be a gap"
        bench.refuse(place(node), "R111", message, "write `1 bar` or more")
    return written or _MAX_GAP


def _backtest(bench: Bench, node: Node | None, pair: Pair | None) -> BacktestSettings:
    maker, taker = bench.offered.fees if bench.offered else _NO_FEES
    costs = Costs(
        _fraction(bench, scalar(node, "fees", "maker"), maker),
        _fraction(bench, scalar(node, "fees", "taker"), taker),
        _fraction(bench, scalar(node, "slippage"), Decimal(0)),
    )
    initial = money(bench, scalar(node, "initial"), pair.quote if pair else None)
    market = _market(bench, child(node, "market"), pair)
    funding = _funding(bench, scalar(node, "funding"))
    return BacktestSettings(costs, initial or _INITIAL, market, funding)


def _funding(bench: Bench, node: Scalar | None) -> Decimal | None:
    """A rate per 8 hours; a long position pays what is above zero."""
    if node is None:
        return None
    rate = bench.unit(node, units.signed_percentage, "a percentage, such as `0.01%`")
    if rate is not None and abs(rate) > _MOST_FUNDING:
        message = f"`{node.text}` per 8 hours is more than {_MOST_FUNDING * 100:f}%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `0.01%`")
    return rate


def _fraction(bench: Bench, node: Scalar | None, default: Decimal) -> Decimal:
    """A percentage below a tenth: more is a mistake in the unit."""
    if node is None:
        return default
    written = bench.unit(node, units.percentage, "a percentage, such as `0.1%`")
    if written is not None and written > Decimal("0.1"):
        message = f"`{node.text}` of every order is more than 10%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `0.1%`")
    return default if written is None else written


def _market(bench: Bench, node: Node | None, pair: Pair | None) -> Market | None:
    if node is None or pair is None:
        return None
    tick = _step(bench, scalar(node, "tick"), pair.quote)
    step = _step(bench, scalar(node, "step"), pair.base)
    quantity = _step(bench, scalar(node, "min_quantity"), pair.base)
    notional = _step(bench, scalar(node, "min_notional"), pair.quote)
    maintenance, most_leverage = _tier(bench, node)
    if tick is None or step is None or quantity is None or notional is None:
        return None
    return Market(
        pair.symbol,
        pair.base,
        pair.quote,
        Grid.of(tick),
        Grid.of(step),
        quantity,
        notional,
        "the rule file's `backtest.market`",
        maintenance,
        most_leverage,
    )


def _tier(bench: Bench, node: Node) -> tuple[Decimal | None, Decimal | None]:
    """Of a contract its first tier: maintenance margin and highest leverage."""
    maintenance = part_of(bench, scalar(node, "maintenance"))
    written = scalar(node, "max_leverage")
    most = bench.unit(written, units.leverage, "a multiple, such as `125x`") if written else None
    if bench.kind is MarketKind.FUTURES:
        for name, example in (("maintenance", "0.4%"), ("max_leverage", "125x")):
            if scalar(node, name) is None:
                message = f"`{name}` is missing in `market`: contracts are liquidated by it"
                bench.refuse(place(node), "R102", message, f"write `{name}: {example}`")
    return maintenance, most


def _step(bench: Bench, node: Scalar | None, currency: str) -> Decimal | None:
    """A number above zero, with or without its currency."""
    if node is None:
        return None
    if units.amount(node.text) is not None:
        return money(bench, node, currency)
    number = Decimal(str(node.value))
    if not number > 0 or len(format(number, "f").partition(".")[2]) > 15:
        message = f"`{node.text}` is not above zero with at most 15 decimals"
        bench.refuse(place(node), "R111", message, f"write `0.01 {currency}`")
        return None
    return number
