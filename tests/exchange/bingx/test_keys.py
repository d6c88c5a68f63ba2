"""Keys of BingX through the door and the audit: each case one verdict, one clear line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.keys.asked import ASKED
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.bingx import LIST, RIGHTS
from runner.exchange.sites import SITES
from runner.model.accounts import Permission, Venue
from runner.model.errors import Refused, Unavailable
from tests.exchange import key_answers
from tests.exchange.bingx.room import asked, impatient
from tests.exchange.bingx.told import TIME, bad, good
from tests.exchange.key_answers import BOTH, changed, declared
from tests.exchange.key_cases import CASES
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import KEY, NOW, SECRET, Reply, Scripted

OUR_CASES = [case for case in CASES if case[0] == "bingx"]
P_RIGHTS = "GET /openApi/v1/account/apiPermissions"
P_UID, P_LIST = "GET /openApi/account/v1/uid", "GET /openApi/account/v1/apiKey/query"
UID = good({"uid": 16844999})


def told(*changes: tuple[str, Any]) -> dict[str, Any]:
    """BingX's answers about a key that is as declared, but for the changes."""
    both = changed("bingx", *changes)
    return {P_RIGHTS: both[RIGHTS], P_UID: UID, P_LIST: both[LIST]}


def facts(answers: dict[str, Any]) -> tuple[Any, Scripted]:
    found: tuple[Any, Scripted] = asked(lambda client: client.key_facts(), answers)
    return found


def verdict(answers: dict[str, Any], **changes: Any) -> list[str]:
    """The one line of each refusal; empty where the key is accepted."""
    declaration = replace(declared("bingx"), **changes)
    try:
        found = audit("bingx", Venue.LIVE, facts(answers)[0], declaration, key_answers.NOW)
    except (Refused, Unavailable) as failure:
        return [str(failure)]
    if isinstance(found, AuditedKey):
        return []
    return [f"{it.name}: {it.fact}; {it.help}" for it in refusals(found)]


def test_a_key_that_is_exactly_as_declared_is_accepted() -> None:
    assert verdict(told()) == []


def test_the_list_is_asked_for_by_the_key_itself_which_is_told_nowhere_else() -> None:
    found, exchange = facts(told())

    rights, uid, listed = exchange.sent
    assert exchange.paths == [P_RIGHTS, P_UID, P_LIST]
    assert listed.parameters["apiKey"] == KEY
    assert listed.parameters["uid"] == "16844999"
    assert all("apiKey" not in it.parameters for it in (rights, uid))
    assert all(it.parameters["recvWindow"] == "5000" for it in exchange.sent)
    assert KEY not in str(found)
    assert "apiKey" not in str(found[LIST]["data"]["apiKeyList"])


@pytest.mark.parametrize(("_", "changes", "check", "words"), OUR_CASES, ids=range(len(OUR_CASES)))
def test_every_case_of_a_key_that_must_be_refused(
    _: str, changes: list[tuple[str, Any]], check: str, words: str
) -> None:
    """Refusals of the question stop at the door, as at any other question."""
    answers = told(*changes)
    if answers[P_RIGHTS]["code"] != 0:
        with pytest.raises((Refused, Unavailable)):
            facts(answers)
        return

    found = audit("bingx", Venue.LIVE, facts(answers)[0], declared("bingx"), key_answers.NOW)

    assert not isinstance(found, AuditedKey)
    assert any(it.name == check and words in it.fact for it in refusals(found))


