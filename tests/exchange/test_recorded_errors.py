"""Every recorded error as the answer to every write: what may never be made of one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.accounts import Permission
from runner.model.exchanges import NAMES
from runner.model.orders import OrderRequest, Rejected, Unknown
from tests.exchange.asked import EXIT, LIMIT, LONG, PERP_LIMIT
from tests.exchange.okx.answers import MARKETS
from tests.exchange.recorded import ALL, Case, Each, cases, draws
from tests.exchange.scripted import PINNED, Reply, Scripted, door

ORDERS = {"spot": (EXIT, LIMIT), "contracts": (LONG, PERP_LIMIT)}
#: Deribit's contracts are not traded.
TRADED = [it for it in product(NAMES, ORDERS) if it != ("deribit", "contracts")]


class Refusing(dict[str, Any]):
    """Answers what changes something with the error, and else tells OKX's markets."""

    def __init__(self, error: Reply) -> None:
        super().__init__(MARKETS)
        self._error = error

    def get(self, asked: str, default: Any = None) -> Any:
        writes = not asked.startswith("GET") or asked.rpartition("/")[2] in DERIBIT
        return self._error if writes else super().get(asked, default)


#: Writes that are HTTP GET.
DERIBIT = {"buy", "sell", "cancel_by_label"}


@pytest.mark.parametrize(("exchange", "market"), TRADED)
@draws(Each("exchange"), errors=ALL)
def test_no_recorded_error_makes_a_write_good_or_sends_it_again(
    exchange: str, market: str, shared: Path
) -> None:
    """What was recorded as unclear stays so, of a cancellation too; one write has left."""
    requests: tuple[OrderRequest, ...] = ORDERS[market]
    if exchange == "deribit":
        requests = tuple(replace(it, symbol="BTC/USDC") for it in requests)

    async def act() -> None:
        options: dict[str, Any] = {"symbols": (requests[0].symbol,), "exchange": exchange}
        async with door({}, permissions=frozenset(Permission), **options) as (client, scripted):
            for case in cases(shared, exchange, "errors"):
                for request in requests:
                    for verb in ("submit", "cancel"):
                        await judge(client, scripted, case, request, verb)

    asyncio.run(act())


async def judge(
    client: Client, scripted: Scripted, case: Case, request: OrderRequest, verb: str
) -> None:
    answer = Refusing(Reply(case["body"], case["http_status"]))
    scripted.answers, scripted.sent = answer, []
    outcome = await getattr(client, verb)((request,), PINNED)
    writes = [it for it in scripted.paths if answer.get(it) is answer._error]
    told = (case.key, verb, request.symbol, request.type, outcome)
    assert isinstance(outcome, Rejected | Unknown), told
    assert len(writes) == 1, (told, scripted.paths)
    assert case["outcome"] == "not_placed" or isinstance(outcome, Unknown), told
    assert len(outcome.reason.splitlines()) == 1, told
