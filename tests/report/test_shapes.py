"""What a result of several symbols looks like, to people and to programs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from runner.model.orders import ExitReason, OrderState, OrderType, Purpose, Side
from runner.model.results import OrderLine, Result
from runner.model.trades import OpenPosition, PositionSide
from runner.report.document import document
from runner.report.text import order_text, summary_lines
from tests.report.test_metrics import MONDAY, a_result, a_trip, columns_of

BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"


def an_order(symbol: str = BTC, status: OrderState = OrderState.FILLED, *why: str) -> OrderLine:
    filled = status is OrderState.FILLED
    return OrderLine(
        client_order_id="x-1",
        decided_at=MONDAY,
        symbol=symbol,
        side=Side.SELL,
        type=OrderType.MARKET,
        purpose=Purpose.ADD,
        price=Decimal("100.50") if filled else None,
        quantity=Decimal("2.0"),
        fee=Decimal("0.10"),
        status=status,
        filled_at=MONDAY if filled else None,
        bar_opened_at=MONDAY if filled else None,
        reasons=why,
    )


def two_symbols() -> Result:
    one = a_result([110.0, 99.0])
    [data], [close] = one.data, one.close
    short = replace(a_trip(-4.0), symbol=BTC, side=PositionSide.SHORT)
    trips = (
        replace(a_trip(1.5), symbol=BTC),
        short,
        replace(a_trip(2.0), symbol=ETH, exit_reason=ExitReason.LIQUIDATION),
    )
    return replace(
        one,
        symbols=(BTC, ETH),
        data=(replace(data, symbol=BTC), replace(data, symbol=ETH, gaps=1, missing=2)),
        close=(close, (close[0], np.array([10.0, 11.0]))),
        trades=columns_of(*trips),
        funding=-0.25,
        orders=(an_order(), an_order(ETH, OrderState.DENIED, "exposure would be 9")),
        still_open=(OpenPosition(ETH, PositionSide.SHORT, MONDAY, 10.0, 0.1 + 0.2, 3.0),),
        denied=1,
        halted="max_drawdown: 8.1% within 7d",
    )


def test_a_summary_of_several_symbols() -> None:
    assert summary_lines(two_symbols()) == [
        "strategy  s (0)",
        "data      2 bars of BTC/USDT:USDT 1d from synthetic:7",
        "          2021-01-04T00:00:00Z to 2021-01-06T00:00:00Z, 0 gaps",
        "          2 bars of ETH/USDT:USDT 1d from synthetic:7",
        "          2021-01-04T00:00:00Z to 2021-01-06T00:00:00Z, 1 gap",
        "equity    100.00 → 99.00 USDT",
        "return    -1.00% (buy and hold 54.00%)",
        "drawdown  -10.00%, 1 days",
        "sharpe    0.00",
        "trades    3, 66.67% won, 2 by rule, 1 by liquidation",
        "          BTC/USDT:USDT long: 1, +1.50 USDT",
        "          BTC/USDT:USDT short: 1, -4.00 USDT",
        "          ETH/USDT:USDT long: 1, +2.00 USDT",
        "fees      3.00 USDT",
        "funding   -0.25 USDT paid",
        "denied    1 order",
        "          1 × exposure would be …",
        "open      0.3 ETH sold short at 10, marked at the last close",
        "halted    max_drawdown: 8.1% within 7d",
    ]


def test_a_contract_is_named_by_its_base_currency() -> None:
    assert order_text(an_order()) == (
        "2021-01-04T00:00:00Z  add     sell 2.0 BTC at 100.5 USDT  filled"
    )


def test_programs_read_the_same_keys_whatever_was_traded() -> None:
    told = document(two_symbols(), summary=False)

    assert (told["fees"], told["funding"]) == ("3", "-0.25")
    assert [data["symbol"] for data in told["data"]] == [BTC, ETH]
    assert told["orders"][0] == {
        "client_order_id": "x-1",
        "time": "2021-01-04T00:00:00Z",
        "symbol": BTC,
        "side": "sell",
        "type": "market",
        "price": "100.5",
        "quantity": "2",
        "fee": "0.1",
        "bar": "2021-01-04T00:00:00Z",
        "filled_at": "2021-01-04T00:00:00Z",
        "status": "filled",
        "purpose": "add",
        "reasons": [],
    }
    assert told["trades"][1] == {
        "symbol": BTC,
        "side": "short",
        "entry_time": "2021-01-04T00:00:00Z",
        "entry_price": "100",
        "exit_time": "2021-01-04T01:00:00Z",
        "exit_price": "100",
        "quantity": "1",
        "fees": "0.5",
        "funding": "0.25",
        "pnl": "-4",
        "exit_reason": "rule",
    }
    assert told["metrics"]["funding"] == -0.25
    assert "orders" not in document(two_symbols(), summary=True)
