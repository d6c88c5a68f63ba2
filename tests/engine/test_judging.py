"""What is said of each kind of expectation that is not met."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engine.mutants import outcomes, suite_of

#: Bought at bar 32, sold by the rule at bar 47.
STORY = """\
version: 1
kind: test
strategy: breakout.yaml
tests:
  - name: a story
    candles: {close: "100x30 102x15 99.9 100x5", volume: "10x30 50", range: 1%}
    expect:
      - ITEM
"""
ENTRY = (
    "{purpose: entry, side: buy, type: market, price: 102.0204, quantity: 49.0196, status: filled}"
)
STOP = (
    "{purpose: protect, side: sell, type: stop, price: 95.58, quantity: 49.0196, status: canceled}"
)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("{at: bar 31, signal: none}", "signal: expected none, got enter_long"),
        ("{at: bar 31, signal: [enter_long, exit]}", "signal: expected enter_long, exit, got e…"),
        ("{at: bar 31, conditions: {breakout: false}}",
         "conditions: expected `entry.long.breakout` false, got true"),
        ("{at: bar 31, conditions: {exit.long: true}}",
         "conditions: expected `exit.long` true, got no position that it is about"),
        ("{at: bar 31, undefined: [breakout]}",
         "undefined: expected `entry.long.breakout` undefined, got true"),
        ("{at: bar 1, conditions: {breakout: false}}",
         "conditions: expected `entry.long.breakout` false, got undefined"),
        ("{at: bar 31, order: {purpose: exit}}",
         f"order: expected {{purpose: exit}}, got {ENTRY}; {STOP}"),
        ("{at: bar 31, order: {purpose: entry, price: 102.0205}}",
         f"order: expected {{purpose: entry, price: 102.0205}}, got {ENTRY}; {STOP}"),
        ("{at: bar 31, order: {filled: bar 33}}",
         f"order: expected {{filled: bar 33}}, got {ENTRY}; {STOP}"),
        ("{at: bar 31, orders: []}", f"orders: expected no order, got {ENTRY}"),
        ("{at: bar 30, orders: [{side: buy}]}", "orders: expected {side: buy}, got no order"),
        ("{at: bar 31, orders: [{purpose: entry}, {purpose: protect, type: limit}]}",
         "orders: expected {purpose: entry}; {purpose: protect, type: limit}, got "
         f"{ENTRY}; {STOP}"),
        ("{at: bar 47, exit: stop_loss}", "exit: expected stop_loss, got rule"),
        ("{at: bar 47, exit: none}", "exit: expected none, got rule"),
        ("{at: bar 46, exit: rule}", "exit: expected rule, got none"),
        ("{at: bar 32, position: none}",
         "position: expected none, got long quantity 49.0196 entry_price 102.0204"),
        ("{at: bar 32, position: {side: long, quantity: 49}}",
         "position: expected long quantity 49, got long quantity 49.0196 entry_price 102.0204"),
        ("{at: end, position: {entry_price: 102 +- 0.1}}",
         "position: expected entry_price 102 +- 0.1, got none"),
        ("{at: bar 32, stop: 95.59}", "stop: expected 95.59, got 95.58"),
        ("{at: bar 32, stop: none}", "stop: expected none, got 95.58"),
        ("{at: end, stop: 95.58}", "stop: expected 95.58, got none"),
        ("{at: bar 31, refused: max_order}",
         f"refused: expected `max_order` in why nothing was entered, got {ENTRY}"),
        ("{at: bar 30, refused: max_order}",
         "refused: expected `max_order` in why nothing was entered, got entry.long: `breakout` "
         "is false"),
        ("{at: bar 30, refused: break}",
         "refused: expected `break` in why nothing was entered, got entry.long: `breakout` is"),
        ("{at: bar 30, refused: long}", "refused: expected `long` in why nothing was entered"),
        ("{at: bar 40, refused: o}", "refused: expected `o` in why nothing was entered, got pos"),
        ("{never: {order: {side: sell, status: filled}}}",
         "never: an order {side: sell, status: filled}: expected never, got once"),
        ("{count: {exit: rule}, equals: 2}", "count: the exit rule: expected 2 times, got once"),
        ("{count: {signal: exit}, equals: 0}", "count: exit: expected never, got once"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_said(item: str, said: str, tmp_path: Path) -> None:
    (failure,) = failures(item, tmp_path)

    key, _, rest = said.partition(": ")
    assert failure.startswith(key)
    assert rest.removesuffix("…") in failure


@pytest.mark.parametrize(
    "item",
    [
        "{at: bar 32, position: {side: long, quantity: 49 +- 0.02, entry_price: 102.0204}}",
        "{at: bar 31, orders: [{purpose: entry, price: 102.02 +- 0.001, filled: bar 32}]}",
        "{at: bar 31, orders: [{purpose: entry}, {purpose: protect, type: stop}]}",
        "{at: bar 30, orders: [], exit: none, stop: none, signal: none}",
        '{at: "2024-01-02T07:00", signal: enter_long}',
        "{at: end, equity: 9885.18 +- 0.01}",
        "{count: {exit: rule}, equals: 1}",
        "{count: {exit: rule}, equals: 0x1}",
        "{never: {exit: stop_loss}}",
        "{at: bar 40, refused: position held}",
        "{at: bar 30, refused: entry.long}",
        "{at: bar 30, refused: '`breakout` is false'}",
        "{at: bar 1, undefined: [entry.long, breakout]}",
    ],
)
def test_what_is_so_passes(item: str, tmp_path: Path) -> None:
    assert failures(item, tmp_path) == []


def failures(item: str, folder: Path) -> list[str]:
    shutil.copy(ROOT / "rules" / "breakout.yaml", folder)
    tests = folder / "breakout.test.yaml"
    tests.write_text(STORY.replace("ITEM", item))
    return [failure.message for one in outcomes(suite_of(tests)) for failure in one.failures]


@pytest.mark.parametrize(
    "item",
    ["{never: {signal: enter_long}}", "{never: {exit: rule}}", "{never: {order: {side: buy}}}"],
)
def test_never_fails_where_no_bar_is_decided(item: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "rules" / "breakout.yaml", tmp_path)
    path = tmp_path / "breakout.test.yaml"
    for bars, fails in ((21, True), (22, False)):
        candles = f'"100x{bars}"'
        story = STORY[: STORY.index("{close")] + f"{candles}\n    expect:\n      - {item}\n"
        path.write_text(story)
        (outcome,) = outcomes(suite_of(path))

        said = [failure.message for failure in outcome.failures]
        assert ["never: nothing was decided: decisions begin at bar 21" in one for one in said] == (
            [True] * fails
        )
