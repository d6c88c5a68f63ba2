"""A contract made ready: what is set, what is refused, and what is read again afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import library
from runner.model.errors import Halt, Refused, Unavailable
from tests.exchange.asked import PERP
from tests.exchange.scripted import NOW, Reply, Scripted, ask, refusal

MODE, SETTINGS = "GET /fapi/v1/positionSide/dual", "GET /fapi/v1/symbolConfig"
MARGIN, LEVERAGE = "POST /fapi/v1/marginType", "POST /fapi/v1/leverage"
DONE = Reply({"code": 200, "msg": "success"})


def settings(margin: str, leverage: int) -> Reply:
    row = {"symbol": "BTCUSDT", "marginType": margin, "isAutoAddMargin": "false"}
    return Reply([row | {"leverage": leverage, "maxNotionalValue": "1000000"}])


AS_FOUND, WANTED = settings("CROSSED", 20), settings("ISOLATED", 5)


def prepared(answers: dict[str, Any], leverage: str = "5") -> Scripted:
    known = {MODE: {"dualSidePosition": False}, MARGIN: DONE, LEVERAGE: Reply({"leverage": 5})}
    act = lambda client: client.prepare(PERP, Decimal(leverage))  # noqa: E731
    return ask(act, known | answers, symbols=(PERP,))[1]


def test_what_is_set_already_is_not_set_again() -> None:
    exchange = prepared({SETTINGS: WANTED})

    assert exchange.paths == [MODE, SETTINGS]


def test_margin_and_leverage_are_set_and_read_again() -> None:
    exchange = prepared({SETTINGS: [AS_FOUND, WANTED]})

    assert exchange.paths == [MODE, SETTINGS, MARGIN, LEVERAGE, SETTINGS]
    signed = {"symbol": "BTCUSDT", "timestamp": str(NOW), "recvWindow": "5000"}
    for sent, setting in zip(
        exchange.sent[2:4], ({"marginType": "ISOLATED"}, {"leverage": "5"}), strict=True
    ):
        sent.parameters.pop("signature")
        assert sent.parameters == signed | setting


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (settings("CROSSED", 5), [MARGIN]),
        (settings("ISOLATED", 20), [LEVERAGE]),
    ],
)
def test_only_what_differs_is_set(found: Reply, paths: list[str]) -> None:
    exchange = prepared({SETTINGS: [found, WANTED]})

    assert exchange.paths == [MODE, SETTINGS, *paths, SETTINGS]


def test_no_need_to_change_is_no_refusal() -> None:
    answers = {SETTINGS: [AS_FOUND, WANTED], MARGIN: refusal(-4046, "No need to change.")}

    assert prepared(answers).paths[-1] == SETTINGS


def test_a_setting_whose_answer_was_lost_counts_if_it_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    for lost in (Reply(act="drop"), Reply(act="hang"), Reply("<html>", 503)):
        exchange = prepared({SETTINGS: [AS_FOUND, WANTED], MARGIN: lost, LEVERAGE: lost})

        assert exchange.paths == [MODE, SETTINGS, MARGIN, LEVERAGE, SETTINGS]


def test_hedge_mode_is_refused_and_nothing_is_set() -> None:
    with pytest.raises(Refused, match="hedge mode: close its positions, then choose One-way Mode"):
        prepared({MODE: {"dualSidePosition": True}, SETTINGS: AS_FOUND})


@pytest.mark.parametrize(
    ("code", "help_"),
    [
        (-4047, "cancel its open orders there first"),
        (-4048, "close its position there first"),
        (-4168, "switch Multi-Assets Mode off"),
        (-9999, "set it there by hand"),
    ],
)
def test_a_refused_margin_says_what_to_do(code: int, help_: str) -> None:
    with pytest.raises(Refused, match=rf"`{PERP}` \({code}: No.\): {help_}"):
        prepared({SETTINGS: AS_FOUND, MARGIN: refusal(code, "No.")})


def test_a_refused_leverage_says_what_to_do() -> None:
    answers = {SETTINGS: settings("ISOLATED", 20), LEVERAGE: refusal(-4028, "Not valid.")}

    with pytest.raises(Refused, match=r"leverage 5 .*\(-4028: Not valid.\): declare a smaller"):
        prepared(answers)


def test_a_setting_that_was_answered_but_not_made_is_not_trusted() -> None:
    with pytest.raises(Unavailable, match="did not set isolated margin and leverage 5"):
        prepared({SETTINGS: AS_FOUND})


@pytest.mark.parametrize(
    "found",
    [
        {MODE: {"dualSidePosition": "false"}},
        {MODE: Reply([])},
        {SETTINGS: Reply([])},
        {SETTINGS: Reply([{"symbol": "ETHUSDT", "marginType": "ISOLATED", "leverage": 5}])},
        {SETTINGS: Reply([{"symbol": "BTCUSDT", "marginType": "ISOLATED", "leverage": "5"}])},
    ],
)
def test_settings_that_are_told_unclearly_are_not_guessed(found: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        prepared({SETTINGS: WANTED} | found)


@pytest.mark.parametrize("leverage", ["2.5", "0", "-1", "0.5"])
def test_a_leverage_that_is_no_whole_number_is_refused_without_asking(leverage: str) -> None:
    with pytest.raises(Refused, match="takes whole numbers from 1 on"):
        prepared({}, leverage)


def test_a_symbol_of_somebody_else_is_not_prepared() -> None:
    with pytest.raises(Halt, match="not traded through this door"):
        ask(lambda client: client.prepare("ETH/USDT:USDT", Decimal(1)), {}, symbols=(PERP,))
