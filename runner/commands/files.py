"""What several commands do first: load a rule file, find its bars and its market's rules."""

from __future__ import annotations

import math
import os
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
        color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        click.echo(as_text(loaded.diagnostics, sources, color), err=True, nl=False)
    if loaded.strategy is None:
        raise SystemExit(1)
    return loaded.strategy


def overrides_from(settings: Sequence[str]) -> Mapping[str, Decimal]:
    """`--set fast=10` or `--set risk=2%` as a mapping; UsageError where it is neither."""
    overrides: dict[str, Decimal] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        percent = text.endswith("%")
        try:
            overrides[name] = Decimal(text.removesuffix("%")) / (100 if percent else 1)
        except InvalidOperation:
            equals = ""
        if not equals or not name or not _is_number(overrides[name]):
            raise click.UsageError(f"`--set {setting}` is not NAME=NUMBER, such as `--set fast=10`")
    return overrides


def _is_number(value: Decimal) -> bool:
    """Finite, and not too large to be reckoned with."""
    return value.is_finite() and math.isfinite(float(value))


def bars_for(strategy: Strategy, specs: Sequence[str], state: Path) -> Dataset:
    """The bars that `--data` or `--replay` names; Refused where they are too few to decide on."""
    from runner.data.store import dataset
    from runner.model.errors import Refused

    data = dataset(specs, strategy.symbol, strategy.timeframe, state)
    needed = strategy.lookback + 2  # a bar to decide on after the lookback, and one to fill at
    if len(data.bars) < needed:
        held = "1 bar" if len(data.bars) == 1 else f"{len(data.bars)} bars"
        raise Refused(
            f"no decision possible: {data.source} holds {held} and `{strategy.name}` needs "
            f"{needed} for its first decision; name data with more bars"
        )
    return data


def market_for(strategy: Strategy, path: Path) -> Market:
    """The market's rules: `markets.lock` beside the file, the snapshot, or the file's own."""
    from runner.data.markets import LOCK_NAME, market_rules

    lock = path.parent / LOCK_NAME
    return market_rules(strategy.symbol, strategy.account.exchange, strategy.backtest.market, lock)
