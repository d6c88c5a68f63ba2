"""OKX's answers as its documentation shows them: to what `tests/exchange/asked.py` asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any

from runner.exchange.client import Client
from runner.exchange.transport import Transport
from runner.model.orders import OrderRequest, OrderType, Outcome, Pinned, Side
from tests.exchange.scripted import NOW, Reply, Scripted, opened, serving

Question = Callable[[Client], Awaitable[Any]]

NUMBER, ALGO_NUMBER = "312269865356374016", "590919993110396111"
PINNED = Pinned(NOW, 30_000)
ROOT = "/api/v5"
_TYPES = {OrderType.MARKET: "market", OrderType.LIMIT: "limit", OrderType.STOP: "conditional"}


def ok(*rows: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": list(rows)}


def no(code: str, message: str = "No.", status: int = 200) -> Reply:
    """A refusal of a request."""
    return Reply({"code": code, "msg": message, "data": []}, status)


def failed(code: str, message: str = "No.") -> Reply:
    """A refusal of an order."""
    row = {"clOrdId": "", "ordId": "", "tag": "", "sCode": code, "sMsg": message}
    return Reply({"code": "1", "msg": "All operations failed", "data": [row]})


SPOT_MARKET = {
    "instType": "SPOT",
    "instId": "BTC-USDT",
    "baseCcy": "BTC",
    "quoteCcy": "USDT",
    "ctVal": "",
    "ctMult": "",
    "lotSz": "0.00001",
    "minSz": "0.0001",
    "tickSz": "0.01",
    "state": "live",
}
CONTRACT = {
    "instType": "SWAP",
    "instId": "BTC-USDT-SWAP",
    "instFamily": "BTC-USDT",
    "ctType": "linear",
    "settleCcy": "USDT",
    "ctValCcy": "BTC",
    "ctVal": "0.01",
    "ctMult": "1",
    "lotSz": "0.01",
    "minSz": "0.01",
    "tickSz": "0.01",
    "state": "live",
}
MARKETS = {f"GET {ROOT}/public/instruments": ok(SPOT_MARKET, CONTRACT)}


def sized(request: OrderRequest) -> str:
    """`sz` of a request: contracts of 0.01, or an amount of either currency."""
    if request.quantity is None or ":" not in request.symbol:
        return str(request.quantity or request.spend)
    return str(request.quantity / Decimal("0.01"))


def ack(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """What is told of an order that was taken, or canceled."""
    names = {"clOrdId": request.client_order_id, "ordId": NUMBER}
    if request.type is OrderType.STOP:
        names = {"algoClOrdId": request.client_order_id, "algoId": ALGO_NUMBER, "clOrdId": ""}
    return ok(names | {"tag": "", "sCode": "0", "sMsg": ""} | changed)


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A plain order: filled if it is a market order, else resting."""
    at_market, contract = request.type is OrderType.MARKET, ":" in request.symbol
    bought = "0.02" if request.quantity is None else sized(request)
    known = {
        "instType": "SWAP" if contract else "SPOT",
        "instId": "BTC-USDT-SWAP" if contract else "BTC-USDT",
        "ordId": NUMBER,
        "clOrdId": request.client_order_id,
        "ordType": "post_only" if request.post_only else _TYPES[request.type],
        "side": request.side.value,
        "posSide": "net" if contract else "",
        "tdMode": "isolated" if contract else "cash",
        "tgtCcy": _counted(request),
        "sz": sized(request),
        "px": str(request.price or ""),
        "state": "filled" if at_market else "live",
        "accFillSz": bought if at_market else "0",
        "avgPx": "60000.1" if at_market else "",
        "reduceOnly": "true" if request.reduce_only else "false",
        "cTime": str(NOW),
        "uTime": str(NOW + 7),
    }
    return known | changed


