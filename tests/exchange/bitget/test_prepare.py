"""A contract made ready at Bitget: what is set, and what is only looked at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.dialect import Standing
from runner.model.errors import Refused, Unavailable
from tests.exchange.asked import PERP
from tests.exchange.bitget.answers import good, no
from tests.exchange.bitget.desk import Heard, at_bitget
from tests.exchange.scripted import NOW, Reply

ACCOUNT = "GET /api/v2/mix/account/account"
MARGIN = "POST /api/v2/mix/account/set-margin-mode"
LEVERAGE = "POST /api/v2/mix/account/set-leverage"
DONE = good({"symbol": "BTCUSDT"})


def account(**changed: Any) -> dict[str, Any]:
    known = {
        "marginCoin": "USDT",
        "isolatedLongLever": "3",
        "isolatedShortLever": "3",
        "marginMode": "isolated",
        "posMode": "one_way_mode",
        "assetMode": "single",
    }
    return good(known | changed)


def prepared(*accounts: Any, leverage: str = "3", **settings: Any) -> tuple[Any, Heard]:
    answers = {ACCOUNT: list(accounts), MARGIN: DONE, LEVERAGE: DONE}
    answers |= {MARGIN if name == "margin" else LEVERAGE: it for name, it in settings.items()}
    return at_bitget(
        lambda client: client.prepare(PERP, Decimal(leverage)), answers, symbols=(PERP,)
    )


def test_what_is_set_already_is_not_set_again() -> None:
    _, exchange = prepared(account(isolatedLongLever=3))

    assert exchange.paths == [ACCOUNT]
    assert exchange.sent[0].parameters == {
        "symbol": "BTCUSDT",
        "productType": "USDT-FUTURES",
        "marginCoin": "USDT",
    }


def test_margin_and_leverage_of_one_symbol_are_set_and_looked_at_again() -> None:
    before = account(marginMode="crossed", isolatedShortLever="20")

    _, exchange = prepared(before, account())

    named = {"symbol": "BTCUSDT", "productType": "USDT-FUTURES", "marginCoin": "USDT"}
    assert exchange.paths == [ACCOUNT, MARGIN, LEVERAGE, ACCOUNT]
    assert exchange.sent[1].parameters == named | {"marginMode": "isolated"}
    assert exchange.sent[2].parameters == named | {"leverage": "3"}
    assert {it.headers["ACCESS-TIMESTAMP"] for it in exchange.sent[1:3]} == {str(NOW)}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"posMode": "hedge_mode"}, "in hedge mode: close its positions, then choose One-way Mode"),
        ({"assetMode": "union"}, "in multi-assets mode: choose Single-asset Mode"),
    ],
)
def test_what_belongs_to_the_whole_account_is_refused_and_never_set(
    changed: dict[str, str], words: str
) -> None:
    heard = []

    async def act(client: Any) -> None:
        with pytest.raises(Refused, match=words):
            await client.prepare(PERP, Decimal(3))

    _, exchange = at_bitget(act, {ACCOUNT: account(**changed)}, symbols=(PERP,))
    heard += exchange.paths

    assert heard == [ACCOUNT]


@pytest.mark.parametrize("leverage", ["0", "2.5"])
def test_leverage_is_a_whole_number(leverage: str) -> None:
    with pytest.raises(Refused, match="takes whole numbers from 1 on"):
        prepared(account(), leverage=leverage)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (no("45117", "Currently holding"), "close its position and cancel its orders there first"),
        (no("40914", "Trader the maximum"), "declare a smaller `leverage`"),
        (no("99999", "New."), "set it there by hand"),
        (no("45117", "Currently holding", 200), "cancel its orders there first"),
    ],
)
def test_a_setting_that_is_refused_says_what_to_do(answer: Reply, words: str) -> None:
    with pytest.raises(Refused, match=words):
        prepared(account(marginMode="crossed"), margin=answer)


@pytest.mark.parametrize("answer", [DONE, Reply("", 502), Reply(act="drop"), Reply("<html>")])
def test_a_setting_that_did_nothing_is_tried_again_later(answer: Any) -> None:
    """Judged by what is set afterwards, not by the answer."""
    with pytest.raises(Unavailable, match="did not set isolated margin and leverage 5"):
        prepared(account(), leverage="5", leverage_=answer)


def test_a_setting_that_was_set_although_nobody_answered_is_set() -> None:
    _, exchange = prepared(account(isolatedLongLever="9"), account(), leverage_=Reply(act="drop"))

    assert exchange.paths == [ACCOUNT, LEVERAGE, ACCOUNT]


@pytest.mark.parametrize(
    "changed",
    [
        {"marginCoin": "USDC"},
        {"marginMode": ""},
        {"posMode": None},
        {"assetMode": None},
        {"isolatedLongLever": "some"},
    ],
)
def test_settings_that_are_not_told_as_documented_are_not_understood(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        prepared(account(**changed))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Standing(False, True, Decimal(3))),
        ({"posMode": "hedge_mode"}, Standing(True, True, Decimal(3))),
        ({"marginMode": "crossed"}, Standing(False, False, Decimal(3))),
        ({"isolatedShortLever": "20"}, Standing(False, True, Decimal(20))),
    ],
)
def test_how_a_contract_is_held_is_only_looked_at(
    changed: dict[str, str], expected: Standing
) -> None:
    """Where the two directions differ, the higher leverage counts."""
    told, exchange = at_bitget(
        lambda client: client.standing(PERP), {ACCOUNT: account(**changed)}, symbols=(PERP,)
    )

    assert told == expected
    assert exchange.paths == [ACCOUNT]
