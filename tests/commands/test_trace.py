"""`runner trace`: every condition with its numbers, and what kept an entry from being made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.desk import PROBE, Desk, a_desk

STATE = ("--state", "state")


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a finished run."""
    with a_desk(tmp_path_factory.mktemp("traced")) as desk:
        assert desk.run().code == 0
        yield desk


def test_a_close_is_explained_whatever_happened_at_it(traded: Desk) -> None:
    shows = {
        "2021-01-01T02:00Z": [
            "2021-01-01T02:00:00Z  BTC/USDT  close 29983.56",
            "undefined  close > sma(close, fast)    [close = undefined, sma(close, fast) =",
            "no entry: before lookback: bar 2, decisions begin at bar 12",
        ],
        "2021-01-01 19:00": [
            "  entry.long        true",
            "[close = 29947.6, sma(close, fast) = 29867.972]",
            "entry   buy 0.12531 BTC at 29953.58952 USDT  filled",
        ],
        "2021-01-01T20:00+00:00": [
            "  exit.long         true",
            "exit    sell 0.12531 BTC at 29865.005804 USDT  filled",
            "no entry: position held: long for 1 bar",
            "no entry: entry.long: true, but it did not become true at this bar",
        ],
        "2021-01-03T14:00+01:00": [
            "close 28865.16",
            "no entry: entry.long: `close > sma(close, fast)` is false",
        ],
        "2021-01-03T14:00Z": ["no entry: the last bar of the data: nothing is decided at it"],
    }

    said = traded.several(*[["trace", "probe.yaml", "--at", at, *STATE] for at in shows])

    for one, told in zip(said, shows.values(), strict=True):
        assert one.code == 0, one.err
        assert [text for text in told if text not in one.out] == []


def instants(desk: Desk, *words: str) -> list[Any]:
    found: list[Any] = desk.runner("trace", *words, "--json", *STATE).document()["instants"]
    return found


def test_what_was_journaled_is_what_the_bars_tell(traded: Desk) -> None:
    journaled = instants(traded, "probe", "--last", "1000")
    every = {one["time"]: one for one in instants(traded, "probe.yaml", "--last", "1000")}

    assert len(every) == 62
    assert len(journaled) > 10
    assert [every[one["time"]] for one in journaled] == journaled


def test_an_entry_is_made_where_nothing_stands_in_its_way(traded: Desk) -> None:
    for one in instants(traded, "probe.yaml", "--last", "1000"):
        entered = [order for order in one["orders"] if order["purpose"] == "entry"]
        assert bool(one["obstacles"]) != bool(entered), one
        if entered:
            assert one["rules"][0]["truth"] is True


def test_what_cannot_be_told_is_refused_with_what_to_write(traded: Desk) -> None:
    traded.write("other.yaml", PROBE.replace("fast: {default: 5", "fast: {default: 6"))
    refusals = {
        ("probe", "--at", "2021-01-01T02:00Z"): "no condition became true at 2021-01-01T02:00:00Z: "
        "`runner trace FILE` explains every close",
        ("probe.yaml", "--at", "2021-01-01T02:07Z"): "the nearest closes are at "
        "2021-01-01T02:00:00Z and 2021-01-01T03:00:00Z",
        ("probe.yaml", "--at", "2031-01-01"): "the nearest closes are at 2021-01-03T14:00:00Z",
        ("probe.yaml", "--symbol", "ETH/USDT"): "`ETH/USDT` is not among the file's symbols",
        ("other.yaml",): "no run of `other.yaml` as it is now in `state`",
        ("probe.yaml", "--replay", "synthetic:7"): "`--replay` names other data than the run",
    }

    said = traded.several(*[["trace", *words, *STATE] for words in refusals])

    for one, told in zip(said, refusals.values(), strict=True):
        assert told in one.refusal(1)


def test_wrong_words_are_told_before_anything_is_read(traded: Desk) -> None:
    misuses = {
        ("--at", "noon"): "`--at noon` is no time: write it like 2026-01-31T14:00Z",
        ("--at", "2021-01-01", "--last", "2"): "write `--at TIME` or `--last N`, not both",
        ("probe", "--set", "fast=6"): "`--replay`, `--set` and `--settings` go with a rule file",
        ("gone.yaml",): "there is no file `gone.yaml`",
    }

    said = traded.several(*[["trace", *words, *STATE] for words in misuses])

    for one, told in zip(said, misuses.values(), strict=True):
        assert told in one.misuse()
