"""Keys of Bitget through our own door and the audit: classic accounts, and unified ones."""

from __future__ import annotations

from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.finding import Finding
from runner.model.accounts import Venue
from runner.model.errors import Refused, Unavailable
from tests.exchange.bitget.answers import no
from tests.exchange.bitget.desk import Heard, at_bitget
from tests.exchange.key_answers import ADDRESS, ANSWERS, NOW, changed, declared
from tests.exchange.key_cases import CASES
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import KEY, PASSPHRASE, SECRET, Reply, ask

CLASSIC, UNIFIED = "GET /api/v2/spot/account/info", "GET /api/v3/account/info"
IN_UNIFIED_MODE = no("40085", "You are in Unified Account mode")


def told(case: str, answer: Any, venue: Venue = Venue.LIVE) -> tuple[Any, Heard]:
    """What the exchange says of a key, of the account that the case is about."""
    answers = {CLASSIC: answer}
    if case == "bitget unified":
        answers = {CLASSIC: IN_UNIFIED_MODE, UNIFIED: answer}
    return at_bitget(lambda client: client.key_facts(), answers, venue=venue)


def judged(case: str, answer: Any) -> AuditedKey | tuple[Finding, ...]:
    facts, _ = told(case, answer)
    return audit("bitget", Venue.LIVE, facts, declared(case), NOW)


@pytest.mark.parametrize("venue", [Venue.LIVE, Venue.DEMO])
@pytest.mark.parametrize(
    ("case", "paths"), [("bitget", [CLASSIC]), ("bitget unified", [CLASSIC, UNIFIED])]
)
def test_a_key_is_asked_about_where_its_account_is(
    case: str, paths: list[str], venue: Venue
) -> None:
    facts, exchange = told(case, ANSWERS[case], venue)

    assert exchange.paths == paths
    assert facts == ANSWERS[case]
    assert isinstance(judged(case, ANSWERS[case]), AuditedKey)


#: Those that an answer with HTTP 200 can be; a code of its own is a refusal of the question.
TOLD = [it for it in CASES if it[0].startswith("bitget") and it[1][0][0] != "code"]


@pytest.mark.parametrize(("case", "changes", "check", "fact"), TOLD, ids=range(len(TOLD)))
def test_a_key_that_is_not_as_declared_is_refused_in_one_line(
    case: str, changes: list[tuple[str, Any]], check: str, fact: str
) -> None:
    found = judged(case, changed(case, *changes))

    assert not isinstance(found, AuditedKey)
    [finding] = [it for it in refusals(found) if it.name == check]
    assert fact in finding.fact
    assert "\n" not in finding.fact + finding.help


def test_the_cases_hold_what_may_be_wrong_with_a_key() -> None:
    """Withdrawal, no address, a foreign one, only reading, futures missing, more than declared."""
    facts = " ".join(fact for _, _, _, fact in TOLD)

    assert len(TOLD) >= 14
    for words in ("withdraw", "from every address", "`transfer`", "`margin`", "`gifts`", "lacks"):
        assert words in facts


@pytest.mark.parametrize("address", ["198.51.100.9", f"{ADDRESS},198.51.100.9", ""])
def test_a_key_with_another_address_is_refused(address: str) -> None:
    found = judged("bitget", changed("bitget", ("data.ips", address)))

    assert not isinstance(found, AuditedKey)
    assert {it.name for it in refusals(found)} <= {"ip_list", "ip_bound", "own_ip"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (no("40006"), "does not know this key"),
        (no("40037"), "does not know this key"),
        (no("40009"), "`api_secret` does not belong to `api_key`"),
        (no("40012"), "`passphrase` does not belong to `api_key`"),
        (no("40014"), "lacks a permission"),
        (no("40018"), "this machine's address is not on the key's list"),
        (no("40018", status=200), "this machine's address is not on the key's list"),
        (no("22010"), "bound to addresses"),
        (no("40099"), "belongs to another `venue`"),
    ],
)
def test_a_key_that_is_not_let_in_is_refused_in_one_line(answer: Reply, words: str) -> None:
    for case in ("bitget", "bitget unified"):
        with pytest.raises(Refused, match=words) as refused:
            told(case, answer)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply("<html>maintenance</html>"), "tells the key's permissions unclearly"),
        (Reply("<html>", 403), "firewall refuses this address"),
        (Reply("", 429), "limits this address"),
        (no("40015"), "try again later"),
        (no("40200"), "try again later"),
        (no("40008"), "does not tell the key's permissions"),
        (Reply([1]), "unclearly"),
        (Reply(act="drop"), "dropped the connection"),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(answer: Reply, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        told("bitget", answer)


def test_a_question_that_is_not_answered_in_time_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable, match="did not answer in time"):
        ask(lambda client: client.key_facts(), {CLASSIC: Reply(act="hang")}, exchange="bitget")


def test_an_answer_does_not_carry_what_signed_the_question() -> None:
    answer = changed("bitget", ("data.note", f"{KEY} {SECRET} {PASSPHRASE}"))

    facts, _ = told("bitget", answer)

    assert facts["data"]["note"] == "***"


@draws("bitget", key_permissions=ALL)
def test_every_recorded_answer_is_judged_by_what_it_says(shared: Any) -> None:
    for case in cases(shared, "bitget", "key_permissions"):
        unified = case["ccxt_call"].startswith("privateUta")
        found = judged("bitget unified" if unified else "bitget", case["response"])
        expected = case["expected_normalized"]

        assert not isinstance(found, AuditedKey)  # of other addresses than those declared
        refused = {it.name for it in refusals(found)}
        assert ("withdraw" in refused) is expected["withdraw"], case["id"]
        assert ("transfer" in refused) is expected["internal_transfer"], case["id"]
        assert refused & {"ip_list", "own_ip"}


def test_a_unified_key_is_audited_but_not_traded() -> None:
    """Its audit passes; the first question about its money says what to do."""
    declaration = declared("bitget unified")

    async def act(client: Any) -> None:
        facts = await client.key_facts()
        assert isinstance(audit("bitget", Venue.LIVE, facts, declaration, NOW), AuditedKey)
        with pytest.raises(Refused, match="use a classic account, or a classic sub-account"):
            await client.balances()

    answers = {CLASSIC: IN_UNIFIED_MODE, UNIFIED: ANSWERS["bitget unified"]}
    answers |= {"GET /api/v2/spot/account/assets": IN_UNIFIED_MODE}
    at_bitget(act, answers)


@pytest.mark.parametrize("case", ["bitget", "bitget unified"])
def test_two_keys_of_one_account_are_known_as_such(case: str) -> None:
    """By a hash of the account's name, the same for all its keys."""
    user = "userId" if case == "bitget" else "uid"

    def account(name: str) -> Any:
        answer = changed(case, (f"data.{user}", name))
        answers = {CLASSIC: answer}
        if case != "bitget":
            answers = {CLASSIC: IN_UNIFIED_MODE, UNIFIED: answer}
        return at_bitget(lambda client: client.account_id(), answers)[0]

    assert account("7") == account("7") != account("8")
    assert len(account("7")) == 16
    assert account("") == ""
