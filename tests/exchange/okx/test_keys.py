"""Keys of OKX through the door and the audit: each case one verdict, one clear line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.keys.asked import ASKED
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.sites import SITES
from runner.model.accounts import AccountDeclaration, Venue
from runner.model.errors import Refused, Unavailable
from tests.exchange import key_answers
from tests.exchange.key_answers import ANSWERS, BOTH, DROPPED, changed, declared
from tests.exchange.key_cases import CASES
from tests.exchange.okx.answers import ask, at, no, ok
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import KEY, NOW, PASSPHRASE, SECRET, Reply
from tests.exchange.scripted import ask as ask_alone

OUR_CASES = [case for case in CASES if case[0] == "okx"]


def audited(
    answer: Any, declaration: AccountDeclaration | None = None, venue: Venue = Venue.LIVE
) -> Any:
    """What the audit makes of what the door tells."""
    facts, _ = ask(
        lambda it: it.key_facts(),
        at({"GET account/config": answer}),
        venue=venue,
        permissions=frozenset(BOTH[:1]),
    )
    return audit("okx", venue, facts, declaration or declared("okx"), key_answers.NOW)


@pytest.mark.parametrize("venue", [Venue.LIVE, Venue.DEMO])
def test_a_key_that_may_do_what_is_declared_passes(venue: Venue) -> None:
    assert isinstance(audited(ANSWERS["okx"], venue=venue), AuditedKey)


@pytest.mark.parametrize(("_", "changes", "check", "words"), OUR_CASES, ids=range(len(OUR_CASES)))
def test_every_case_of_a_key_that_must_be_refused(
    _: str, changes: list[tuple[str, Any]], check: str, words: str
) -> None:
    """Refusals of the question stop at the door, as at any other question."""
    answer = changed("okx", *changes)
    if answer["code"] != "0":
        with pytest.raises((Refused, Unavailable)):
            audited(answer)
        return

    found = refusals(_all(audited(answer)))

    assert any(it.name == check and words in it.fact for it in found)


#: What is wrong with the key, what is changed of the good answer, words of the one line.
FOUND: dict[str, tuple[list[tuple[str, Any]], str]] = {
    "withdraws": ([("data.0.perm", "read_only,trade,withdraw")], "`withdraw`"),
    "no address": ([("data.0.ip", "")], "the key works from every address"),
    "a stranger's address": ([("data.0.ip", "198.51.100.9")], "also works from 198.51.100.9"),
    "only reads": ([("data.0.perm", "read_only")], "lacks the permission `trade_bundle`"),
    "cannot read": ([("data.0.perm", "trade")], "lacks the permission `read`"),
    "a new right": ([("data.0.perm", "read_only,trade,lend")], "`lend`"),
    "a new switch": ([("data.0.enableGifts", True)], "`enableGifts`"),
    "no rights told": ([("data.0.perm", DROPPED)], "not what it documents"),
}


@pytest.mark.parametrize(("changes", "words"), FOUND.values(), ids=FOUND)
def test_what_is_wrong_with_a_key_is_one_line_and_what_to_do(
    changes: list[tuple[str, Any]], words: str
) -> None:
    found = [it for it in refusals(_all(audited(changed("okx", *changes)))) if words in it.fact]

    assert found
    assert all(it.help and len(it.fact.splitlines()) == 1 for it in found)


def test_keys_are_asked_about_where_they_are_used() -> None:
    [asked] = ASKED["okx"]

    assert asked.hosts == {venue: site.spot for venue, site in SITES["okx"].items()}
    assert all(site.tells_keys for site in SITES["okx"].values())


def test_spot_and_futures_cannot_be_declared_apart() -> None:
    apart = replace(declared("okx"), permissions=frozenset(BOTH))

    found = refusals(_all(audited(ANSWERS["okx"], apart)))

    assert any("cannot have `futures` alone" in it.fact for it in found)


#: Refusals of the question itself: code, HTTP status, words of the one line.
REFUSED = [
    ("50111", 401, "does not know `api_key`"),
    ("50113", 401, "`api_secret` does not belong to `api_key`"),
    ("50105", 401, "`passphrase` is not the one"),
    ("50114", 401, "look at `api_key`, `api_secret` and `passphrase`"),
    ("50110", 401, "this machine's address is not on the list"),
    ("50119", 401, "was deleted, or has ended"),
    ("50100", 401, "is frozen"),
    ("50101", 401, "belongs to another `venue`"),
    ("50120", 401, "tick `Read` and `Trade`"),
    ("50030", 200, "tick its permission"),
    ("50035", 403, "bound to addresses"),
]


@pytest.mark.parametrize(("code", "status", "words"), REFUSED)
def test_a_key_that_okx_refuses_says_what_is_wrong(code: str, status: int, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        audited(no(code, f"{KEY} {SECRET}", status))

    told = str(refused.value)
    assert len(told.splitlines()) == 1
    assert not any(secret in told for secret in (KEY, SECRET, PASSPHRASE, "CANARY"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply("<html>"), "unclearly: it is not JSON"),
        (Reply("<html>", 403), "firewall refuses this address"),
        (Reply("", 502), "HTTP 502"),
        (no("50011", status=429), "limits this address"),
        (Reply({"code": "0", "msg": ""}), "not in the wrapping that is documented"),
        (Reply(act="drop"), "dropped the connection"),
    ],
)
def test_a_key_that_nothing_is_told_of_is_asked_for_later(answer: Reply, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        audited(answer)


def test_a_key_that_nobody_answers_for_is_asked_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable, match=r"www\.okx\.com did not answer in time"):
        ask_alone(
            lambda it: it.key_facts(),
            at({"GET account/config": Reply(act="hang")}),
            exchange="okx",
        )


def test_a_wrong_clock_is_measured() -> None:
    for code in ("50102", "50112"):
        answers = {
            "GET account/config": no(code, status=401),
            "GET public/time": ok({"ts": str(NOW + 90_000)}),
        }
        with pytest.raises(Unavailable, match=r"this clock is 90\.0 s behind that of okx"):
            ask(lambda it: it.key_facts(), at(answers))


@draws("okx", key_permissions=ALL)
def test_every_recorded_key_is_told_as_it_is(shared: Path) -> None:
    found = cases(shared, "okx", "key_permissions")

    for case in found:
        told, _ = ask(lambda it: it.key_facts(), at({"GET account/config": case["response"]}))
        verdict = _all(audit("okx", Venue.LIVE, told, declared("okx"), key_answers.NOW))
        refused = {it.name for it in refusals(verdict)}
        assert ("withdraw" in refused) is case["expected_normalized"]["withdraw"]
        assert ("ip_bound" in refused) is not case["expected_normalized"]["ip_restricted"]


def _all(verdict: Any) -> Any:
    return verdict.findings if isinstance(verdict, AuditedKey) else verdict
