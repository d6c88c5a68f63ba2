"""Defaults for the JSON Schema: what is in effect in files that say as little as they may.

In: the schema without them. Out: the same with a `default` beside each key whose value in effect
does not depend on the market. The values are those that `runner show` tells, from the same table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner.rules.compile import load_document
from runner.rules.defaults import pattern_of
from runner.rules.document import read
from runner.rules.nodes import Mapping, Value
from runner.rules.resolved import DEFAULT, Leaf, Tree, resolved

_FILE = """\
version: 1
kind: strategy
name: least
accounts:
  main:
    exchange: binance
    venue: live
    credentials: {{api_key: "env:KEY", api_secret: "env:SECRET"}}
    permissions: [read, {market}]
account: main
market: {market}
symbols: ["{symbol}"]
timeframe: 1h
entry:
  long:
    when: close > open
    size: {{risk: 1%}}
    order: {{type: limit}}
    add: {{max: 1, when: profit > 1%}}
exit:
  stop_loss: {{distance: 2%}}
  break_even: {{at: 1R}}
  trailing_stop: {{distance: 2%}}
  long: {{when: close < open}}
protections: [{{daily_loss: {{max: 3%}}}}, {{max_drawdown: {{max: 8%, within: 7d, pause: 1d}}}}]
"""
_MARKETS = (("spot", "BTC/EUR"), ("futures", "BTC/USDT:USDT"))
#: Of a limit order only: a stop order has none.
_OF_ONE_TYPE = ("entry", "*", "order", "price")


def with_defaults(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its defaults; it is changed in place."""
    spot, futures = (_defaults(market, symbol) for market, symbol in _MARKETS)
    common = {path: value for path, value in futures.items() if spot.get(path, value) == value}
    common.pop(_OF_ONE_TYPE)
    _fill(schema, (), common)
    return schema


def _defaults(market: str, symbol: str) -> dict[tuple[str, ...], Value]:
    text = _FILE.format(market=market, symbol=symbol)
    loaded = load_document(read("least.yaml", text.encode()), {})
    if loaded.strategy is None or not isinstance(loaded.root, Mapping):
        raise AssertionError(f"the file with the fewest keys is not right: {loaded.diagnostics}")
    tree = resolved(loaded.strategy, loaded.source, loaded.root, {})
    return dict(_leaves(tree, ()))


def _leaves(tree: Tree, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Value]]:
    match tree:
        case Leaf():
            if tree.origin == DEFAULT and not tree.silent:
                yield pattern_of(path), tree.value
        case dict():
            for name, below in tree.items():
                yield from _leaves(below, (*path, name))
        case list():
            for item in tree:
                yield from _leaves(item, path)


def _fill(schema: dict[str, Any], path: tuple[str, ...], defaults: dict[Any, Value]) -> None:
    """Each key below, with the way to it."""
    for name, part in schema.get("properties", {}).items():
        at = pattern_of((*path, name))
        if at in defaults and name not in schema.get("required", ()):
            part["default"] = defaults[at]
        _fill(part, (*path, name), defaults)
    for part in schema.get("patternProperties", {}).values():
        _fill(part, (*path, "*"), defaults)
    for part in (schema.get("items"), *schema.get("anyOf", ())):
        if isinstance(part, dict):
            _fill(part, path, defaults)
