"""Keys of Deribit, asked about through the door and judged by the audit: one clear line each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.finding import Finding
from runner.model.accounts import AccountDeclaration, Permission, Venue
from runner.model.errors import Refused, RunnerError, Unavailable
from tests.exchange.deribit.room import asked, impatient
from tests.exchange.deribit.told import KEYS, no, ok
from tests.exchange.key_answers import ADDRESS, ANSWERS, DROPPED, NOW, changed, declared
from tests.exchange.key_cases import CASES
from tests.exchange.recorded import bodies, cases, draws
from tests.exchange.scripted import KEY, SECRET, Reply

OURS = [case for case in CASES if case[0] == "deribit"]
#: Another key of the same account, which may do everything.
FOREIGN = {"client_id": "another", "client_secret": "CANARYforeign", "id": 1, "enabled": True,
           "max_scope": "account:read_write trade:read_write wallet:read_write"}  # fmt: skip


def listed(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it comes: with the secrets of all keys of the account."""
    rows = answer.get("result")
    if not isinstance(rows, list):
        return answer
    own = [{"client_id": KEY, "client_secret": SECRET} | row for row in rows]
    return answer | {"result": [FOREIGN, *own]}


def judged(answer: Any, declaration: AccountDeclaration | None = None) -> list[Finding]:
    """What the audit refuses in what the door tells."""
    facts, exchange = asked(Client.key_facts, {KEYS: answer})
    assert exchange.paths == [f"GET /api/v2/{KEYS}"]
    verdict = audit("deribit", Venue.LIVE, facts, declaration or declared("deribit"), NOW)
    return [] if isinstance(verdict, AuditedKey) else refusals(verdict)


def test_a_key_that_may_do_what_is_declared_passes() -> None:
    assert judged(listed(ANSWERS["deribit"])) == []


@pytest.mark.parametrize(("_", "changes", "check", "words"), OURS, ids=range(len(OURS)))
def test_every_case_of_a_key_that_must_be_refused(
    _: str, changes: list[tuple[str, Any]], check: str, words: str
) -> None:
    """What is told instead of an answer stops at the door, as at any other question.

    A secret is taken out before the audit, which would refuse it.
    """
    answer = listed(changed("deribit", *changes))
    if "error" in answer:
        with pytest.raises((Refused, Unavailable)):
            judged(answer)
        return
    found = judged(answer)

    if changes[0][0].endswith("client_secret"):
        assert found == []
        return
    assert any(it.name == check and words in it.fact for it in found)


#: What is wrong with the key, what is changed of the good answer, words of the one line.
FOUND: dict[str, tuple[list[tuple[str, Any]], str]] = {
    "withdraws": (
        [("result.0.max_scope", "account:read trade:read_write wallet:read_write")],
        "`withdraw`",
    ),
    "no address": ([("result.0.ip_whitelist", [])], "works from every address"),
    "no addresses told": ([("result.0.ip_whitelist", DROPPED)], "works from every address"),
    "another's address": ([("result.0.ip_whitelist", ["198.51.100.9"])], "198.51.100.9"),
    "only reads": ([("result.0.max_scope", "account:read trade:read")], "`trade_bundle`"),
    "cannot read": ([("result.0.max_scope", "trade:read_write")], "lacks the permission `read`"),
    "makes keys": (
        [("result.0.max_scope", "account:read_write trade:read_write")],
        "`account:read_write`",
    ),
    "block trades": (
        [("result.0.max_scope", "account:read trade:read_write block_trade:read_write")],
        "`block_trade:read_write`",
    ),
    "a new right": ([("result.0.max_scope", "account:read trade:read_write gifts:all")], "gifts"),
    "a new field": ([("result.0.gifts", True)], "`gifts`"),
    "switched off": ([("result.0.enabled", False)], "switched off"),
    "not listed": ([("result", [])], "not among those that deribit lists"),
    "no scopes told": ([("result.0.max_scope", DROPPED)], "not what it documents"),
}


@pytest.mark.parametrize(("changes", "words"), FOUND.values(), ids=FOUND)
def test_what_is_wrong_with_a_key_is_one_line_and_what_to_do(
    changes: list[tuple[str, Any]], words: str
) -> None:
    found = [it for it in judged(listed(changed("deribit", *changes))) if words in it.fact]

    assert found
    assert all(it.help and len(it.fact.splitlines()) == 1 for it in found)


def test_spot_cannot_be_declared_apart_from_the_rest() -> None:
    apart = declared("deribit", (Permission.READ, Permission.SPOT))

    assert any("`spot`" in it.fact for it in judged(listed(ANSWERS["deribit"]), apart))


