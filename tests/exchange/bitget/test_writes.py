"""Orders sent to Bitget and canceled there: what leaves, and what is reported of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    Execution,
    OrderRequest,
    OrderState,
    Unknown,
)
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
    PAIR,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_STOP,
    PERP_STOP_ENTRY,
    PERP_TARGET,
    SPEND,
    STOP,
    TARGET,
)
from tests.exchange.bitget.answers import (
    FILLS,
    LOOK,
    NO_SUCH_ORDER,
    OLD_STOPS,
    PINNED,
    PLACE,
    SHORT_STOP,
    STOPS,
    SYMBOLS,
    WINDOW,
    after,
    contract_row,
    good,
    listed,
    row,
    submit,
    symbol_row,
    taken,
    written,
)
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.scripted import NOW, PASSPHRASE, Reply, ask

SPOT_TIME = {"requestTime": str(NOW), "receiveWindow": str(WINDOW)}
MARGIN = {"productType": "USDT-FUTURES", "marginCoin": "USDT"}
ISOLATED = MARGIN | {"marginMode": "isolated"}
WAITING = MARGIN | {"planType": "loss_plan", "size": "0.00500", "triggerPrice": "58000.1"}
#: What is asked for, where it goes, what it says beside symbol and name.
SENT: dict[str, tuple[OrderRequest, str, dict[str, str]]] = {
    "spend": (SPEND, "/api/v2/spot/trade/place-order",
        {"side": "buy", "orderType": "market", "force": "gtc", "size": "1234.567890"} | SPOT_TIME),
    "exit": (EXIT, "/api/v2/spot/trade/place-order",
        {"side": "sell", "orderType": "market", "force": "gtc", "size": "0.00500"} | SPOT_TIME),
    "limit": (LIMIT, "/api/v2/spot/trade/place-order",
        {"side": "buy", "orderType": "limit", "force": "gtc", "size": "0.00500",
         "price": "64000.12"} | SPOT_TIME),
    "maker": (MAKER, "/api/v2/spot/trade/place-order",
        {"side": "buy", "orderType": "limit", "force": "post_only", "size": "0.00500",
         "price": "64000.12"} | SPOT_TIME),
    "target": (TARGET, "/api/v2/spot/trade/place-order",
        {"side": "sell", "orderType": "limit", "force": "gtc", "size": "0.00500",
         "price": "64000.12"} | SPOT_TIME),
    "long": (LONG, "/api/v2/mix/order/place-order",
        {"side": "buy", "orderType": "market", "size": "0.00500"} | ISOLATED),
    "close": (CLOSE, "/api/v2/mix/order/place-order",
        {"side": "sell", "orderType": "market", "size": "0.00500", "reduceOnly": "YES"} | ISOLATED),
    "perp limit": (PERP_LIMIT, "/api/v2/mix/order/place-order",
        {"side": "buy", "orderType": "limit", "size": "0.00500", "price": "64000.12",
         "force": "gtc"} | ISOLATED),
    "perp maker": (PERP_MAKER, "/api/v2/mix/order/place-order",
        {"side": "sell", "orderType": "limit", "size": "0.00500", "price": "64000.12",
         "force": "post_only"} | ISOLATED),
    "perp target": (PERP_TARGET, "/api/v2/mix/order/place-order",
        {"side": "sell", "orderType": "limit", "size": "0.00500", "price": "64000.12",
         "force": "gtc", "reduceOnly": "YES"} | ISOLATED),
    "stop of a long": (PERP_STOP, "/api/v2/mix/order/place-tpsl-order",
        {"holdSide": "buy", "triggerType": "fill_price"} | WAITING),
    "stop by mark": (MARK_STOP, "/api/v2/mix/order/place-tpsl-order",
        {"holdSide": "buy", "triggerType": "mark_price"} | WAITING),
    "stop of a short": (SHORT_STOP, "/api/v2/mix/order/place-tpsl-order",
        {"holdSide": "sell", "triggerType": "fill_price"} | WAITING),
}  # fmt: skip
each_order = pytest.mark.parametrize(("request_", "path", "said"), SENT.values(), ids=SENT)


@each_order
def test_an_order_is_sent_exactly_and_reported_as_the_exchange_tells_it(
    request_: OrderRequest, path: str, said: dict[str, str]
) -> None:
    outcome, exchange = submit(request_, taken(request_), after(request_))

    [sent] = [it for it in exchange.sent if it.method == "POST"]
    assert (sent.host, sent.path) == ("api.bitget.com", path)
    assert sent.parameters == said | {
        "symbol": "BTCUSDT",
        "clientOid": request_.client_order_id,
    }
    assert sent.headers["ACCESS-TIMESTAMP"] == str(NOW)
    assert sent.headers["ACCESS-PASSPHRASE"] == PASSPHRASE
    assert isinstance(outcome, Accepted), outcome
    [report] = outcome.reports
    assert (report.client_order_id, report.side) == (request_.client_order_id, request_.side)
    assert (report.execution is not None) is (report.state is OrderState.FILLED)


def test_a_market_order_is_reported_with_its_fills() -> None:
    outcome, _ = submit(LONG, taken(LONG), after(LONG))

    assert isinstance(outcome, Accepted)
    filled = Execution(Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 7)
    assert outcome.reports[0].execution == filled


def test_an_order_at_market_is_read_until_it_has_ended_and_any_order_until_it_is_told() -> None:
    """Taken a moment ago, it may still wait for its match; its stop waits for its fill."""
    waiting, done = contract_row(LONG, state="live", baseVolume="0"), contract_row(LONG)
    soon = after(LONG) | {LOOK[True]: [good(waiting), good(done)]}
    late = after(LONG) | {LOOK[True]: good(waiting)}
    hidden = {LOOK[False]: [good([]), good([row(LIMIT)])]}

    filled, _ = submit(LONG, taken(LONG), soon)
    resting, exchange = submit(LONG, taken(LONG), late)
    told, _ = submit(LIMIT, taken(LIMIT), hidden)

    assert isinstance(filled, Accepted)
    assert isinstance(resting, Accepted)
    assert isinstance(told, Accepted)
    assert [it.reports[0].state for it in (filled, resting, told)] == [
        OrderState.FILLED,
        OrderState.ACCEPTED,
        OrderState.ACCEPTED,
    ]
    assert exchange.paths == [PLACE[True], *[LOOK[True]] * 3]


def test_an_amount_to_spend_has_no_more_decimals_than_the_market_takes() -> None:
    """The market is asked for once; what is cut is less than a cent."""
    answers = after(SPEND) | {PLACE[False]: taken(SPEND)}

    async def act(client: Client) -> None:
        await client.submit((SPEND,), PINNED)
        await client.submit((SPEND,), PINNED)

    _, exchange = ask(act, answers, exchange="bitget")

    assert [path for path in exchange.paths if path != LOOK[False] and path != FILLS[False]] == [
        SYMBOLS,
        *[PLACE[False]] * 2,
    ]
    assert exchange.sent[1].parameters["size"] == "1234.567890"


def test_an_answer_without_the_order_number_is_an_answer() -> None:
    """As for a reduce-only order that made the exchange cancel others (Place-Order)."""
    outcome, _ = submit(CLOSE, good({"clientOid": CLOSE.client_order_id}), after(CLOSE))

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT, PERP_STOP])
@pytest.mark.parametrize(
    "answer",
    [
        good(None),
        good({}),
        good({"orderId": "28", "clientOid": "0" * 32}),
        good({"orderId": "28"}),
        {"data": {"clientOid": "e" * 32}},
        {"code": "00000"},
        [],
    ],
)
def test_an_answer_about_another_order_is_no_answer(request_: OrderRequest, answer: Any) -> None:
    outcome, exchange = submit(request_, Reply(answer), after(request_))

    assert isinstance(outcome, Unknown)
    assert len(written(exchange)) == 1


#: What is told of an order a moment after it was placed, and is not what was sent.
OTHER: list[tuple[OrderRequest, dict[str, Any]]] = [
    (LIMIT, {"clientOid": "0" * 32}),
    (LIMIT, {"symbol": "ETHUSDT"}),
    (LIMIT, {"side": "sell"}),
    (LIMIT, {"orderType": "market"}),
    (LIMIT, {"size": "0.0051"}),
    (LIMIT, {"price": "64000.13"}),
    (LIMIT, {"status": "armed"}),
    (LIMIT, {"baseVolume": "0.001"}),
    (SPEND, {"size": "1234.55"}),
    (SPEND, {"size": "1235"}),
    (PERP_LIMIT, {"marginMode": "crossed"}),
    (PERP_LIMIT, {"posMode": "hedge_mode"}),
    (PERP_LIMIT, {"marginCoin": "USDC"}),
    (PERP_LIMIT, {"reduceOnly": "YES"}),
    (PERP_LIMIT, {"force": "ioc"}),
    (PERP_TARGET, {"reduceOnly": "NO"}),
    (PERP_MAKER, {"force": "gtc"}),
    (PERP_STOP, {"planType": "normal_plan"}),
    (PERP_STOP, {"planType": "profit_plan"}),
    (PERP_STOP, {"triggerType": "mark_price"}),
    (PERP_STOP, {"triggerPrice": "58000.2"}),
    (PERP_STOP, {"size": "0.006"}),
    (PERP_STOP, {"orderType": "limit"}),
    (PERP_STOP, {"posMode": "hedge_mode"}),
    (PERP_STOP, {"tradeSide": "buy_single"}),
    (PERP_STOP, {"planStatus": "armed"}),
    (MARK_STOP, {"triggerType": "fill_price"}),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "changed"), OTHER)
def test_an_order_that_is_not_the_one_that_was_sent_is_unknown(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    outcome, exchange = submit(request_, taken(request_), after(request_, **changed))

    assert isinstance(outcome, Unknown)
    assert len(written(exchange)) == 1


@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT, PERP_STOP])
def test_an_order_that_cannot_be_read_afterwards_is_unknown(request_: OrderRequest) -> None:
    """Taken by the exchange, and not told yet: it is looked up later, never sent again."""
    absent = {LOOK[False]: good([]), LOOK[True]: Reply(NO_SUCH_ORDER, 400)}
    absent |= {STOPS: listed(), OLD_STOPS: listed()}

    for more in (absent, {}, {path: Reply("", 500) for path in absent}):
        outcome, exchange = submit(request_, taken(request_), more)

        assert isinstance(outcome, Unknown)
        assert outcome.reason.startswith("accepted, but")
        assert len(written(exchange)) == 1


#: What Bitget cannot do, or not under our ids; said before a byte has left.
CANNOT: list[tuple[tuple[OrderRequest, ...], str]] = [
    ((STOP,), "what a triggered stop of spot became"),
    ((ENTRY,), "size the entry by `spend`"),
    ((PERP_STOP_ENTRY,), "from whichever side"),
    (PAIR, "several orders in one request of bitget"),
    ((replace(EXIT, quantity=None, spend=Decimal(5)),), "can be sized by an amount"),
    ((replace(LIMIT, quantity=None, spend=Decimal(5)),), "can be sized by an amount"),
    ((replace(LONG, quantity=None, spend=Decimal(5)),), "without a quantity"),
    ((replace(PERP_STOP, stop_price=None),), "a stop needs a stop price"),
]


@pytest.mark.parametrize(("requests", "words"), CANNOT)
def test_what_cannot_be_sent_stops_before_the_socket(
    requests: tuple[OrderRequest, ...], words: str
) -> None:
    async def act(client: Any) -> str:
        with pytest.raises(Halt) as halted:
            await client.submit(requests, PINNED)
        return str(halted.value)

    answers = {SYMBOLS: good([symbol_row()])}
    said, exchange = at_bitget(act, answers, symbols=(requests[0].symbol,))

    assert words in said
    assert written(exchange) == []
