"""`runner doctor` asks the exchange: each kind of no has its own words, and nothing is changed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from runner.commands.checks.verdict import Verdict, exit_code_of
from runner.commands.main import run
from runner.commands.trading import clock
from runner.core.strategy import Strategy
from runner.exchange import library
from runner.exchange.transport import Transport
from runner.model.accounts import NextKey
from runner.model.clock import machine_ms
from runner.model.secrets import Secret
from tests.commands.answering import (
    ACCOUNT,
    DEAD,
    RIGHTS,
    SPOT_ONLY,
    TIME,
    answers,
    asked,
    bar,
    rows,
    strategy,
    worst,
)
from tests.exchange.key_answers import ANSWERS, NOW
from tests.exchange.scripted import KEY, SECRET, Reply, refusal, serving
from tests.rules.files import GOOD, a_file


def test_all_is_asked_and_nothing_is_changed() -> None:
    seen, exchange = asked(answers())

    assert exit_code_of(seen.checks) == 0
    assert worst(seen) == []
    assert {check.name for check in seen.checks} == {"exchange", "clock", "key", "data"}
    assert rows(seen, "exchange")[0].subject == "binance live"
    assert "20 ms behind the exchange's" in rows(seen, "clock")[0].fact
    checked = [check.subject.rpartition(" ")[2] for check in rows(seen, "key")]
    assert {"withdraw", "transfer", "permissions", "ip_bound", "ip_list", "own_ip"} < set(checked)
    assert {sent.method for sent in exchange.sent} == {"GET"}
    assert seen.told["BTC/USDT"].market.minimum_notional == 5
    assert str(seen.told["BTC/USDT"].price) == "60000.5"


#: What the exchange answers, the exit code, words of what is said.
FAILURES = [
    ({"rights": refusal(-2014, "x", 401)}, 1, "`api_key` has not the form of a binance key"),
    ({"rights": refusal(-2008, "x", 401)}, 1, "binance does not know this key: it was deleted"),
    ({"rights": refusal(-1022, "x")}, 1, "`api_secret` does not belong to `api_key`"),
    ({"rights": DEAD, "account": DEAD}, 1, "it is not one permission that it lacks"),
    ({"rights": DEAD}, 1, "the balances are told to it: key, address and `venue` are right"),
    ({"rights": SPOT_ONLY | {"enableWithdrawals": True}}, 1, "permission `withdraw`"),
    ({"rights": ANSWERS["binance"]}, 1, "the permission `futures`, which the file does not"),
    ({"rights": SPOT_ONLY | {"enableSpotAndMarginTrading": False}}, 1, "the key lacks the permi"),
    ({"rights": SPOT_ONLY | {"ipRestrict": False}}, 1, "the key works from every address"),
    (
        {"rights": SPOT_ONLY | {"tradingAuthorityExpirationTime": NOW - 1}},
        1,
        "the key may not trade after 2026-11-2",
    ),
    ({"rights": refusal(-1021, "x")}, 3, "this clock is 0.0 s behind that of binance: set it"),
    ({"rights": Reply(act="drop")}, 3, "api.binance.com dropped the connection"),
    ({"time": Reply(act="drop")}, 3, "api.binance.com dropped the connection"),
    ({"time": Reply("x", 451)}, 3, "binance does not serve this place (HTTP 451)"),
    ({"time": Reply({"code": -1003, "msg": "x"}, 429)}, 3, "limits this address (HTTP 429)"),
    ({"time": {"serverTime": NOW + 10_000}}, 3, "this machine's clock is 10000 ms behind"),
    ({"info": refusal(-1121, "x")}, 3, "does not tell its symbols"),
    ({"klines": Reply([])}, 3, "0 bars of 1h of the "),
    ({"klines": Reply(act="drop")}, 3, "dropped the connection"),
]


@pytest.mark.parametrize(("changed", "code", "words"), FAILURES)
def test_each_kind_of_no_has_its_own_words_and_exit_code(
    changed: dict[str, Any], code: int, words: str
) -> None:
    seen, exchange = asked(answers(**changed))

    said = [check for check in seen.checks if words in check.fact]
    assert said, [check.fact for check in seen.checks]
    assert exit_code_of(seen.checks) == code
    assert {sent.method for sent in exchange.sent} == {"GET"}
    assert KEY not in str(seen)
    assert SECRET not in str(seen)


def test_where_the_exchange_is_not_there_nothing_else_is_asked() -> None:
    seen, exchange = asked(answers(time=Reply(act="drop")))

    assert [check.verdict for check in seen.checks] == [Verdict.CANNOT_VERIFY]
    assert set(exchange.paths) == {TIME}


def test_an_answer_that_does_not_come_is_waited_for_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    seen, _ = asked(answers(rights=Reply(act="hang")))

    assert "did not answer in time" in rows(seen, "key")[0].fact
    assert exit_code_of(seen.checks) == 3


@pytest.mark.parametrize(
    ("served", "verdict", "words"),
    [
        (500, Verdict.OK, "that values need"),
        (20, Verdict.WARNING, "20 bars of 1h of the "),
        (3, Verdict.REFUSED, "3 bars of 1h of the "),
    ],
)
def test_the_past_must_reach_as_far_back_as_values_need(
    served: int, verdict: Verdict, words: str
) -> None:
    seen, _ = asked(answers(klines=Reply([bar(served)])))

    [check] = rows(seen, "data")
    assert check.verdict is verdict
    assert words in check.fact


@pytest.mark.parametrize(("account", "code"), [(None, 0), (DEAD, 1)])
def test_at_a_test_venue_only_the_account_can_be_asked_for(
    account: Reply | None, code: int
) -> None:
    of = strategy(a_file(("venue: live", "venue: testnet")))

    seen, exchange = asked(answers(**({"account": account} if account else {})), of)

    assert {sent.host for sent in exchange.sent} == {"testnet.binance.vision"}
    assert RIGHTS not in exchange.paths
    assert ACCOUNT in exchange.paths
    assert exit_code_of(seen.checks) == code
    told = "does not tell at `testnet`" if account is None else "binance refuses this key"
    assert told in rows(seen, "key")[0].fact


def waits(text: str = GOOD) -> Strategy:
    made = strategy(text)
    return replace(made, account=replace(made.account, next=NextKey(())))


NEXT_KEY = {"api_key": Secret("n" * 64), "api_secret": Secret("t" * 64)}


def test_a_next_key_that_passes_is_said_to_take_over_and_the_old_one_to_be_deleted() -> None:
    seen, _ = asked(answers(), waits(), NEXT_KEY)

    assert exit_code_of(seen.checks) == 0
    last = rows(seen, "next")[-1]
    assert last.verdict is Verdict.WARNING
    assert "is no longer used here: delete it at Binance → API Management" in last.fact


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"rights": [Reply(SPOT_ONLY), DEAD], "account": DEAD}, 0, "binance refuses this key"),
        ({"rights": [DEAD, Reply(SPOT_ONLY)]}, 1, "is no longer used here: delete it"),
        (
            {"account": [Reply({"uid": 8, "balances": []}), Reply({"uid": 7, "balances": []})]},
            0,
            "the key in `next` is of another account: it does not take over",
        ),
    ],
)
def test_a_next_key_that_is_wrong_is_a_warning(
    changed: dict[str, Any], code: int, words: str
) -> None:
    seen, _ = asked(answers(**changed), waits(), NEXT_KEY)

    assert exit_code_of(seen.checks) == code
    assert any(words in check.fact for check in rows(seen, "next"))


@contextmanager
def served(known: dict[str, Any]) -> Iterator[Transport]:
    """The exchange answers in a thread of its own while a command runs."""
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), []
    over = asyncio.Event()

    async def serve() -> None:
        async with serving(known) as (_, transport):
            found.append(transport)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def doctor(file: Any, text: str, *words: str) -> int:
    file.write_text(text)
    return run(["doctor", str(file), "--state", str(file.parent / "state"), *words])


def test_the_command_looks_the_key_up_and_prints_what_the_exchange_says(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEY", KEY)
    monkeypatch.setenv("SECRET", SECRET)
    text = a_file(
        ("    limits:", '    unverifiable: [{check: ip_list, reason: s, until: "2999-01-01"}]\n'
         "    limits:"),
    )  # fmt: skip
    with served(answers(time={"serverTime": machine_ms()})) as transport:
        monkeypatch.setattr(clock, "transport", lambda: transport)

        code = doctor(tmp_path / "x.yaml", text)

    out = capsys.readouterr().out
    assert code == 0, out
    assert "exchange     binance live: answers" in out
    assert "warning        credentials  main: `env:` shows a key to every program" in out
    assert "the key cannot" not in out
    assert list((tmp_path / "state" / "budgets").iterdir())  # it counts together with the runs
    assert KEY not in out


def test_a_key_that_cannot_be_looked_up_leaves_the_world_not_ready(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KEY", raising=False)

    assert doctor(tmp_path / "x.yaml", GOOD) == 3
    out = capsys.readouterr().out
    assert "cannot verify  key" in out
    assert "`--offline` leaves the exchange out" in out
    assert doctor(tmp_path / "x.yaml", GOOD, "--offline") == 0


PEM = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("api_key", f"{KEY}\n{KEY}", "`api_key` holds a line break"),
        ("api_secret", PEM, "cannot be built; nothing was sent: see that the secret"),
    ],
)
def test_a_next_key_that_no_request_can_carry_hides_nothing_of_the_current_one(
    field: str, text: str, words: str
) -> None:
    waiting = NEXT_KEY | {field: Secret(text)}

    seen, _ = asked(answers(), waits(), waiting)

    (row,) = rows(seen, "next")
    assert row.verdict is Verdict.WARNING
    assert words in row.fact
    assert exit_code_of(seen.checks) == 0
    assert {check.name for check in seen.checks} == {"exchange", "clock", "key", "next", "data"}


def test_a_key_of_two_lines_is_refused_and_the_other_checks_go_on(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEY", f"{KEY}\n{KEY}")
    monkeypatch.setenv("SECRET", SECRET)

    assert doctor(tmp_path / "x.yaml", GOOD) == 1

    out = capsys.readouterr().out
    assert "refused        key" in out
    assert "`api_key` (`env:KEY`) holds a line break" in out
    assert "ok             state" in out
    assert KEY not in out
