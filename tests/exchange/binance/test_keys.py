"""Keys of Binance, asked through the real library over a socket and judged against the file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.model.accounts import Permission, Venue
from runner.model.errors import Refused, Unavailable
from tests.exchange.key_answers import ANSWERS, NOW, changed, declared
from tests.exchange.recorded import ALL, bodies, cases, draws
from tests.exchange.scripted import KEY, SECRET, Reply, door, refusal

RIGHTS = "GET /sapi/v1/account/apiRestrictions"
HTML = Reply("<html><body>maintenance</body></html>")


def facts(answer: Any) -> Any:
    """What the door hands to the audit."""

    async def act() -> Any:
        answers = {RIGHTS: answer, "GET /api/v3/time": {"serverTime": NOW}}
        async with door(answers, clock=lambda: NOW) as (client, _):
            return await client.key_facts()

    return asyncio.run(act())


def verdict(answer: Any, *permissions: Permission, **changes: Any) -> list[str]:
    """The one line of each refusal; empty where the key is accepted."""
    declaration = replace(declared("binance", permissions or None), **changes)
    try:
        found = audit("binance", Venue.LIVE, facts(answer), declaration, NOW)
    except (Refused, Unavailable) as failure:
        return [str(failure)]
    if isinstance(found, AuditedKey):
        return []
    return [f"{it.name}: {it.fact}; {it.help}" for it in refusals(found)]


def told(*changes: tuple[str, Any]) -> Reply:
    return Reply(changed("binance", *changes))


def test_a_key_that_is_exactly_as_declared_is_accepted() -> None:
    assert verdict(told()) == []


#: Case, the answer, what the line says.
REFUSED = {
    "withdraw on": (told(("enableWithdrawals", True)), "withdraw"),
    "no address": (told(("ipRestrict", False)), "the key works from every address"),
    "expired": (told(("tradingAuthorityExpirationTime", NOW - 1)), "is past"),
    "read only": (
        told(("enableSpotAndMarginTrading", False), ("enableFutures", False)),
        "lacks the permission",
    ),
    "futures missing": (told(("enableFutures", False)), "lacks the permission `futures`"),
    "margin beyond the file": (told(("enableMargin", True)), "`margin`"),
    "transfer beyond the file": (told(("permitsUniversalTransfer", True)), "`transfer`"),
    "a field that nobody knows": (told(("enableSomethingNew", True)), "`enableSomethingNew`"),
    "a flag that is no flag": (told(("ipRestrict", "true")), "does not say clearly"),
    "HTML": (HTML, "it is not JSON"),
    "an empty list": (Reply([]), "not with fields"),
    "a wrong secret": (refusal(-1022, "Signature for this request is not valid."), "`api_secret`"),
    "a key that is none": (refusal(-2014, "API-key format invalid."), "`api_key`"),
    "a deleted key": (refusal(-2008, "Invalid Api-Key ID."), "does not know this key"),
    "a foreign address": (
        refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401),
        "this address is not on its list",
    ),
    "a wrong clock": (refusal(-1021, "Timestamp for this request is outside."), "this clock is"),
    "a firewall": (Reply("blocked", 403), "firewall"),
    "a limit": (Reply({}, 429, {"Retry-After": "7"}), "wait 7 s"),
    "an error of the exchange": (Reply("oops", 502), "does not tell the key's permissions"),
    "a dropped connection": (Reply(act="drop"), "dropped the connection"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_is_not_is_refused_in_one_clear_line(case: str) -> None:
    answer, words = REFUSED[case]

    lines = verdict(answer, Permission.READ, Permission.SPOT, Permission.FUTURES)

    assert any(words in line for line in lines), lines
    assert all("\n" not in line and KEY not in line and SECRET not in line for line in lines)


def test_no_answer_in_time_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    [line] = verdict(Reply(act="hang"))

    assert "did not answer in time" in line


@pytest.mark.parametrize("moved", [Venue.TESTNET, Venue.DEMO])
def test_a_key_of_a_test_venue_is_no_live_key(moved: Venue) -> None:
    [line] = verdict(refusal(-2015, "Invalid API-key, IP, or permissions for action."))

    assert "another `venue`" in line
    found = audit("binance", moved, {}, replace(declared("binance"), venue=moved), NOW)
    assert isinstance(found, AuditedKey)
    assert found.venue is moved


@draws(
    "binance", key_permissions=ALL, sapiGetAccountApiRestrictions=("key: read + transfer, no IP",)
)
def test_recorded_keys_are_told_as_they_are(shared: Path) -> None:
    """Each as it was normalized, by what refuses it for a file that declares spot and futures."""
    [body] = bodies(shared, "binance", "sapiGetAccountApiRestrictions").values()
    bare = cases(shared, "binance", "key_permissions")

    assert _told_of(body) >= {"transfer", "ip_bound"}
    for case in bare:
        expected, told = case["expected_normalized"], _told_of(case["response"])
        assert ("withdraw" in told) is expected["withdraw"], case["id"]
        assert ("transfer" in told) is expected["internal_transfer"], case["id"]
        assert ("ip_bound" in told) is not expected["ip_restricted"], case["id"]
        whole = expected["spot_trade"] and expected["derivatives_trade"]
        assert ("permissions" in told) is not whole, case["id"]


def _told_of(answer: Any) -> set[str]:
    """What refuses a key, by name."""
    lines = verdict(Reply(answer), Permission.READ, Permission.SPOT, Permission.FUTURES)
    return {line.partition(":")[0] for line in lines}


def test_the_answer_that_is_audited_is_the_one_that_was_sent() -> None:
    assert facts(Reply(ANSWERS["binance"])) == ANSWERS["binance"]