def algo_row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A conditional order: waiting."""
    contract = ":" in request.symbol
    buys_spot = not contract and request.side is Side.BUY
    known: dict[str, Any] = {
        "instType": "SWAP" if contract else "SPOT",
        "instId": "BTC-USDT-SWAP" if contract else "BTC-USDT",
        "algoId": ALGO_NUMBER,
        "algoClOrdId": request.client_order_id,
        "clOrdId": "",
        "ordId": "",
        "ordIdList": [],
        "ordType": "conditional",
        "side": request.side.value,
        "posSide": "net" if contract else "",
        "tdMode": "isolated" if contract else "cash",
        "tgtCcy": "base_ccy" if buys_spot else "",
        "sz": sized(request),
        "slTriggerPx": str(request.stop_price),
        "slTriggerPxType": "mark" if request.trigger_by_mark else "last",
        "slOrdPx": "-1",
        "state": "live",
        "reduceOnly": "true" if request.reduce_only else "false",
        "cTime": str(NOW),
        "uTime": str(NOW),
    }
    return known | changed


def fill(request: OrderRequest, size: str, price: str = "60000.1", **changed: Any) -> Any:
    known = {
        "ordId": NUMBER,
        "clOrdId": request.client_order_id,
        "billId": "1",
        "side": request.side.value,
        "fillSz": size,
        "fillPx": price,
        "fee": "-0.3",
        "feeCcy": "USDT",
        "ts": str(NOW + 9),
        "fillTime": str(NOW + 7),
    }
    return known | changed


def _counted(request: OrderRequest) -> str:
    if ":" in request.symbol or request.type is not OrderType.MARKET:
        return ""
    return "base_ccy" if request.spend is None else "quote_ccy"


def told(request: OrderRequest) -> dict[str, Any]:
    """A good answer to the order, and what is told of it then."""
    if request.type is OrderType.STOP:
        return {
            "POST trade/order-algo": ack(request),
            "GET trade/order-algo": ok(algo_row(request)),
        }
    bought = "0.02" if request.spend is not None else sized(request)
    fills = ok(fill(request, bought))
    return {"POST trade/order": ack(request), "GET trade/order": ok(row(request))} | {
        "GET trade/fills": fills
    }


class House:
    """One exchange and one door for each way to open it, for all tests: TLS takes its time."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.rooms = AsyncExitStack()
        self.site: tuple[Scripted, Transport] | None = None
        self.doors: dict[str, Client] = {}

    def ask(
        self, question: Question, answers: Mapping[str, Any], options: dict[str, Any]
    ) -> tuple[Any, Scripted]:
        """What one question comes to; the door has forgotten what it was told before."""
        return self.loop.run(self._ask(question, answers, options))

    async def _ask(
        self, question: Question, answers: Mapping[str, Any], options: dict[str, Any]
    ) -> tuple[Any, Scripted]:
        if self.site is None:
            self.site = await self.rooms.enter_async_context(serving({}))
        exchange, transport = self.site
        exchange.answers, exchange.sent = dict(answers), []
        way = repr(sorted(options.items()))
        if way not in self.doors:
            self.doors[way] = await opened(transport, exchange="okx", **options)
        client = self.doors[way]
        memory: Any = client._dialect
        memory._surveying._known.clear()
        return await question(client), exchange

    def close(self) -> None:
        """Everything that was opened."""
        self.loop.run(self._close())
        self.loop.close()

    async def _close(self) -> None:
        for client in self.doors.values():
            await client.close()
        await self.rooms.aclose()


HOUSE = House()


def ask(question: Question, answers: Mapping[str, Any], **options: Any) -> tuple[Any, Scripted]:
    """What one question comes to at OKX, which tells its markets too; options as of `opened`."""
    return HOUSE.ask(question, MARKETS | dict(answers), options)


def submit(
    request: OrderRequest, answers: Mapping[str, Any], **options: Any
) -> tuple[Outcome, Scripted]:
    """`answers` by method and the end of a path."""
    symbols = (request.symbol,)
    return ask(lambda it: it.submit((request,), PINNED), at(answers), symbols=symbols, **options)


def cancel(
    request: OrderRequest, answers: Mapping[str, Any], **options: Any
) -> tuple[Outcome, Scripted]:
    """The same of a cancellation."""
    symbols = (request.symbol,)
    return ask(lambda it: it.cancel((request,), PINNED), at(answers), symbols=symbols, **options)


def at(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by their whole path."""
    return {where.replace(" ", f" {ROOT}/", 1): answer for where, answer in answers.items()}
