"""A contract of BingX made ready: one-way mode is read, isolated margin and leverage are set."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Refused, Unavailable
from tests.exchange.asked import PERP
from tests.exchange.bingx.room import asked
from tests.exchange.bingx.told import SWAP, bad, good
from tests.exchange.scripted import NOW, Reply, Scripted

MODE = f"GET {SWAP}/v1/positionSide/dual"
MARGIN, LEVERAGE = f"{SWAP}/v2/trade/marginType", f"{SWAP}/v2/trade/leverage"
SIGNED = {"recvWindow": "5000", "timestamp": str(NOW), "symbol": "BTC-USDT"}


def margin(word: str = "ISOLATED") -> dict[str, Any]:
    return good({"marginType": word})


def sides(long: int = 3, short: int = 3) -> dict[str, Any]:
    return good({"longLeverage": long, "shortLeverage": short})


def told(*margins: Any, levers: Any = None, **more: Any) -> dict[str, Any]:
    """One-way mode and what is set, before and after."""
    return {
        MODE: good({"dualSidePosition": "false"}),
        f"GET {MARGIN}": list(margins) or [margin()],
        f"GET {LEVERAGE}": levers or [sides()],
        f"POST {MARGIN}": good({}),
        f"POST {LEVERAGE}": good({"leverage": 3, "symbol": "BTC-USDT"}),
    } | more


def prepared(answers: dict[str, Any], leverage: str = "3") -> Scripted:
    exchange: Scripted
    _, exchange = asked(lambda it: it.prepare(PERP, Decimal(leverage)), answers, (PERP,))
    return exchange


def writes(exchange: Scripted) -> list[dict[str, Any]]:
    sent = [dict(it.parameters) for it in exchange.sent if it.method == "POST"]
    assert all(it.pop("signature") for it in sent)
    return sent


def test_what_is_set_already_is_not_set_again() -> None:
    assert writes(prepared(told())) == []


@pytest.mark.parametrize("mode", ["false", False])
def test_isolated_margin_and_leverage_are_set_for_the_one_symbol(mode: Any) -> None:
    answers = told(margin("CROSSED"), margin(), levers=[sides(20, 20), sides()])

    exchange = prepared(answers | {MODE: good({"dualSidePosition": mode})})

    assert writes(exchange) == [
        SIGNED | {"marginType": "ISOLATED"},
        SIGNED | {"leverage": "3", "side": "BOTH"},
    ]


def test_a_leverage_that_differs_by_side_is_set() -> None:
    exchange = prepared(told(levers=[sides(3, 5), sides()]))

    assert [it.get("leverage") for it in writes(exchange)] == ["3"]


@pytest.mark.parametrize("mode", ["true", True])
def test_hedge_mode_is_refused_and_never_changed(mode: Any) -> None:
    with pytest.raises(Refused, match="in hedge mode: close its positions, then choose One-Way"):
        prepared(told() | {MODE: good({"dualSidePosition": mode})})


@pytest.mark.parametrize("leverage", ["2.5", "0", "-1", "0.5"])
def test_leverage_is_a_whole_number(leverage: str) -> None:
    with pytest.raises(Refused, match="whole numbers from 1 on"):
        prepared({}, leverage)


def test_a_refused_setting_says_what_to_do() -> None:
    answers = told(margin("CROSSED"), margin("CROSSED"))
    refusal = {f"POST {MARGIN}": bad(109400, "there are open orders")}

    with pytest.raises(Refused, match=r"\(109400: there are open orders\): cancel its open orders"):
        prepared(answers | refusal)


def test_a_setting_that_nobody_answered_is_judged_by_what_is_set_afterwards() -> None:
    lost = {f"POST {LEVERAGE}": Reply(act="drop")}

    exchange = prepared(told(levers=[sides(20, 20), sides()]) | lost)

    assert len(writes(exchange)) == 1
    with pytest.raises(Unavailable, match="did not set isolated margin and leverage 3"):
        prepared(told(levers=[sides(20, 20)]) | lost)


@pytest.mark.parametrize(
    "answers",
    [
        {MODE: good({})},
        {MODE: good({"dualSidePosition": "maybe"})},
        {MODE: good(None)},
        {f"GET {MARGIN}": good({"marginType": "SHARED"})},
        {f"GET {MARGIN}": good({})},
        {f"GET {LEVERAGE}": good({"longLeverage": 3})},
        {f"GET {LEVERAGE}": good({"longLeverage": 3.5, "shortLeverage": 3})},
    ],
)
def test_settings_that_are_not_as_documented_stop_before_a_write(answers: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        prepared(told() | answers)


def test_margin_that_is_split_by_position_is_not_isolated_margin() -> None:
    exchange = prepared(told(margin("SEPARATE_ISOLATED"), margin()))

    assert writes(exchange) == [SIGNED | {"marginType": "ISOLATED"}]
