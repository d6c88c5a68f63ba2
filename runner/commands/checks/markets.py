"""Rules of the markets against the file's leverage, sizes and stops.

In: what is recorded for backtests and, where the exchange was asked, what it says now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.checks.verdict import Check, Verdict, ok, refused
from runner.model.errors import RunnerError

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.model.markets import Market
    from runner.model.trades import PositionSide
    from runner.rules.sizes import KnownSize


@dataclass(frozen=True, slots=True)
class Quoted:
    """A market as the exchange tells it now; `price`: its last close, where it told one."""

    market: Market
    price: Decimal | None


def market_checks(strategy: Strategy, path: Path, told: Mapping[str, Quoted]) -> Iterator[Check]:
    """Of each symbol the rules and their source, its leverage; then whether the sizes can trade.

    `told`: by symbol, where the exchange was asked; its own word decides then.
    """
    from runner.data.markets import LOCK_NAME, market_rules

    exchange, own = strategy.account.exchange, strategy.backtest.market
    known: list[Quoted] = []
    for symbol in strategy.symbols:
        recorded, quoted = None, told.get(symbol)
        try:
            recorded = market_rules(symbol, exchange, own, path.parent / LOCK_NAME)
        except RunnerError as error:
            yield _unrecorded(symbol, error, is_told=quoted is not None)
        else:
            yield ok("market", symbol, _rules_of(recorded))
        if quoted is not None:
            yield _told(quoted.market, recorded, exchange)
        elif recorded is not None:
            quoted = Quoted(recorded, None)
        if quoted is not None:
            known.append(quoted)
            if strategy.is_futures:
                yield _leverage_check(strategy, quoted.market)
    yield from size_checks(strategy, known)


def _unrecorded(symbol: str, error: RunnerError, *, is_told: bool) -> Check:
    """Live goes by the exchange's own rules; backtests, replays and paper need recorded ones."""
    if is_told:
        return Check("market", symbol, Verdict.WARNING, str(error))
    return refused("market", symbol, error)


_RULES = ("price", "quantity", "minimum_quantity", "minimum_notional")


def _told(market: Market, recorded: Market | None, exchange: str) -> Check:
    subject = f"{market.symbol} at {exchange}"
    if recorded is None or all(getattr(market, it) == getattr(recorded, it) for it in _RULES):
        return ok("market", subject, _rules_of(market))
    fact = f"{_rules_of(market)}; a backtest goes by other rules"
    help = "live goes by the exchange's; record them in `markets.lock` or `backtest: {market: …}`"
    return Check("market", subject, Verdict.WARNING, fact, help)


def _rules_of(market: Market) -> str:
    least = _money(market.minimum_quantity, market.base)
    return (
        f"tick {market.price.step.normalize():f}, step {market.quantity.step.normalize():f}, from "
        f"{least} and {_money(market.minimum_notional, market.quote)}; {market.source}"
    )


def _money(number: Decimal, currency: str) -> str:
    """An amount without the zeros that an exchange writes behind it."""
    return f"{number.normalize():f} {currency}"


def _leverage_check(strategy: Strategy, market: Market) -> Check:
    from runner.data.markets import refuse_leverage
    from runner.rules.in_words import percent

    try:
        refuse_leverage(market, strategy.leverage)
    except RunnerError as error:
        return refused("leverage", market.symbol, error)
    most, maintenance = market.max_leverage or Decimal(1), market.maintenance or Decimal(0)
    fact = f"{strategy.leverage:f}x of at most {most:f}x, maintenance margin {percent(maintenance)}"
    return ok("leverage", market.symbol, fact)


def size_checks(strategy: Strategy, markets: Sequence[Quoted]) -> Iterator[Check]:
    """What the file alone tells of its sizes and stops, against the minimums of the markets."""
    from runner.rules.sizes import known_sizes

    for side, size in known_sizes(strategy):
        if size is None:
            fact = "what an entry is worth depends on prices or on the account's equity"
            help = "`runner backtest` lists the entries that are denied"
            yield Check("size", side, Verdict.CANNOT_VERIFY, fact, help)
        for quoted in markets:
            yield from _size_on(strategy, side, size, quoted)
            yield from _stop_on(strategy, side, size, quoted)


def _size_on(
    strategy: Strategy, side: PositionSide, size: KnownSize | None, quoted: Quoted
) -> Iterator[Check]:
    """One entry on one market; nothing where nothing is known and nothing is wrong."""
    from runner.rules.sizes import smallest_limit

    market = quoted.market
    subject, limit = f"{market.symbol} {side}", smallest_limit(strategy, side)
    least = f"{_money(market.minimum_notional, market.quote)} ({market.symbol})"
    if limit is not None and limit[1] < market.minimum_notional:
        fact = f"`{limit[0]}` is {limit[1]:f}; the market's minimum is {least}"
        yield Check("size", subject, Verdict.REFUSED, fact, f"raise `{limit[0]}`")
    elif size is not None:
        is_worth = size.currency == market.quote
        text = f"the smallest order is about {_money(size.least, size.currency)}"
        below = _minimum_above(size, quoted)
        if below is not None:
            fact = f"{text}; the market's minimum is {below}"
            yield Check("size", subject, Verdict.REFUSED, fact, "write a larger `size`")
        elif limit is not None and is_worth and size.first > limit[1]:
            first = _money(size.first, size.currency)
            fact = f"an entry is worth {first}; `{limit[0]}` is {limit[1]:f}"
            help = f"write a smaller `size`, or raise `{limit[0]}`: every entry would be denied"
            yield Check("size", subject, Verdict.REFUSED, fact, help)
        else:
            yield ok("size", subject, f"{text}, above the market's minimum")


def _minimum_above(size: KnownSize, quoted: Quoted) -> str | None:
    """The minimum that the smallest order does not reach: in its currency, or at the price."""
    market, price = quoted.market, quoted.price
    is_worth = size.currency == market.quote
    own = market.minimum_notional if is_worth else market.minimum_quantity
    if size.least < own:
        return _money(own, size.currency)
    if price is None:
        return None
    at = f"at a price of {price:f}"
    if is_worth and size.least < market.minimum_quantity * price:
        return f"{_money(market.minimum_quantity, market.base)}, more {at}"
    if not is_worth and size.least * price < market.minimum_notional:
        return f"{_money(market.minimum_notional, market.quote)}, more {at}"
    return None


def _stop_on(
    strategy: Strategy, side: PositionSide, size: KnownSize | None, quoted: Quoted
) -> Iterator[Check]:
    """A stop of a percentage: a tick away at least and, on spot, worth enough to be sold at it."""
    from runner.rules.in_words import percent

    stop, market = strategy.exits.stop_loss, quoted.market
    if stop is None or stop.fraction is None:
        return
    subject, distance = f"{market.symbol} {side}", percent(stop.fraction)
    if quoted.price is not None and stop.fraction * quoted.price < market.price.step:
        fact = f"a stop {distance} away is nearer than one tick at a price of {quoted.price:f}"
        yield Check("stop", subject, Verdict.REFUSED, fact, "write a larger `distance`")
    elif size is not None and size.currency == market.quote and not strategy.is_futures:
        worth = size.least * (1 - stop.fraction)
        if market.minimum_notional <= size.least and worth < market.minimum_notional:
            least = _money(market.minimum_notional, market.quote)
            fact = f"the smallest order sells for less than {least} at a stop {distance} away"
            help = "write a larger `size`: the exchange may refuse the stop"
            yield Check("stop", subject, Verdict.WARNING, fact, help)