HTML = Reply("<html><body>maintenance</body></html>")
LISTED = "apiKey/query.data.apiKeyList.0"
#: Case, the answers, what the line says.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "withdraw on": (
        told(
            ("apiPermissions.data.enableWithdrawals", True),
            (f"{LISTED}.permissions", [1, 2, 3, 5]),
        ),
        "`withdraw`",
    ),
    "no address": (
        told(("apiPermissions.data.ipRestrict", False), (f"{LISTED}.ipAddresses", [""])),
        "the key works from every address",
    ),
    "a foreign address": (told((f"{LISTED}.ipAddresses", ["198.51.100.9"])), "198.51.100.9"),
    "read only": (
        told(
            ("apiPermissions.data.enableSpotAndMarginTrading", False),
            ("apiPermissions.data.enableFutures", False),
            (f"{LISTED}.permissions", [2]),
        ),
        "lacks the permission",
    ),
    "futures missing": (
        told(("apiPermissions.data.enableFutures", False), (f"{LISTED}.permissions", [1, 2])),
        "lacks the permission `futures`",
    ),
    "transfer beyond the file": (
        told(("apiPermissions.data.permitsUniversalTransfer", True)),
        "`transfer`",
    ),
    "options beyond the file": (
        told(("apiPermissions.data.enableVanillaOptions", True)),
        "`options`",
    ),
    "a field that nobody knows": (
        told(("apiPermissions.data.enableSomethingNew", True)),
        "`enableSomethingNew`",
    ),
    "a flag that is no flag": (told(("apiPermissions.data.ipRestrict", "true")), "clearly"),
    "two keys that do not agree": (told((f"{LISTED}.createTime", 1)), "do not say the same"),
    "a list that it may not see": (told() | {P_LIST: bad(100004, "Permission denied")}, "ip_list"),
    "an account that it may not see": (told() | {P_UID: bad(100004)}, "ip_list"),
    "HTML": (told() | {P_RIGHTS: HTML}, "HTTP 200"),
    "an empty list": (told() | {P_RIGHTS: Reply([])}, "HTTP 200"),
    "no uid": (told() | {P_UID: good({})}, "without a whole `uid`"),
    "a wrong secret": (told() | {P_RIGHTS: bad(100001, "Signature error")}, "`api_secret`"),
    "an unknown key": (told() | {P_RIGHTS: bad(100413, "Incorrect apiKey")}, "does not know"),
    "no permission to read": (told() | {P_RIGHTS: bad(100004, "denied")}, "lacks a permission"),
    "an address that is refused": (
        told() | {P_RIGHTS: bad(100419, f"your current request IP {KEY} does not match")},
        "`IP whitelist`",
    ),
    "a restricted account": (told() | {P_RIGHTS: bad(100414, "risk control")}, "ask its support"),
    "a limit": (told() | {P_RIGHTS: bad(100410, "rate limitation", 429)}, "limits this address"),
    "a firewall": (told() | {P_RIGHTS: Reply("blocked", 403)}, "firewall"),
    "an error of the exchange": (
        told() | {P_RIGHTS: Reply("oops", 502)},
        "does not tell the key's permissions",
    ),
    "a dropped connection": (told() | {P_RIGHTS: Reply(act="drop")}, "dropped the connection"),
    "a list that is not told": (told() | {P_LIST: bad(100500, "busy")}, "does not tell the key's"),
    "a list that drops": (told() | {P_LIST: Reply(act="drop")}, "dropped the connection"),
    "a list in HTML": (told() | {P_LIST: HTML}, "HTTP 200"),
    "a wrong clock": (
        told()
        | {P_RIGHTS: bad(100421, "timestamp mismatch"), TIME: good({"serverTime": NOW + 90_000})},
        "this clock is 90.0 s behind that of bingx",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_is_not_is_refused_in_one_clear_line(case: str) -> None:
    answers, words = REFUSED[case]

    lines = verdict(answers)

    assert any(words in line for line in lines), lines
    assert all("\n" not in line and KEY not in line and SECRET not in line for line in lines)


def test_no_answer_in_time_is_no_verdict() -> None:
    with impatient():
        [line] = verdict(told() | {P_RIGHTS: Reply(act="hang")})

    assert "did not answer in time" in line


def test_an_old_spelling_of_the_list_and_an_answer_without_a_code_are_understood() -> None:
    """BingX's two references name the list differently; one has no code around the rights."""
    answers = told()
    listed = answers[P_LIST]["data"]
    listed["apiInfos"] = listed.pop("apiKeyList")

    assert verdict(answers) == []
    assert verdict(answers | {P_RIGHTS: answers[P_RIGHTS]["data"]}) == []


def test_what_is_not_declared_is_too_much() -> None:
    lines = verdict(told(), permissions=frozenset({Permission.READ, Permission.SPOT}))

    assert any("`futures`, which the file does not" in line for line in lines)
    assert frozenset(BOTH) == declared("bingx").permissions


def test_keys_are_asked_about_where_they_are_used() -> None:
    rights, listed = ASKED["bingx"]

    assert rights.hosts == listed.hosts == {Venue.LIVE: SITES["bingx"][Venue.LIVE].spot}
    assert not SITES["bingx"][Venue.TESTNET].tells_keys


def test_the_test_venue_tells_that_it_knows_the_key_and_no_more() -> None:
    wallet = {"asset": "VST", "balance": "9", "availableMargin": "9"}

    found, exchange = asked(
        lambda client: client.key_facts(),
        {"GET /openApi/swap/v3/user/balance": good([wallet])},
        ("BTC/USDT:USDT",),
        venue=Venue.TESTNET,
    )

    assert found == {}
    assert exchange.paths == ["GET /openApi/swap/v3/user/balance"]


@draws("bingx", key_permissions=ALL)
def test_every_recorded_key_is_told_as_it_is(shared: Path) -> None:
    rights, unbound, listed = (it for it in cases(shared, "bingx", "key_permissions"))

    for case in (rights, unbound):
        lines = verdict(
            {P_RIGHTS: case["response"], P_UID: UID, P_LIST: bad(100004)},
            permissions=frozenset(BOTH),
        )
        expected = case["expected_normalized"]
        assert any(line.startswith("withdraw") for line in lines) is expected["withdraw"]
        assert any(line.startswith("ip_bound") for line in lines) is not expected["ip_restricted"]
    told_by = {P_RIGHTS: rights["response"], P_UID: UID, P_LIST: listed["response"]}
    wanted = tuple(listed["expected_normalized"]["ip_list"])
    lines = verdict(told_by, permissions=frozenset(BOTH), ip_allowlist=wanted)
    assert not any(line.startswith("ip_") for line in lines), lines
