"""What surrounds the rules, in words: pauses, limits, needs, assumptions, what is never done."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runner.core.protections import Cooldown, DailyLoss, Guard, Lasting, MaxDrawdown, StoplossGuard
from runner.core.strategy import Strategy
from runner.model.accounts import AccountDeclaration
from runner.model.trades import PositionSide
from runner.rules.explain_entry import capital_of
from runner.rules.in_words import amount, bars_span, code, counted, listed, percent, quote_of, span


def pausing(strategy: Strategy) -> Iterator[str]:
    """What keeps entries from being taken for a while; exits go on."""
    for guard in strategy.guards:
        yield _guard(guard, strategy)
    for blackout in strategy.blackouts:
        closes = "; it ends open positions too" if blackout.closes else ""
        yield (
            f"no entries from {span(blackout.before_ms)} before to {span(blackout.after_ms)} after "
            f"each of the {counted(len(blackout.instants), 'instant')} of "
            f"{code(blackout.calendar)}{closes}"
        )


def _guard(guard: Guard, strategy: Strategy) -> str:
    match guard:
        case Cooldown():
            wait = bars_span(guard.bars, strategy.timeframe)
            return f"after a position ended its symbol waits {wait}"
        case StoplossGuard():
            return (
                f"{counted(guard.trades, 'position')} ended by a stop within "
                f"{span(guard.within_ms)} pause all entries {_lasting(guard.pause_ms)}"
            )
        case MaxDrawdown():
            return (
                f"equity more than {percent(guard.most)} below its highest within "
                f"{span(guard.within_ms)} pauses all entries {_lasting(guard.pause_ms)}"
                f"{_closing(guard.closes)}"
            )
        case DailyLoss():
            return (
                f"equity more than {percent(guard.most)} below the day's first "
                f"({strategy.timezone}) pauses all entries {_lasting(guard.pause_ms)}"
                f"{_closing(guard.closes)}"
            )


def _lasting(pause: int | Lasting) -> str:
    match pause:
        case Lasting.UNTIL_RESUMED:
            return "until a person resumes"
        case Lasting.UNTIL_NEXT_DAY:
            return "until the next day"
    return f"for {span(pause)}"


def _closing(closes: bool) -> str:
    return " and ends all positions" if closes else ""


def limiting(strategy: Strategy) -> Iterator[str]:
    """Hard limits for entries; what is not declared is said."""
    limits, quote = strategy.account.limits, quote_of(strategy)
    times = f" × {strategy.leverage:f} (the leverage)" if strategy.leverage > 1 else ""
    yield f"all that the file holds: {capital_of(strategy)}{times}"
    for name, most in (("max_order", limits.max_order), ("max_exposure", limits.max_exposure)):
        what = "one order" if name == "max_order" else "all positions and open orders"
        yield f"{what}: {'no limit' if most is None else amount(most, quote)} (`{name}`)"
    pace = limits.max_orders_per_minute
    yield f"orders in one minute: {pace or 'no limit'} (`max_orders_per_minute`)"
    yield f"positions and waiting entries at once: {strategy.max_open or len(strategy.symbols)}"
    if strategy.is_futures:
        most = limits.max_leverage or Decimal(1)
        yield f"leverage: {strategy.leverage:f}x of at most {most:f}x"
    yield "an entry beyond a limit is denied, never made smaller unless `when_over: cut` says so"


def needing(strategy: Strategy) -> Iterator[str]:
    """What must be there before it trades."""
    account, timeframe = strategy.account, strategy.timeframe
    yield f"{bars_span(strategy.lookback + 1, timeframe)} before the first decision"
    yield (
        f"{bars_span(max(strategy.warmup, strategy.lookback + 1), timeframe)} of warm-up, so that "
        "values no longer depend on where history begins"
    )
    others = [it.symbol for it in strategy.indicators if it.symbol]
    bars = dict.fromkeys((*strategy.symbols, *(symbol for symbol in others if symbol)))
    yield f"data: bars of {listed(bars)}{', and funding rates' if strategy.is_futures else ''}"
    if strategy.inputs:
        yield f"files: {listed(code(input_.path) for input_ in strategy.inputs)}"
    permissions = listed(f"`{name}`" for name in sorted(account.permissions))
    references = listed(code(reference) for _, reference in account.credentials)
    yield f"to trade at the exchange, the secrets behind {references}; a simulation needs none"
    yield f"their key to have exactly the permissions {permissions}"
    if account.ip_allowlist:
        yield f"their key to be bound to {listed(account.ip_allowlist)}"
    yield from _upkeep(account)


def _upkeep(account: AccountDeclaration) -> Iterator[str]:
    """The key after it, how old it may be, and what a person vouches for."""
    if account.next is not None:
        references = listed(code(reference) for _, reference in account.next.credentials)
        yield f"the key behind {references} to take over as soon as it passes the same audit"
    if account.rotation is not None:
        rotation = account.rotation
        warned = f", with a warning {span(rotation.warn_ms)} before" if rotation.warn_ms else ""
        yield f"their key to be at most {span(rotation.max_age_ms)} old{warned}"
    for waiver in account.unverifiable:
        yield f"until {waiver.until} a person to check {code(waiver.check)}: {waiver.reason}"


def simulating(strategy: Strategy) -> Iterator[str]:
    """What a backtest or replay assumes."""
    settings, quote = strategy.backtest, quote_of(strategy)
    costs = settings.costs
    yield (
        f"{amount(settings.initial, quote)} to begin with, fees of {percent(costs.maker_fraction)} "
        f"(maker) and {percent(costs.taker_fraction)} (taker), "
        f"{percent(costs.slippage_fraction)} slippage"
    )
    if settings.funding is not None:
        yield f"funding of {percent(settings.funding)} per 8 hours where none is recorded"


def never(strategy: Strategy) -> Iterator[str]:
    """What no line of the file can make it do."""
    sides = {rule.side for rule in strategy.entries}
    yield "withdraws or transfers: a key that could is refused"
    yield f"trades another symbol than {listed(strategy.symbols, 'or')}"
    if not strategy.is_futures:
        yield "borrows, or sells what it did not buy"
    elif PositionSide.SHORT not in sides:
        yield "sells short"
    elif PositionSide.LONG not in sides:
        yield "buys to hold"
    if not any(rule.add or rule.ladder for rule in strategy.entries):
        yield "adds to a position"
    if strategy.exits.stop_loss is not None:
        yield "loosens a stop, or enters where its stop is undefined"
    yield "decides on a bar that has not closed, or twice on one bar"
    yield "sends an order again whose outcome is unknown: it is looked up instead"
    if not strategy.keeps_entries_on_stop:
        yield "leaves an unfilled entry behind when it is stopped; positions keep their stops"
