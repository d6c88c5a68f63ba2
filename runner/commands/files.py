"""What several commands do first: load a rule file, find its bars and its market's rules."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.data.store import Dataset
    from runner.model.markets import Market


def strategy_from(path: Path, settings: Sequence[str] = ()) -> Strategy:
    """The compiled file; prints everything that is wrong with it and ends with exit code 1."""
    from runner.rules.compile import load
    from runner.rules.format import as_text

    loaded = load(path, overrides_from(settings))
    if loaded.diagnostics:
        sources = {loaded.source.file: loaded.source}
        click.echo(as_text(loaded.diagnostics, sources, color=sys.stderr.isatty()), err=True)
    if loaded.strategy is None:
        raise SystemExit(1)
    return loaded.strategy


def overrides_from(settings: Sequence[str]) -> Mapping[str, Decimal]:
    """`--set fast=10` as a mapping; UsageError where it is not NAME=NUMBER."""
    overrides: dict[str, Decimal] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            overrides[name] = Decimal(text)
        except InvalidOperation:
            equals = ""
        if not equals or not name or not overrides[name].is_finite():
            raise click.UsageError(f"`--set {setting}` is not NAME=NUMBER, such as `--set fast=10`")
    return overrides


def bars_for(strategy: Strategy, specs: Sequence[str], state: Path) -> Dataset:
    """The bars that `--data` or `--replay` names."""
    from runner.data.store import dataset

    return dataset(specs, strategy.symbol, strategy.timeframe, state)


def market_for(strategy: Strategy, path: Path) -> Market:
    """The market's rules: `markets.lock` beside the file, the snapshot, or the file's own."""
    from runner.data.markets import LOCK_NAME, market_rules

    lock = path.parent / LOCK_NAME
    return market_rules(strategy.symbol, strategy.account.exchange, strategy.backtest.market, lock)
