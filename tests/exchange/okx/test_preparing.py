"""A contract of OKX made ready: the account's mode, isolated margin, the leverage."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Refused, Unavailable
from tests.exchange.asked import PERP
from tests.exchange.okx.answers import ask, at, no, ok
from tests.exchange.scripted import Reply, Scripted

ON_FUTURES: dict[str, Any] = {"symbols": (PERP,)}
READY = {"acctLv": "2", "posMode": "net_mode", "ctIsoMode": "automatic"}


def lever(value: str, **changed: str) -> dict[str, Any]:
    known = {"instId": "BTC-USDT-SWAP", "mgnMode": "isolated", "posSide": "net", "lever": value}
    return ok(known | changed)


def prepare(answers: dict[str, Any], leverage: str = "5") -> Scripted:
    _, exchange = ask(lambda it: it.prepare(PERP, Decimal(leverage)), at(answers), **ON_FUTURES)
    return exchange


def test_a_leverage_that_is_set_already_is_not_set_again() -> None:
    exchange = prepare(
        {"GET account/config": ok(READY), "GET account/leverage-info": lever("5.00000000")}
    )

    assert [sent.method for sent in exchange.sent] == ["GET", "GET"]


def test_a_leverage_is_set_for_isolated_margin_and_read_again() -> None:
    answers = {
        "GET account/config": ok(READY),
        "GET account/leverage-info": [lever("3"), lever("5")],
        "POST account/set-leverage": ok({}),
    }

    exchange = prepare(answers)

    [sent] = [it for it in exchange.sent if it.method == "POST"]
    assert sent.parameters == {"instId": "BTC-USDT-SWAP", "mgnMode": "isolated", "lever": "5"}
    assert exchange.sent[-1].path.endswith("leverage-info")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"posMode": "long_short_mode"}, "in hedge mode: close its positions, then choose one-way"),
        ({"acctLv": "1"}, "in mode 1, which has no isolated margin .* choose Futures mode"),
        ({"acctLv": "3"}, "in mode 3, which has no isolated margin"),
        ({"acctLv": "4"}, "in mode 4, which has no isolated margin"),
        ({"ctIsoMode": "autonomy"}, "by hand: choose automatic transfers"),
    ],
)
def test_an_account_that_cannot_trade_as_we_do_is_refused(
    changed: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        prepare({"GET account/config": ok(READY | changed)})


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (no("59102"), Refused, r"refuses leverage 5 .* \(59102: No\.\): declare a smaller"),
        (no("59999"), Refused, "set it there by hand"),
        (Reply(act="drop"), Unavailable, "did not set leverage 5"),
        (ok({}), Unavailable, "did not set leverage 5"),
    ],
)
def test_a_leverage_that_stays_as_it_was_is_refused(
    answer: Any, error: type[Exception], words: str
) -> None:
    answers = {"GET account/config": ok(READY), "GET account/leverage-info": lever("3")}

    with pytest.raises(error, match=words):
        prepare(answers | {"POST account/set-leverage": answer})


@pytest.mark.parametrize("leverage", ["2.5", "0", "-3"])
def test_a_leverage_is_a_whole_number(leverage: str) -> None:
    with pytest.raises(Refused, match="whole numbers"):
        prepare({"GET account/config": ok(READY)}, leverage)


@pytest.mark.parametrize("changed", [{"mgnMode": "cross"}, {"posSide": "long"}, {"instId": "X"}])
def test_a_leverage_of_something_else_is_unclear(changed: dict[str, str]) -> None:
    answers = {"GET account/config": ok(READY), "GET account/leverage-info": lever("5", **changed)}

    with pytest.raises(Unavailable, match="the leverage of"):
        prepare(answers)