#: Instead of an answer: what is raised, words of its line.
INSTEAD: dict[str, tuple[Any, type[RunnerError], str]] = {
    "wrong secret": (no(13004, "invalid_credentials"), Refused, "`api_secret` is not that of"),
    "bad signature": (no(13009, "unauthorized"), Refused, "or this clock is a minute off"),
    "wrong key": (no(13004, "invalid_credentials"), Refused, "or the key was deleted"),
    "a foreign address": (no(13004, "invalid_credentials"), Refused, "address is not on its list"),
    "a test key at live": (no(13004, "invalid_credentials"), Refused, "one of test.deribit.com"),
    "no scope": (no(13021, "forbidden"), Refused, "give it `account: read`"),
    "less scope": (no(13403, "scope_exceeded"), Refused, "lacks a scope"),
    "not signed": (no(10000, "authorization_required"), Refused, "look at both references"),
    "a security key": (no(13668, "security_key_authorization_error"), Refused, "a security key"),
    "a second factor": (
        ok({"security_key_authorization_required": True, "challenge": "c", "rp_id": "deribit"}),
        Refused,
        "only after a security key (2FA)",
    ),
    "locked": (no(11098, "account_locked"), Refused, "ask its support"),
    "a banned country": (no(12005, "country_is_banned"), Refused, "does not serve this place"),
    "limited": (no(10028, "too_many_requests", 429), Unavailable, "limits this address"),
    "maintenance": (no(11051, "system_maintenance"), Unavailable, "(11051: system_maintenance)"),
    "firewall": (Reply("blocked", 403), Unavailable, "(HTTP 403): wait, then try"),
    "html": (Reply("<html>hello</html>"), Unavailable, "unclearly"),
    "no result": ({"jsonrpc": "2.0"}, Unavailable, "unclearly: not with a result alone"),
    "dropped": (Reply(act="drop"), Unavailable, "dropped the connection; try again later"),
    "no answer": (Reply(act="hang"), Unavailable, "did not answer in time; try again later"),
    "the wrong place": (Reply("", 451), Refused, "does not serve this place (HTTP 451)"),
}


@pytest.mark.parametrize(("answer", "kind", "words"), INSTEAD.values(), ids=INSTEAD)
def test_what_comes_instead_of_an_answer_says_what_to_do(
    answer: Any, kind: type[RunnerError], words: str
) -> None:
    with impatient(), pytest.raises(kind) as raised:
        asked(Client.key_facts, {KEYS: answer})

    line = str(raised.value)
    assert words in line
    assert "\n" not in line
    assert KEY not in line
    assert SECRET not in line


def test_secrets_of_the_account_are_seen_by_nobody() -> None:
    own = listed(ANSWERS["deribit"])
    own["result"][1]["name"] = f"made for {KEY}"

    facts, _ = asked(Client.key_facts, {KEYS: own})

    told = json.dumps(facts)
    assert len(facts["result"]) == 1
    for secret in (KEY, SECRET, "CANARYforeign", "another", "client_secret"):
        assert secret not in told


#: Each with the name of the key that asks; `public/auth`, also recorded, is never asked.
LISTS = (
    "over-privileged default key (client_id aD-KFx-H)",
    "trade only key, ip bound (client_id TRADEKEY1)",
)


def as_ours(answer: Any, own: str, theirs: str = "") -> Any:
    """A recorded list in which the key of the name `own` is ours, bound to our address."""
    text = json.dumps(answer).replace(own, KEY)
    return json.loads(text.replace(theirs, ADDRESS) if theirs else text)


@draws("deribit", key_permissions=LISTS)
def test_every_recorded_list_of_keys_is_judged_as_it_should_be(shared: Path) -> None:
    found = {it["id"]: it for it in cases(shared, "deribit", "key_permissions")}

    for name in LISTS:
        case, own = found[name], name.rpartition("client_id ")[2].rstrip(")")
        facts = " ".join(it.fact for it in judged(as_ours(case["response"], own, "203.0.113.10")))
        expected = case["expected_normalized"]
        assert ("`withdraw`" in facts) is bool(expected["withdraw"])
        assert ("works from every address" in facts) is not expected["ip_restricted"]
        assert "`trade_bundle`" not in facts


@draws(
    "deribit",
    privateGetListApiKeys=("key list (openapi; contains client_secret fields: redact)",),
)
def test_a_recorded_list_of_keys_is_told_without_its_secrets(shared: Path) -> None:
    [body] = bodies(shared, "deribit", "privateGetListApiKeys").values()

    facts, _ = asked(Client.key_facts, {KEYS: as_ours(body, "aD-KFx-H")})

    [own] = facts["result"]
    assert (own["id"], own["enabled"]) == (2, True)
    assert not any(word in json.dumps(facts) for word in ("secret", "TiA4AyLPq3", KEY))
