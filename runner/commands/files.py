"""What several commands do first: load a rule file, find its data and its markets' rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.data.history import MarketData, RunData
    from runner.data.timed import Timed
    from runner.model.markets import Market
    from runner.rules.compile import Loaded, Untraded
    from runner.rules.diagnostic import Diagnostic
    from runner.rules.params import Param
    from runner.rules.settings import Settings


def strategy_from(
    path: Path, settings: Sequence[str] = (), operator: Path | None = None
) -> Strategy:
    """The compiled file; prints everything that is wrong with it and ends with exit code 1.

    `operator`: the file of settings that it is held to.
    """
    return file_from(path, settings, settings_from(operator))[0]


def file_from(
    path: Path, settings: Sequence[str] = (), allowed: Settings | None = None
) -> tuple[Strategy, Loaded]:
    """The same with what it was compiled from, which knows nothing of the operator's settings."""
    from runner.rules.compile import load

    loaded = load(path, overrides_from(settings))
    held = held_to(allowed, loaded)
    tell_diagnostics(held.diagnostics, [held])
    refuse_tests(loaded)
    if held.strategy is None:
        raise SystemExit(1)
    return held.strategy, loaded


def account_from(path: Path, settings: Sequence[str]) -> Untraded:
    """The account in use and its market, also of a file to whose exchange no orders are sent."""
    from runner.rules.compile import Untraded, load

    loaded = load(path, overrides_from(settings))
    if loaded.untraded is not None:
        return loaded.untraded
    strategy = strategy_from(path, settings)
    return Untraded(strategy.account, strategy.market_kind)


def settings_from(operator: Path | None) -> Settings | None:
    """The operator's settings, if any; prints what is wrong with them and ends with exit code 1."""
    if operator is None:
        return None
    from runner.rules.within import settings_at

    loaded = settings_at(operator)
    tell_diagnostics(loaded.diagnostics, [loaded])
    if loaded.settings is None:
        raise SystemExit(1)
    return loaded.settings


def held_to(allowed: Settings | None, loaded: Loaded, environment: str | None = None) -> Loaded:
    """The file as far as the operator lets it go: in all, or in an environment."""
    if allowed is None:
        return loaded
    from runner.rules.within import within

    return within(loaded, allowed, environment)


def refuse_tests(loaded: Loaded) -> None:
    """A file of another kind is right and still nothing to trade."""
    from runner.model.errors import Refused

    path = loaded.source.file
    if loaded.suite is not None:
        raise Refused(f"{path} holds tests: run them with `runner test {path}`")
    if loaded.settings is not None:
        raise Refused(f"{path} holds settings: name it with `--settings {path}`")


def tell_diagnostics(found: Sequence[Diagnostic], loaded: Sequence[Loaded]) -> None:
    """On stderr, with the lines of the files that they point at."""
    from runner.rules.format import as_text

    if found:
        sources = {one.source.file: one.source for one in loaded}
        color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        click.echo(as_text(found, sources, color), err=True, nl=False)


def overrides_from(settings: Sequence[str]) -> Mapping[str, Param]:
    """`--set fast=10` or `--set risk=2%`, written as in a file; UsageError where it is neither."""
    from runner.rules.params import param_of
    from runner.rules.scalars import Refusal, resolve

    overrides: dict[str, Param] = {}
    for setting in settings:
        name, _, text = setting.partition("=")
        meant = resolve(text)
        given = param_of(meant)
        if name and isinstance(meant, Refusal):
            raise click.UsageError(f"`--set {setting}`: {meant.message}; {meant.help}".rstrip("; "))
        if not name or given is None:
            raise click.UsageError(f"`--set {setting}` is not NAME=NUMBER, such as `--set fast=10`")
        overrides[name] = given
    return overrides


def data_for(strategy: Strategy, specs: Sequence[str], state: Path) -> RunData:
    """What `--data` or `--replay` names; Refused where bars are too few to decide on."""
    from runner.data.history import RunData, load_market_data

    markets = load_market_data(
        specs,
        strategy.symbols,
        symbols_read_only(strategy),
        strategy.timeframe,
        strategy.backtest.funding,
        state,
    )
    for market in markets:
        _refuse_too_few(strategy, market)
    return RunData(markets, inputs_for(strategy))


def symbols_read_only(strategy: Strategy) -> tuple[str, ...]:
    """Symbols that indicators name and the file does not trade, in file order."""
    named = (indicator.symbol for indicator in strategy.indicators)
    others = (symbol for symbol in named if symbol and symbol not in strategy.symbols)
    return tuple(dict.fromkeys(others))


def inputs_for(strategy: Strategy) -> Mapping[str, Timed]:
    """Files of `inputs:` by name; their paths are relative to the rule file."""
    from runner.data.inputs import read_input

    folder = Path(strategy.path).parent
    return {
        input_.name: read_input(folder / input_.path, input_.column, input_.lag_ms)
        for input_ in strategy.inputs
    }


def markets_for(strategy: Strategy, path: Path) -> tuple[Market, ...]:
    """Rules per symbol: `markets.lock` beside the file, the snapshot, or the file's own."""
    from runner.data.markets import LOCK_NAME, market_rules, refuse_leverage

    exchange, own = strategy.account.exchange, strategy.backtest.market
    lock = path.parent / LOCK_NAME
    markets = tuple(market_rules(symbol, exchange, own, lock) for symbol in strategy.symbols)
    for market in markets:
        refuse_leverage(market, strategy.leverage)
    return markets


def _refuse_too_few(strategy: Strategy, data: MarketData) -> None:
    from runner.model.errors import Refused

    needed = strategy.lookback + 2  # a bar to decide on after the lookback, and one to fill at
    if len(data.bars) < needed:
        held = "1 bar" if len(data.bars) == 1 else f"{len(data.bars)} bars"
        raise Refused(
            f"no decision possible: {data.source} holds {held} and `{strategy.name}` needs "
            f"{needed} for its first decision; name data with more bars"
        )
