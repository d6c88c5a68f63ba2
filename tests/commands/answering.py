"""A scripted exchange that the doctor asks, and what it made of the answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runner.commands.checks.calls import OwnLog, own_log
from runner.commands.checks.exchange import Seen, look
from runner.commands.checks.verdict import Check, Verdict
from runner.core.strategy import Strategy
from runner.model.accounts import Waiver
from runner.model.secrets import Secret
from tests.exchange.key_answers import ANSWERS, NOW
from tests.exchange.scripted import KEY, SECRET, Reply, Scripted, refusal, serving
from tests.exchange.test_door_markets import symbol_row
from tests.rules.files import GOOD, strategy_of

HOUR_MS = 3_600_000
RIGHTS, TIME = "GET /sapi/v1/account/apiRestrictions", "GET /api/v3/time"
KLINES, ACCOUNT, INFO = "GET /api/v3/klines", "GET /api/v3/account", "GET /api/v3/exchangeInfo"
SPOT_ONLY = ANSWERS["binance"] | {"enableFutures": False}
WAIVED = (Waiver("ip_list", "compared by hand", "2027-03-01"),)
DEAD = refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)


class Standing:
    """A clock that stands at the moment of the answers."""

    def wall_ms(self) -> int:
        return NOW

    def monotonic_s(self) -> float:
        return 0.0


def bar(back: int) -> list[Any]:
    """The bar that opened so many hours ago."""
    opened_ms = NOW - back * HOUR_MS
    return [opened_ms, "100", "101", "99", "60000.5", "1", opened_ms + HOUR_MS - 1]


def answers(**changed: Any) -> dict[str, Any]:
    """Of an exchange that finds all right; `rights=Reply(…)` and the like in its place."""
    known = {
        "time": {"serverTime": NOW + 20},
        "rights": SPOT_ONLY,
        "account": {"balances": [], "uid": 7},
        "info": {"symbols": [symbol_row()]},
        "klines": [Reply([bar(500)]), Reply([bar(1), bar(0)])],
    }
    paths = {"time": TIME, "rights": RIGHTS, "account": ACCOUNT, "info": INFO, "klines": KLINES}
    return {paths[name]: answer for name, answer in (known | changed).items()}


def strategy(text: str = GOOD) -> Strategy:
    made = strategy_of(text)
    return replace(made, account=replace(made.account, unverifiable=WAIVED))


def asked(
    known: dict[str, Any],
    of: Strategy | None = None,
    waiting: dict[str, Secret] | None = None,
    budgets: Path | None = None,
    state: Path | None = None,
) -> tuple[Seen, Scripted]:
    with (
        TemporaryDirectory() as own,
        own_log(state or Path(own), "main", Standing(), no_pause) as log,
    ):
        return asked_by(log, known, of, waiting, budgets)


def asked_by(
    log: OwnLog,
    known: dict[str, Any],
    of: Strategy | None = None,
    waiting: dict[str, Secret] | None = None,
    budgets: Path | None = None,
) -> tuple[Seen, Scripted]:
    async def act() -> tuple[Seen, Scripted]:
        async with serving(known) as (exchange, transport):
            keys = {"api_key": Secret(KEY), "api_secret": Secret(SECRET)}
            file, clock = of or strategy(), Standing()
            seen = await look(file, (), keys, waiting, clock, transport, budgets, log)
            return seen, exchange

    return asyncio.run(act())


def no_pause(seconds: float) -> None:
    raise AssertionError("nobody else asks")


def rows(seen: Seen, name: str) -> list[Check]:
    return [check for check in seen.checks if check.name == name]


def worst(seen: Seen) -> list[str]:
    return [check.fact for check in seen.checks if check.verdict is Verdict.REFUSED]
