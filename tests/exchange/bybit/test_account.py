"""The account at Bybit: its kind, balances, positions and what funding cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.model.bars import Timeframe
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.holdings import Funding, Held
from tests.exchange.asked import PERP
from tests.exchange.bybit.room import asked
from tests.exchange.bybit.told import (
    ACCOUNT,
    PAYMENTS,
    POSITIONS,
    WALLET,
    account,
    bad,
    coin,
    page,
    position,
    wallet,
)
from tests.exchange.scripted import NOW

DAY = 86_400_000
HOUR = Timeframe("1h", 3_600_000)
WEEK = 7 * DAY


def test_balances_are_the_wallet_and_what_is_free_of_it() -> None:
    told = wallet(
        coin("USDT", "100.5", totalOrderIM="10", totalPositionIM="30.25", locked="0.25", bonus="1"),
        coin("BTC", "0.5", totalOrderIM="", totalPositionIM=""),
        coin("ETH", "1", totalPositionIM="3", borrowAmount="2"),
    )

    found, exchange = asked(
        lambda client: client.balances(), {WALLET: told, ACCOUNT: account()}, (PERP,)
    )

    assert found == {
        "USDT": Balance(Decimal(59), Decimal("41.5")),
        "BTC": Balance(Decimal("0.5"), Decimal(0)),
        "ETH": Balance(Decimal(0), Decimal(1)),
    }
    assert exchange.sent[1].parameters == {"accountType": "UNIFIED"}


def test_a_currency_of_which_nothing_is_left_is_zero() -> None:
    """All was spent: Bybit tells only of what there is."""
    told = {WALLET: wallet(coin("BTC", "0.5")), ACCOUNT: account()}

    found, _ = asked(lambda client: client.balances(), told)

    assert found["USDT"] == Balance(Decimal(0), Decimal(0))
    assert found["BTC"].total == Decimal("0.5")


def test_the_kind_of_account_is_asked_once() -> None:
    async def act(client: Any) -> None:
        await client.balances()
        await client.balances()

    _, exchange = asked(act, {WALLET: wallet(), ACCOUNT: account()})

    assert exchange.paths == [ACCOUNT, WALLET, WALLET]


def test_a_classic_account_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused, match="is a classic account: upgrade it"):
        asked(lambda client: client.balances(), {ACCOUNT: account(status=1)})
    with pytest.raises(Refused, match="no unified trading account: upgrade it"):
        asked(lambda client: client.balances(), {ACCOUNT: bad(10028)})


@pytest.mark.parametrize("status", [0, 2, 7, "6", None, True])
def test_an_account_of_an_unknown_kind_is_not_traded_with(status: Any) -> None:
    with pytest.raises(Unavailable, match="the kind of account unclearly"):
        asked(lambda client: client.balances(), {ACCOUNT: account(status=status)})


@pytest.mark.parametrize("currency", ["BTC", "USDT"])
def test_borrowed_money_is_not_traded_with(currency: str) -> None:
    told = {WALLET: wallet(coin(currency, "1", borrowAmount="0.1")), ACCOUNT: account()}

    with pytest.raises(Halt, match=f"{currency} is borrowed at bybit: repay it"):
        asked(lambda client: client.balances(), told)


def test_positions_are_those_of_our_symbols() -> None:
    rows = [position(), position(symbol="ETHUSDT"), position(symbol="SOLUSDT", size="0")]
    told = {POSITIONS: page("linear", *rows), ACCOUNT: account()}

    held, exchange = asked(lambda client: client.positions(), told, (PERP, "SOL/USDT:USDT"))

    assert held == {
        PERP: Held(PERP, Decimal("0.005"), Decimal("60000.1"), Decimal("30.12"), Decimal("54300.5"))
    }
    assert exchange.sent[0].parameters == {
        "category": "linear",
        "settleCoin": "USDT",
        "limit": "200",
    }


def test_nothing_held_needs_no_look_at_the_margin_mode() -> None:
    held, exchange = asked(lambda client: client.positions(), {POSITIONS: page("linear")}, (PERP,))

    assert held == {}
    assert exchange.paths == [POSITIONS]


@pytest.mark.parametrize(
    ("row_", "mode", "words"),
    [
        (position(positionIdx=1), "ISOLATED_MARGIN", "in hedge mode: close its positions"),
        (position(), "REGULAR_MARGIN", "with cross margin: choose Isolated Margin"),
        (position(), "PORTFOLIO_MARGIN", "with cross margin: choose Isolated Margin"),
    ],
)
def test_a_position_that_is_not_isolated_or_not_one_way_halts(
    row_: dict[str, Any], mode: str, words: str
) -> None:
    told = {POSITIONS: page("linear", row_), ACCOUNT: account(mode=mode)}

    with pytest.raises(Halt, match=words):
        asked(lambda client: client.positions(), told, (PERP,))


@pytest.mark.parametrize(
    "changed", [{"side": ""}, {"size": "-1"}, {"positionBalance": ""}, {"avgPrice": "x"}]
)
def test_a_position_that_cannot_be_read_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="the positions unclearly"):
        asked(
            lambda client: client.positions(),
            {POSITIONS: page("linear", position(**changed)), ACCOUNT: account()},
            (PERP,),
        )


def payment(at: int, amount: str, **changed: Any) -> dict[str, Any]:
    known = {"symbol": "BTCUSDT", "category": "linear", "type": "SETTLEMENT", "currency": "USDT"}
    known |= {"funding": amount, "change": amount, "cashFlow": "0", "fee": "0.00000000"}
    return known | {"transactionTime": str(at)} | changed


def test_funding_is_negative_where_it_was_paid() -> None:
    rows = [payment(NOW, "-0.003676"), payment(NOW - 5, "0.01"), payment(3, "1", symbol="ETHUSDT")]
    told = {PAYMENTS: [page(None, *rows, cursor="21963%3A1"), page(None)]}

    paid, exchange = asked(lambda client: client.fundings(PERP, NOW - DAY), told, (PERP,))

    assert paid == [Funding(NOW - 5, Decimal("0.01")), Funding(NOW, Decimal("-0.003676"))]
    assert exchange.sent[0].parameters == {
        "accountType": "UNIFIED",
        "category": "linear",
        "currency": "USDT",
        "type": "SETTLEMENT",
        "limit": "50",
        "startTime": str(NOW - DAY),
        "endTime": str(NOW - DAY + WEEK - 1),
    }


@pytest.mark.parametrize(
    "changed", [{"change": "0.01"}, {"type": "TRADE"}, {"category": "inverse"}, {"funding": ""}]
)
def test_a_payment_that_is_not_clear_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="the funding unclearly"):
        asked(
            lambda client: client.fundings(PERP, NOW),
            {PAYMENTS: page(None, payment(NOW, "-0.01") | changed)},
            (PERP,),
        )
