"""A contract of Bybit made ready: what is read and refused, and the one thing that is set."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.exchange.dialect import Standing
from runner.model.errors import Refused, RunnerError, Unavailable
from tests.exchange.asked import PERP
from tests.exchange.bybit.room import asked, room
from tests.exchange.bybit.told import (
    ACCOUNT,
    LEVERAGE,
    POSITIONS,
    account,
    bad,
    good,
    page,
    position,
)
from tests.exchange.scripted import NOW, Reply, Scripted


def prepared(leverage: str, told: dict[str, Any]) -> Scripted:
    """What was asked; the account is as wanted unless told otherwise."""
    usual = {ACCOUNT: account(), POSITIONS: page("linear", position()), LEVERAGE: good({})}
    answers = usual | told
    ask = partial(Client.prepare, symbol=PERP, leverage=Decimal(leverage))
    return asked(ask, answers, (PERP,))[1]


def test_what_is_as_wanted_is_not_set_again() -> None:
    assert prepared("10", {}).paths == [ACCOUNT, POSITIONS]


@pytest.mark.parametrize(
    ("leverage", "answer"),
    [("5", good({})), ("12.5", bad(110043)), ("2.5", Reply(act="drop"))],
)
def test_leverage_is_set_both_ways_and_seen_afterwards(leverage: str, answer: Any) -> None:
    """Whatever the answer was: Bybit's "not modified", or none at all."""
    seen = [page("linear", it) for it in (position(), position(leverage=leverage))]

    exchange = prepared(leverage, {POSITIONS: seen, LEVERAGE: answer})

    assert exchange.paths == [ACCOUNT, POSITIONS, LEVERAGE, POSITIONS]
    assert exchange.sent[2].parameters == {
        "category": "linear",
        "symbol": "BTCUSDT",
        "buyLeverage": leverage,
        "sellLeverage": leverage,
    }
    assert exchange.sent[2].headers["X-BAPI-TIMESTAMP"] == str(NOW)


ISOLATED = "choose Isolated Margin at Bybit → Derivatives → Margin Mode; it holds for the whole"
#: What is told → what is raised, with which words, after how many requests.
CASES: list[tuple[dict[str, Any], type[RunnerError], str, int]] = [
    ({ACCOUNT: account(status=1)}, Refused, "is a classic account: upgrade it", 1),
    ({ACCOUNT: account(mode="REGULAR_MARGIN")}, Refused, ISOLATED, 1),
    ({ACCOUNT: account(mode="PORTFOLIO_MARGIN")}, Refused, ISOLATED, 1),
    ({ACCOUNT: good({})}, Unavailable, "the kind of account unclearly", 1),
    (
        {POSITIONS: page("linear", position(positionIdx=1), position(positionIdx=2))},
        Refused,
        "is in hedge mode at bybit: close its positions, then choose One-Way Mode",
        2,
    ),
    (
        {POSITIONS: page("linear", position(autoAddMargin=1))},
        Refused,
        "adds margin to `BTC/USDT:USDT` by itself: switch Auto Margin Replenishment off",
        2,
    ),
    ({POSITIONS: page("linear")}, Unavailable, "without the settings", 2),
    ({POSITIONS: page("linear", position(symbol="ETHUSDT"))}, Unavailable, "is ETHUSDT", 2),
    ({POSITIONS: page("linear", position(autoAddMargin=None))}, Unavailable, "autoAddMargin", 2),
    (
        {POSITIONS: page("linear", position()), LEVERAGE: bad(110013, "risk limit")},
        Refused,
        "refuses leverage 5 for `BTC/USDT:USDT` (110013: risk limit): declare a smaller",
        4,
    ),
    (
        {POSITIONS: page("linear", position()), LEVERAGE: bad(777777)},
        Refused,
        "(777777: No.): set it there by hand",
        4,
    ),
    ({POSITIONS: page("linear", position())}, Unavailable, "did not set leverage 5", 4),
    (
        {POSITIONS: page("linear", position()), LEVERAGE: Reply("<html>", 502)},
        Unavailable,
        "did not set leverage 5",
        4,
    ),
]


@pytest.mark.parametrize(("told", "kind", "words", "count"), CASES)
def test_what_cannot_be_made_ready_says_what_to_do(
    told: dict[str, Any], kind: type[RunnerError], words: str, count: int
) -> None:
    with pytest.raises(kind) as raised:
        prepared("5", told)

    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(room().scripted.sent) == count


@pytest.mark.parametrize("mode", ["ISOLATED_MARGIN", "REGULAR_MARGIN"])
@pytest.mark.parametrize("hedge", [False, True])
def test_how_a_contract_is_held_can_be_asked_without_setting_it(mode: str, hedge: bool) -> None:
    rows = [position(positionIdx=n) for n in ((1, 2) if hedge else (0,))]
    told = {ACCOUNT: account(mode=mode), POSITIONS: page("linear", *rows)}

    found, exchange = asked(partial(Client.standing, symbol=PERP), told, (PERP,))

    assert found == Standing(hedge, mode == "ISOLATED_MARGIN", Decimal(10))
    assert exchange.paths == [ACCOUNT, POSITIONS]


@pytest.mark.parametrize("leverage", ["0", "0.5", "1.005", "-3"])
def test_a_leverage_that_bybit_does_not_take_is_refused(leverage: str) -> None:
    with pytest.raises(Refused, match="bybit takes steps of 0"):
        prepared(leverage, {})
