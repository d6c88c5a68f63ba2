"""Keys of Bybit, asked about through the door and judged by the audit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.finding import Finding, Verdict
from runner.model.accounts import Permission, Venue
from runner.model.errors import Refused, RunnerError, Unavailable
from tests.exchange.bybit.room import asked, impatient
from tests.exchange.bybit.told import ACCOUNT, KEY_INFO, TIME, WALLET, account, bad, good, wallet
from tests.exchange.key_answers import ANSWERS, NOW, changed, declared
from tests.exchange.key_cases import CASES
from tests.exchange.recorded import ALL, bodies, cases, draws
from tests.exchange.scripted import KEY, SECRET, Reply, door
from tests.exchange.scripted import NOW as CLOCK

LIVE = Venue.LIVE
GOOD = ANSWERS["bybit"]
OURS = [(changes, check, words) for case, changes, check, words in CASES if case == "bybit"]


def judged(answer: Any, permissions: tuple[Permission, ...] | None = None) -> tuple[Finding, ...]:
    """What the audit finds in what the door tells."""
    facts, exchange = asked(Client.key_facts, {KEY_INFO: answer})
    verdict = audit("bybit", LIVE, facts, declared("bybit", permissions), NOW)
    assert exchange.paths == [KEY_INFO]
    return verdict.findings if isinstance(verdict, AuditedKey) else verdict


def test_a_key_that_may_do_what_is_declared_passes() -> None:
    found = judged(GOOD)

    assert refusals(found) == []
    assert Finding("permissions", Verdict.OK, "the key is of a sub-account", "") in found


def is_answer(changes: list[tuple[str, Any]]) -> bool:
    """Whether Bybit still says that all is well."""
    return not any(field == "retCode" for field, _ in changes)


@pytest.mark.parametrize(("changes", "check", "words"), [it for it in OURS if is_answer(it[0])])
def test_a_key_that_must_not_pass_is_refused_in_one_line(
    changes: list[tuple[str, Any]], check: str, words: str
) -> None:
    refused = refusals(judged(changed("bybit", *changes)))

    assert any(it.name == check and words in it.fact for it in refused)
    assert all("\n" not in it.fact + it.help and it.help for it in refused)


def test_there_are_many_such_keys() -> None:
    assert len([it for it in OURS if is_answer(it[0])]) >= 20


@pytest.mark.parametrize("lacking", ["Spot", "ContractTrade"])
def test_a_key_that_only_reads_lacks_what_is_declared(lacking: str) -> None:
    """Its list still says that it may trade: `readOnly` decides first."""
    words = {"Spot": "`spot`", "ContractTrade": "`futures`"}[lacking]

    refused = refusals(judged(changed("bybit", ("result.readOnly", 1))))

    assert any(f"lacks the permission {words}" in it.fact for it in refused)


#: What comes instead of an answer → what is raised, with which words.
INSTEAD: dict[str, tuple[Any, type[RunnerError], str]] = {
    "wrong key": (bad(10003), Refused, "bybit does not know this key: it was deleted, or belongs"),
    "demo key at live": (bad(10003), Refused, "live, testnet and demo have keys of their own"),
    "wrong secret": (bad(10004), Refused, "`api_secret` does not belong to `api_key`"),
    "wrong address": (bad(10010), Refused, "this machine's address is not on the key's list: add"),
    "no permission": (bad(10005), Refused, "lacks a permission: tick what the file declares at"),
    "expired": (bad(33004), Refused, "the key has expired: make a new one at Bybit → API"),
    "banned address": (bad(10009), Refused, "banned this machine's address"),
    "wrong key, 401": (Reply(bad(10003), 401), Refused, "bybit does not know this key"),
    "wrong clock": (bad(10002), Unavailable, "this clock is 3.0 s behind that of bybit: set it"),
    "limited": (bad(10006), Unavailable, "bybit limits this address (HTTP 200): wait a minute"),
    "firewall": (Reply("access too frequent", 403), Unavailable, "(HTTP 403): wait, then try"),
    "maintenance": (bad(10016), Unavailable, "does not tell the key's permissions (10016: No.)"),
    "html": (Reply("<html>hello</html>"), Unavailable, "does not tell the key's permissions"),
    "no result": ({"retCode": 0, "retMsg": ""}, Unavailable, "unclearly: without `result`"),
    "dropped": (Reply(act="drop"), Unavailable, "dropped the connection; try again later"),
    "no answer": (Reply(act="hang"), Unavailable, "did not answer in time; try again later"),
    "the wrong place": (Reply("", 451), Refused, "does not serve this place (HTTP 451)"),
}


@pytest.mark.parametrize(("answer", "kind", "words"), INSTEAD.values(), ids=INSTEAD)
def test_what_comes_instead_of_an_answer_says_what_to_do(
    answer: Any, kind: type[RunnerError], words: str
) -> None:
    clock = good({"timeNano": str((CLOCK + 3000) * 1_000_000)})

    with impatient(), pytest.raises(kind) as raised:
        asked(Client.key_facts, {KEY_INFO: answer, TIME: clock})

    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


@draws("bybit", key_permissions=ALL)
def test_every_recorded_answer_about_a_key_is_judged_as_it_should_be(shared: Path) -> None:
    words = {"spot_trade": "spot", "derivatives_trade": "futures", "withdraw": "withdraw"}

    for case in cases(shared, "bybit", "key_permissions"):
        facts, _ = asked(Client.key_facts, {KEY_INFO: case["response"]})
        verdict = audit("bybit", LIVE, facts, declared("bybit"), NOW)
        assert not isinstance(verdict, AuditedKey), case["id"]  # each of them may do too much
        facts_told = " ".join(it.fact for it in refusals(verdict))
        expected = case["expected_normalized"]
        for theirs, ours in words.items():
            if ours != "withdraw":
                assert (f"lacks the permission `{ours}`" in facts_told) is not expected[theirs]
        assert ("`withdraw`" in facts_told) is bool(expected["withdraw"])
        assert ("works from every address" in facts_told) is not expected["ip_restricted"]


@draws("bybit", privateGetV5UserQueryApi=("key info (docs)",))
def test_the_recorded_key_itself_is_seen_by_nobody(shared: Path) -> None:
    [answer] = bodies(shared, "bybit", "privateGetV5UserQueryApi").values()
    telling = json.loads(json.dumps(answer))
    telling["result"] |= {"apiKey": KEY, "secret": SECRET, "note": f"made for {KEY}"}

    facts, _ = asked(Client.key_facts, {KEY_INFO: telling})

    told = json.dumps(facts)
    assert KEY not in told
    assert SECRET not in told
    assert "apiKey" not in told


def test_a_demo_key_is_known_when_its_balances_are() -> None:
    """The demo venue is not asked what a key may do: its documentation does not list that."""

    async def act() -> tuple[Any, list[str]]:
        told = {ACCOUNT: account(), WALLET: wallet()}
        options: dict[str, Any] = {"exchange": "bybit", "venue": Venue.DEMO}
        async with door(told, **options) as (client, exchange):
            assert await client.account_id() == ""
            return await client.key_facts(), exchange.paths

    assert asyncio.run(act()) == ({}, [ACCOUNT, WALLET])


def test_two_keys_of_one_account_are_known_by_its_number() -> None:
    mine, other, none = ({"userID": it} for it in (24, 25, "x"))

    ids = [
        asked(Client.account_id, {KEY_INFO: good({"permissions": {}} | it)})[0]
        for it in (mine, mine | {"note": "another key"}, other, none)
    ]

    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == ""
    assert ids[0] != "24"


def test_a_demo_key_passes_with_a_warning() -> None:
    verdict = audit("bybit", Venue.DEMO, {}, declared("bybit"), NOW)

    assert isinstance(verdict, AuditedKey)
    assert [it.verdict for it in verdict.findings] == [Verdict.WARNING]
