"""Eight processes, one budget: an exchange that counts, and takes it amiss.

The exchange is real TLS on this machine. It counts weight in windows that begin when its own clock
says so, and answers 429 or 418 like Binance, also when we are not to blame: others behind the same
address may be. What is asserted are counts and orders of events, never how fast this machine is.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.exchange.asked import ENTRY, EXIT, row
from tests.exchange.hammer import LIMIT, ORDERS, WINDOW_MS
from tests.exchange.scripted import AUTHORITY, server_context

ROOT = Path(__file__).resolve().parents[2]
EIGHT = 8
WEIGHTS = {"GET /api/v3/account": 20, "POST /api/v3/order": 1}


@dataclass
class Strict:
    """An exchange; `blames` by number of request: what it answers all of a sudden, for how long.

    `tells` its count in headers; where it does not, runners know of each other by the budget alone.
    """

    blames: dict[int, tuple[int, int]]
    tells: bool
    used: Counter[int] = field(default_factory=Counter)
    orders: Counter[int] = field(default_factory=Counter)
    over: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    #: Of each time it was closed: the status, and how many came nevertheless.
    closed: list[list[int]] = field(default_factory=list)
    until_s: float = 0.0
    number: int = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.number += 1
        now_s, name = time.monotonic(), f"{request.method} {request.path}"
        window = int(now_s * 1000) // WINDOW_MS
        self.used[window] += WEIGHTS[name]
        self.orders[window] += name.startswith("POST")
        self.over += self.used[window] > LIMIT or self.orders[window] > ORDERS
        if now_s < self.until_s:
            self.closed[-1][1] += 1
            return self._no(self.closed[-1][0], self.until_s - now_s)
        if self.number in self.blames:
            status, for_s = self.blames[self.number]
            self.closed.append([status, 0])
            self.until_s = now_s + for_s
            return self._no(status, for_s - 1)
        text = request.query_string or (await request.read()).decode()
        return self._yes(window, dict(parse_qsl(text)))

    def _no(self, status: int, left_s: float) -> web.Response:
        headers = {"Retry-After": str(int(left_s) + 1)}
        return web.json_response({"code": -1003, "msg": "Too many"}, status=status, headers=headers)

    def _yes(self, window: int, asked: dict[str, str]) -> web.Response:
        headers = {
            "X-MBX-USED-WEIGHT-1M": str(self.used[window]),
            "X-MBX-ORDER-COUNT-10S": str(self.orders[window]),
        }
        answer: Any = {"balances": [{"asset": "USDT", "free": "1", "locked": "0"}]}
        named = {one.client_order_id: one for one in (ENTRY, EXIT)}
        if order := named.get(asked.get("newClientOrderId", "")):
            answer = row(order)
            self.taken[order.purpose] += 1
        return web.json_response(answer, headers=headers if self.tells else {})


@asynccontextmanager
async def serving(exchange: Strict) -> AsyncIterator[int]:
    runner = web.ServerRunner(web.Server(exchange.handle, access_log=None), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context())
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def hammer(
    folder: Path, port: int, turns: int, processes: int = 1
) -> asyncio.subprocess.Process:
    certificate = folder / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(certificate))
    words = [str(folder / "budgets"), str(port), str(certificate), str(turns), str(processes)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.exchange.hammer", *words,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def came(process: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    told, _ = await process.communicate()
    assert process.returncode == 0
    return [dict(json.loads(line)) for line in told.splitlines()]


def test_eight_processes_stay_within_one_budget_and_honour_what_any_of_them_is_told(
    tmp_path: Path,
) -> None:
    exchange = Strict({36: (429, 1), 52: (418, 1)}, tells=False)

    async def act() -> list[dict[str, Any]]:
        async with serving(exchange) as port:
            return await came(await hammer(tmp_path, port, 8, EIGHT))

    told = asyncio.run(act())

    assert exchange.over == 0
    assert [status for status, _ in exchange.closed] == [429, 418]
    # One request of each other process may be under way when the first is told.
    assert all(count < EIGHT for _, count in exchange.closed)
    assert len(told) == EIGHT
    exits = [waited for one in told for waited in one["exits"]]
    assert len(exits) == EIGHT
    assert max(exits) < 3  # nothing but a Retry-After holds an exit up: 2 s at most
    assert exchange.taken["exit"] >= len(exits) - sum(one["unknown"] for one in told)
    assert sum(one["waited"] for one in told) > 0  # reads had to wait
    assert sum(one["reads"] for one in told) >= 6 * EIGHT - 2 * EIGHT
    assert max(exchange.used.values()) > LIMIT // 2  # and idle credit was there


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_killed_processes_and_damaged_files_break_no_limit(tmp_path: Path) -> None:
    blames = {
        number: (429 if number % 400 else 418, 1 + number % 3) for number in range(200, 9000, 200)
    }
    exchange = Strict(blames, tells=True)

    async def act() -> list[dict[str, Any]]:
        async with serving(exchange) as port:
            all_ = [await hammer(tmp_path, port, 400) for _ in range(EIGHT)]
            for number in range(12):
                await reached(exchange, 200 + number * 200)
                doomed = all_.pop(0)
                doomed.send_signal(signal.SIGKILL)
                await doomed.wait()
                if number % 3 == 2:
                    for file in (tmp_path / "budgets").iterdir():
                        file.write_bytes(file.read_bytes()[: number * 20])
                all_.append(await hammer(tmp_path, port, 400))
            found = await asyncio.gather(*(came(one) for one in all_))
            return [one for lines in found for one in lines]

    told = asyncio.run(act())

    assert exchange.over == 0
    assert len(exchange.closed) > 10
    assert all(count < EIGHT for _, count in exchange.closed)
    exits = [waited for one in told for waited in one["exits"]]
    assert len(exits) == EIGHT * 50
    assert max(exits) < 8


async def reached(exchange: Strict, number: int) -> None:
    while exchange.number < number:
        await asyncio.sleep(0.05)
