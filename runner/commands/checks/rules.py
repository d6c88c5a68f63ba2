"""What a rule file needs of the world: that it is right, its markets' rules, its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.checks.verdict import Check, Verdict, ok, refused
from runner.model.errors import RunnerError

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.data.history import MarketData
    from runner.model.markets import Market
    from runner.model.trades import PositionSide
    from runner.rules.compile import Loaded
    from runner.rules.sizes import KnownSize


def file_check(loaded: Loaded) -> Check:
    """Whether the file is right; the first mistake stands for all."""
    from runner.rules.diagnostic import Severity
    from runner.rules.in_words import counted

    file = loaded.source.file
    errors = [it for it in loaded.diagnostics if it.severity is Severity.ERROR]
    found = errors or list(loaded.diagnostics)
    if not found:
        digest = loaded.strategy.digest[:12] if loaded.strategy else ""
        return ok("file", file, f"right, digest {digest}")
    first = found[0]
    number = counted(len(found), "error" if errors else "warning")
    fact = f"{number}; {first.line}:{first.column}: {first.code}: {first.message}"
    verdict = Verdict.REFUSED if errors else Verdict.WARNING
    return Check("file", file, verdict, fact, f"`runner validate {file}` shows all")


def key_check(strategy: Strategy, now_ms: int) -> Check:
    """Nothing of the key is known before the exchange is asked; a test venue tells nothing then.

    What it will not tell, and the file does not waive, is known: no key passes without that.
    """
    from runner.exchange.keys.audit import foreseen, unseen
    from runner.exchange.sites import SITES

    account = strategy.account
    site = SITES.get(account.exchange, {}).get(account.venue)
    if site is None or site.tells_keys:
        for finding in foreseen(account, now_ms)[-1:]:
            fact = f"{finding.fact}: no key is accepted live without a waiver"
            return Check("key", account.name, Verdict.WARNING, fact, finding.help)
        fact = "the key and its addresses are audited before the first order"
        return Check("key", account.name, Verdict.CANNOT_VERIFY, fact)
    found = unseen(account.venue, account)
    return Check("key", account.name, Verdict(found.verdict), found.fact, found.help)


def market_checks(strategy: Strategy, path: Path) -> Iterator[Check]:
    """Of each symbol the rules and their source, its leverage; then whether the sizes can trade."""
    from runner.data.markets import LOCK_NAME, market_rules

    exchange, own = strategy.account.exchange, strategy.backtest.market
    known: list[Market] = []
    for symbol in strategy.symbols:
        try:
            market = market_rules(symbol, exchange, own, path.parent / LOCK_NAME)
        except RunnerError as error:
            yield refused("market", symbol, error)
            continue
        known.append(market)
        yield ok("market", symbol, _rules_of(market))
        if strategy.is_futures:
            yield _leverage_check(strategy, market)
    yield from size_checks(strategy, known)


def _rules_of(market: Market) -> str:
    return (
        f"tick {market.price.step:f}, step {market.quantity.step:f}, from "
        f"{market.minimum_quantity:f} {market.base} and {market.minimum_notional:f} "
        f"{market.quote}; {market.source}"
    )


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


def size_checks(strategy: Strategy, markets: Sequence[Market]) -> Iterator[Check]:
    """What the file alone tells of its sizes, against the minimums of the markets."""
    from runner.rules.sizes import known_sizes

    for side, size in known_sizes(strategy):
        if size is None:
            fact = "what an entry is worth depends on prices or on the account's equity"
            help = "`runner backtest` lists the entries that are denied"
            yield Check("size", side, Verdict.CANNOT_VERIFY, fact, help)
        for market in markets:
            yield from _size_on(strategy, side, size, market)


def _size_on(
    strategy: Strategy, side: PositionSide, size: KnownSize | None, market: Market
) -> Iterator[Check]:
    """One entry on one market; nothing where nothing is known and nothing is wrong."""
    from runner.rules.in_words import amount
    from runner.rules.sizes import smallest_limit

    subject, limit = f"{market.symbol} {side}", smallest_limit(strategy, side)
    least = f"{amount(market.minimum_notional, market.quote)} ({market.symbol})"
    if limit is not None and limit[1] < market.minimum_notional:
        fact = f"`{limit[0]}` is {limit[1]:f}; the market's minimum is {least}"
        yield Check("size", subject, Verdict.REFUSED, fact, f"raise `{limit[0]}`")
    elif size is not None:
        is_worth = size.currency == market.quote
        minimum = market.minimum_notional if is_worth else market.minimum_quantity
        text = f"the smallest order is about {amount(size.least, size.currency)}"
        if size.least < minimum:
            fact = f"{text}; the market's minimum is {amount(minimum, size.currency)}"
            yield Check("size", subject, Verdict.REFUSED, fact, "write a larger `size`")
        elif limit is not None and is_worth and size.first > limit[1]:
            first = amount(size.first, size.currency)
            fact = f"an entry is worth {first}; `{limit[0]}` is {limit[1]:f}"
            help = f"write a smaller `size`, or raise `{limit[0]}`: every entry would be denied"
            yield Check("size", subject, Verdict.REFUSED, fact, help)
        else:
            yield ok("size", subject, f"{text}, above the market's minimum")


def input_checks(strategy: Strategy, path: Path) -> Iterator[Check]:
    """The files of `inputs:` can be read."""
    from runner.data.inputs import read_input
    from runner.model.clock import iso
    from runner.rules.in_words import counted

    for input_ in strategy.inputs:
        subject = f"{input_.name} ({input_.path})"
        try:
            known_at, _ = read_input(path.parent / input_.path, input_.column, input_.lag_ms)
        except RunnerError as error:
            yield refused("input", subject, error)
        else:
            newest = iso(int(known_at[-1]))
            rows = counted(len(known_at), "row")
            yield ok("input", subject, f"{rows}, the newest known from {newest} on")


def data_checks(strategy: Strategy, specs: Sequence[str]) -> Iterator[Check]:
    """How far the data reach: enough bars to decide, and to forget where history begins."""
    from runner.commands.files import symbols_read_only
    from runner.data.history import load_market_data

    warmup = max(strategy.warmup, strategy.lookback + 1)
    if not specs:
        fact = f"{warmup} bars of {strategy.timeframe.text} are needed for all values to settle"
        help = "name data with `--data` to see how far they reach"
        yield Check("data", ", ".join(strategy.symbols), Verdict.CANNOT_VERIFY, fact, help)
        return
    others = symbols_read_only(strategy)
    funding = strategy.backtest.funding
    try:
        found = load_market_data(  # past the cache: looking writes nothing
            specs, strategy.symbols, others, strategy.timeframe, funding, None
        )
    except RunnerError as error:
        yield refused("data", " ".join(specs), error)
        return
    yield from (_reach(strategy, data, warmup) for data in found)


def _reach(strategy: Strategy, data: MarketData, warmup: int) -> Check:
    from runner.model.clock import iso
    from runner.rules.in_words import counted

    used, decided = data.used(), strategy.lookback + 2  # one to decide on, one to fill at
    gaps = f", {counted(used.gaps, 'gap')}" if used.gaps else ""
    fact = f"{counted(used.bars, 'bar')} from {iso(used.from_ms)} to {iso(used.to_ms)}{gaps}"
    if used.bars < decided:
        needs = f"{fact}; {decided} are needed for one decision"
        return Check("data", data.symbol, Verdict.REFUSED, needs, "name data with more bars")
    if used.bars < warmup:
        help = f"values depend on where the data begin until there are {warmup} bars"
        return Check("data", data.symbol, Verdict.WARNING, fact, help)
    return ok("data", data.symbol, f"{fact}; values are settled after {warmup}")
