"""No key or secret in anything that can be seen at Bybit's door, whatever comes back."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import RunnerError
from tests.exchange.asked import LONG, PERP
from tests.exchange.bybit.room import asked
from tests.exchange.bybit.told import (
    ACCOUNT,
    BARS,
    CANCEL,
    CREATE,
    FILLS,
    HISTORY,
    KEY_INFO,
    LEVERAGE,
    MARK_BARS,
    MARKETS,
    ORDERS,
    PAYMENTS,
    POSITIONS,
    PRICE,
    RATES,
    TIERS,
    TIME,
    WALLET,
    bad,
    good,
)
from tests.exchange.scripted import KEY, NOW, PINNED, SECRET, Reply

HOUR = Timeframe("1h", 3_600_000)
QUESTIONS: dict[str, Callable[[Client], Awaitable[Any]]] = {
    "market": lambda it: it.market(PERP),
    "time": lambda it: it.server_time(),
    "bars": lambda it: it.bars(PERP, HOUR, NOW, 1),
    "mark bars": lambda it: it.mark_bars(PERP, HOUR, NOW, 1),
    "rates": lambda it: it.rates(PERP, NOW),
    "balances": lambda it: it.balances(),
    "positions": lambda it: it.positions(),
    "prepare": lambda it: it.prepare(PERP, Decimal(5)),
    "submit": lambda it: it.submit((LONG,), PINNED),
    "cancel": lambda it: it.cancel((LONG,), PINNED),
    "order": lambda it: it.order(LONG),
    "find": lambda it: it.find(LONG, NOW),
    "open orders": lambda it: it.open_orders(PERP),
    "fundings": lambda it: it.fundings(PERP, NOW),
    "liquidations": lambda it: it.liquidations(PERP, NOW),
    "key": lambda it: it.key_facts(),
}
PATHS = [ACCOUNT, BARS, CANCEL, CREATE, FILLS, HISTORY, KEY_INFO, LEVERAGE, MARK_BARS, MARKETS]
PATHS += [ORDERS, PAYMENTS, POSITIONS, PRICE, RATES, TIERS, TIME, WALLET]
ECHO = f"no such key {KEY} with {SECRET}"
FAULTS: dict[str, Any] = {
    "dropped": Reply(act="drop"),
    "502": Reply(f"<html>{ECHO}</html>", 502),
    "html": Reply(f"<html>{ECHO}</html>", 200),
    "half": Reply(f'{{"retCode": 0, "{ECHO}', 200),
    "result": good({"list": [{"symbol": ECHO, "orderId": ECHO}], "category": ECHO}),
    "text": good(ECHO),
    "key": bad(10003, ECHO),
    "clock": bad(10002, ECHO),
    "refused": bad(110007, ECHO),
    "unheard of": bad(424242, ECHO),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_nothing_that_comes_back_shows_a_secret(
    question: Callable[[Client], Awaitable[Any]], fault: Any
) -> None:
    try:
        seen = repr(asked(question, dict.fromkeys(PATHS, fault), (PERP,))[0])
    except RunnerError as failure:
        shown = traceback.TracebackException.from_exception(failure, capture_locals=False)
        seen = f"{failure!r} {''.join(shown.format())}"

    assert KEY not in seen
    assert SECRET not in seen
