"""Writes to Deribit: what leaves, and what came of it by the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderState,
    OrderType,
    Rejected,
    Unknown,
)
from tests.exchange.deribit.room import PINNED, asked, cancel, submit
from tests.exchange.deribit.told import (
    ALL,
    BY_NAME,
    CANCEL,
    ENTRY,
    EXIT,
    FILLS,
    INSTRUMENT,
    LIMIT,
    MARKETS,
    NUMBER,
    STOP,
    STOP_NUMBER,
    TARGET,
    became,
    fill,
    no,
    ok,
    place,
    row,
    taken,
)
from tests.exchange.scripted import NOW

SENT = {"instrument_name": "BTC_USDC", "amount": "0.00500", "valid_until": str(NOW + 60_000)}
RESTS = {"type": "limit", "price": "64000.12", "time_in_force": "good_til_cancelled"}
WAITS = {"type": "stop_market", "trigger": "last_price", "trigger_price": "58000.1"}
FORMS: dict[str, dict[str, str]] = {
    "buy": {"type": "market"},
    "sell": {"type": "market"},
    "limit": RESTS,
    "maker": RESTS | {"post_only": "true", "reject_post_only": "true"},
    "target": RESTS,
    "stop": WAITS,
    "stop entry": WAITS,
}


@pytest.mark.parametrize("case", FORMS)
def test_an_order_is_said_as_deribit_documents_it(case: str) -> None:
    request = ALL[case]

    outcome, exchange = submit(request, {place(request): taken(request)})

    [sent] = exchange.sent
    assert sent.parameters == SENT | FORMS[case] | {"label": request.client_order_id}
    assert f",ts={NOW},sig=" in sent.headers["Authorization"]
    assert isinstance(outcome, Accepted)
    waits = request.type is not OrderType.MARKET
    [report] = outcome.reports
    assert report.state is (OrderState.ACCEPTED if waits else OrderState.FILLED)


def test_a_market_order_is_reported_with_its_fills() -> None:
    fills = [
        fill(ENTRY, 0.002, fee=0.06),
        fill(ENTRY, 0.003, price=60000.2, fee=0.09, trade_id="BTC_USDC-2", timestamp=NOW + 8),
    ]

    outcome, _ = submit(ENTRY, {"private/buy": taken(ENTRY, *fills)})

    cost = Decimal("0.002") * Decimal("60000.1") + Decimal("0.003") * Decimal("60000.2")
    done = Execution(Decimal("0.005"), cost / Decimal("0.005"), Decimal("0.15"), NOW + 8)
    report = OrderReport(
        ENTRY.client_order_id, NUMBER, "BTC/USDC", ENTRY.side, OrderState.FILLED, done
    )
    assert outcome == Accepted((report,))


def test_a_buy_that_pays_its_fee_in_what_it_bought_arrives_in_whole_steps() -> None:
    async def act(client: Client) -> Any:
        await client.market("BTC/USDC")
        return await client.submit((ENTRY,), PINNED)

    paid = fill(ENTRY, 0.005, fee=0.000005, fee_currency="BTC", price=60000)
    answers = {"private/buy": taken(ENTRY, paid), MARKETS: ok([INSTRUMENT])}

    outcome, _ = asked(act, answers)

    [report] = outcome.reports
    assert report.execution == Execution(Decimal("0.0049"), Decimal(60000), Decimal("0.3"), NOW + 7)


def test_fees_in_a_third_currency_are_not_known() -> None:
    for request, currency in [(EXIT, "BTC"), (ENTRY, "ETH")]:
        strange = taken(request, fill(request, 0.005, fee_currency=currency))

        outcome, _ = submit(request, {place(request): strange})

        assert isinstance(outcome, Unknown)
        assert f"fees in {currency}; have them taken in USDC" in outcome.reason


def test_fills_that_the_answer_does_not_hold_are_asked_for() -> None:
    answers = {
        "private/buy": ok({"order": row(ENTRY), "trades": []}),
        FILLS: [ok([fill(ENTRY, 0.002)]), ok([fill(ENTRY, 0.003, trade_id="BTC_USDC-2")])],
    }

    outcome, exchange = submit(ENTRY, answers)

    assert isinstance(outcome, Accepted)
    assert [it.parameters.get("historical") for it in exchange.sent] == [None, "false", "true"]


def test_fills_that_do_not_add_up_are_not_known() -> None:
    answers = {"private/buy": ok({"order": row(ENTRY), "trades": []}), FILLS: ok([])}

    outcome, _ = submit(ENTRY, answers)

    assert isinstance(outcome, Unknown)
    assert "accepted, but its fills are not known" in outcome.reason


def test_all_that_rests_under_a_name_is_canceled() -> None:
    gone = row(TARGET, order_state="cancelled")

    outcome, exchange = cancel(TARGET, {CANCEL: ok(1), BY_NAME: ok([gone])})

    assert exchange.sent[0].path == "/api/v2/private/cancel_by_label"
    assert exchange.sent[0].parameters == {"label": TARGET.client_order_id}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_an_order_that_filled_before_its_cancellation_is_told_as_filled() -> None:
    filled = row(TARGET, order_state="filled", filled_amount=0.005)
    answers = {CANCEL: ok(0), BY_NAME: ok([filled]), FILLS: ok([fill(TARGET, 0.005)])}

    outcome, _ = cancel(TARGET, answers)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.FILLED


@pytest.mark.parametrize("rows", [[], [row(TARGET)], [row(TARGET, label="0" * 32)]])
def test_a_cancellation_that_does_not_show_is_unknown(rows: list[Any]) -> None:
    outcome, _ = cancel(TARGET, {CANCEL: ok(1), BY_NAME: ok(rows)})

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("number", ["1", -1, None, 1.5, True, [1]])
def test_a_number_of_cancellations_that_is_none_is_unknown(number: Any) -> None:
    outcome, exchange = cancel(TARGET, {CANCEL: ok(number)})

    assert isinstance(outcome, Unknown)
    assert len(exchange.sent) == 1


@pytest.mark.parametrize("code", [10004, 10010, 11008, 11044])
def test_an_order_that_is_gone_cannot_be_canceled(code: int) -> None:
    outcome, _ = cancel(TARGET, {CANCEL: no(code)})

    assert outcome == Rejected(str(code), "no")


def test_a_stop_that_triggers_at_once_keeps_the_number_it_was_placed_under() -> None:
    triggered = ok({"order": became(STOP), "trades": [fill(STOP, 0.005)]})

    outcome, _ = submit(STOP, {"private/sell": triggered})

    assert isinstance(outcome, Accepted)
    [report] = outcome.reports
    assert (report.exchange_order_id, report.state) == (STOP_NUMBER, OrderState.FILLED)


def test_no_word_used_once_is_used_again() -> None:
    words = set()
    for _ in range(5):
        _, exchange = submit(LIMIT, {"private/buy": taken(LIMIT)})
        words.add(exchange.sent[0].headers["Authorization"].rpartition("nonce=")[2])

    assert len(words) == 5
