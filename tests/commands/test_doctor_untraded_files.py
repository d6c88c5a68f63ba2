"""What counts of a file of an exchange without orders, and its next key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from runner.commands.checks.calls import own_log
from runner.commands.checks.keys import look_at_keys
from runner.commands.checks.verdict import Check, Verdict, exit_code_of
from runner.exchange.library import agent_of
from runner.model.clock import MachineClock
from runner.model.exchanges import AUDITED
from tests.commands.answering import no_pause
from tests.commands.test_doctor_untraded import PASSES, a_rule_file, right
from tests.exchange.scripted import serving
from tests.exchange.untraded.told import (
    KEYS,
    OTHERS,
    agents,
    secrets,
)
from tests.rules.files import GOOD, a_file, loaded


def test_an_account_that_is_not_in_use_changes_nothing() -> None:
    """The one in use is traded: the file is wrong, and no key of it is audited for that."""
    other = "accounts:\n  spare:\n    exchange: kraken\n    venue: live\n"
    other += '    credentials: {api_key: "env:A", api_secret: "env:B"}\n'
    other += "    permissions: [read, trade_bundle]\n"

    came = loaded(a_file(("accounts:\n", other)))

    assert [it.code for it in came.diagnostics] == ["R313"]
    assert (came.strategy, came.untraded) == (None, None)


def test_a_file_that_is_right_has_a_strategy_and_nothing_else() -> None:
    came = loaded(GOOD)
    audited = loaded(a_rule_file("kraken"))

    assert came.strategy is not None
    assert came.untraded is None
    assert audited.strategy is None
    assert audited.compiled is None
    assert audited.untraded is not None
    assert audited.untraded.account.exchange == "kraken"


@pytest.mark.parametrize("exchange", AUDITED)
def test_the_next_key_is_audited_as_well(exchange: str, tmp_path: Path) -> None:
    fields = ", ".join(f'{field}: "env:NEXT_{field.upper()}"' for field in KEYS[exchange])
    text = a_rule_file(exchange, ("    ip_allowlist", f"    next: {{{fields}}}\n    ip_allowlist"))
    came = loaded(text).untraded
    assert came is not None

    async def act() -> tuple[Check, ...]:
        async with serving(right(exchange)) as (_, transport):
            keys, waiting = secrets(exchange), secrets(exchange, OTHERS)
            machine = MachineClock()
            with own_log(tmp_path, "main", machine, no_pause) as log:
                to = came.account, keys, waiting, machine, transport, None, log
                return await look_at_keys(*to)

    checks = asyncio.run(act())

    found = [it for it in checks if it.name == "next"]
    assert found
    assert all(it.verdict is not Verdict.REFUSED for it in found)
    assert exit_code_of(checks) == (0 if exchange in PASSES else 1)
    takes_over = any("is no longer used here: delete it" in it.fact for it in found)
    assert takes_over is (exchange in ("kraken", "kucoin"))  # gate does not list the other one


def test_an_agents_address_is_that_of_the_key_that_the_file_names() -> None:
    assert agent_of(KEYS["hyperliquid"]["private_key"]) == agents()[1]["address"]
