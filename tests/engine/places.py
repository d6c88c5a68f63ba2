"""A market and a rule file for live sessions on a driven clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.model.accounts import Venue
from tests.core.stage import rule_file
from tests.engine.values import bars
from tests.engine.wall import H, Place, S, Wall

ENTERS = """
entry: {long: {when: close > open, size: {notional: 2000 USDT}}}
exit: {stop_loss: {distance: 5%}, take_profit: {distance: 10%}}
"""
RESTS = """
entry:
  long:
    when: close > open
    size: {notional: 2000 USDT}
    order: {type: limit, price: close * 0.99, timeout: 4 bars}
exit: {stop_loss: {distance: 5%}}
"""
DOWN, UP, FLAT = "100 101 98 99", "99 101 98 100", "100 100.5 99.5 100"
WAY = [DOWN] * 6 + [UP, FLAT, FLAT, "100 101 90 91", DOWN, DOWN]


def a_place(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: str = ENTERS,
    way: list[str] = WAY,
    start_ms: int = 5 * H + 30 * 60 * S,
    symbol: str = "BTC/USDT",
    venue: Venue = Venue.LIVE,
) -> Place:
    strategy = rule_file(body, symbol)
    strategy = replace(strategy, account=replace(strategy.account, venue=venue))
    return Place(folder, strategy, (bars(*way, symbol=symbol),), Wall(start_ms), monkeypatch)
