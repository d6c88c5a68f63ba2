"""Keys of the exchanges without orders, through the door and the audit: each case its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.exchange.keys.asked import ASKED, is_told_at
from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.sites import SITES
from runner.model.accounts import Permission, Rotation, Venue
from runner.model.errors import KeyRefused
from runner.model.exchanges import AUDITED
from runner.model.secrets import Secret
from tests.exchange.key_answers import DROPPED
from tests.exchange.scripted import Scripted
from tests.exchange.untraded.room import asked, room
from tests.exchange.untraded.told import (
    AGENTS,
    KEYS,
    NOW,
    NOW_S,
    QUESTION,
    agent,
    agents,
    declared,
    key,
    told,
)

LIVE = Venue.LIVE
DAY_MS = 86_400_000
#: What no key of these can be without: neither can be bound to addresses, or tells whether it is.
ALWAYS = {"coinbase": ["ip_bound"], "hyperliquid": ["ip_bound", "ip_list"]}
P = Permission


def facts(exchange: str, answers: Mapping[str, Any]) -> tuple[Any, Scripted]:
    found: tuple[Any, Scripted] = asked(exchange, lambda client: client.key_facts(), answers)
    return found


def findings(exchange: str, answers: Mapping[str, Any], **changes: Any) -> tuple[Finding, ...]:
    came = facts(exchange, answers)[0]
    return _judged(audit(exchange, LIVE, came, declared(exchange, **changes), NOW))


def refused(found: tuple[Finding, ...]) -> list[str]:
    return [it.name for it in found if it.verdict is Verdict.REFUSED]


@pytest.mark.parametrize("exchange", AUDITED)
def test_a_key_that_is_as_declared_is_asked_about_once_and_judged(exchange: str) -> None:
    _, exchange_of_it = facts(exchange, told(exchange))
    found = findings(exchange, told(exchange))

    assert refused(found) == ALWAYS.get(exchange, [])
    assert {it.name for it in found} == {
        *("withdraw", "transfer", "permissions", "ip_bound", "ip_list", "own_ip", "created"),
        "expires",
    }
    places = [place.partition("#")[0] for place in (QUESTION[exchange], AGENTS)]
    assert exchange_of_it.paths == places[: 2 if exchange == "hyperliquid" else 1]
    assert {it.host for it in exchange_of_it.sent} == set(SITES[exchange][LIVE].hosts)


#: Exchange, case, its answer about the key, the checks that refuse beside `ALWAYS`, a fact.
JUDGED: list[tuple[str, str, Any, list[str], str]] = [
    ("kraken", "withdraw on", key("kraken", ("result.permissions", ["query-funds", "modify-trades",
     "withdraw-funds"])), ["withdraw"], "the key has the permission `withdraw`"),
    ("kraken", "no address", key("kraken", ("result.ipAllowlist", [])), ["ip_bound", "ip_list"],
     "the key works from every address"),
    ("kraken", "every address", key("kraken", ("result.ipAllowlist", ["0.0.0.0/0"])),
     ["ip_bound", "ip_list"], "the key works from every address"),
    ("kraken", "addresses not told", key("kraken", ("result.ipAllowlist", DROPPED)),
     ["ip_bound", "ip_list"], "kraken does not say clearly whether the key is bound"),
    ("kraken", "a foreign address", key("kraken", ("result.ipAllowlist", ["198.51.100.9"])),
     ["ip_list"], "the key also works from 198.51.100.9, which the file does not list"),
    ("kraken", "expired", key("kraken", ("result.validUntil", str(NOW_S - 1))), ["expires"],
     "the key may not trade after 2026-11-2"),
    ("kraken", "an end that is none", key("kraken", ("result.validUntil", "soon")), ["expires"],
     "kraken does not say clearly when the key ends"),
    ("kraken", "read only", key("kraken", ("result.permissions", ["query-funds"])),
     ["permissions"], "the key lacks the permission `trade_bundle`"),
    ("kraken", "not even reading", key("kraken", ("result.permissions", ["modify-trades"])),
     ["permissions"], "the key lacks the permission `read`"),
    ("kraken", "another permission", key("kraken", ("result.permissions", ["query-funds",
     "modify-trades", "earn-funds"])), ["permissions"], "`earn-funds`, which runner has no perm"),
    ("kraken", "an unknown field", key("kraken", ("result.canFly", True)), ["permissions"],
     "the key has `canFly`, which runner has no permission for"),
    ("kraken", "no result", {"error": []}, ["permissions"], "is not what it documents"),
    ("kucoin", "withdraw on", key("kucoin", ("data.permission", "General,Spot,Futures,Withdrawal")),
     ["withdraw"], "the key has the permission `withdraw`"),
    ("kucoin", "transfer on", key("kucoin", ("data.permission", "General,Spot,Futures,Transfer")),
     ["transfer"], "the key has the permission `transfer`"),
    ("kucoin", "no address", key("kucoin", ("data.ipWhitelist", DROPPED)), ["ip_bound", "ip_list"],
     "the key works from every address"),
    ("kucoin", "every address", key("kucoin", ("data.ipWhitelist", "::/0")),
     ["ip_bound", "ip_list"], "the key works from every address"),
    ("kucoin", "a foreign address", key("kucoin", ("data.ipWhitelist", "198.51.100.9")),
     ["ip_list"], "the key also works from 198.51.100.9, which the file does not list"),
    ("kucoin", "expired", key("kucoin", ("data.expiredAt", NOW - 1)), ["expires"],
     "the key may not trade after 2026-11-2"),
    ("kucoin", "futures missing", key("kucoin", ("data.permission", "General,Spot")),
     ["permissions"], "the key lacks the permission `futures`"),
    ("kucoin", "read only", key("kucoin", ("data.permission", "General")),
     ["permissions", "permissions"], "the key lacks the permission `spot`"),
    ("kucoin", "margin beyond the file", key("kucoin", ("data.permission",
     "General,Spot,Futures,Margin")), ["permissions"], "`margin`, which the file does not declare"),
    ("kucoin", "a word that nobody knows", key("kucoin", ("data.permission",
     "General,Spot,Futures,Earn")), ["permissions"], "`Earn`, which runner has no permission for"),
    ("kucoin", "an unknown field", key("kucoin", ("data.canFly", True)), ["permissions"],
     "the key has `canFly`, which runner has no permission for"),
    ("kucoin", "of an application", key("kucoin", ("data.thirdPartyApp", "app")),
     ["permissions"], "an application of somebody else"),
    ("kucoin", "no data", {"code": "200000"}, ["permissions"], "is not what it documents"),
    ("gate", "withdraw on", key("gate", ("0.perms", [{"name": "spot"}, {"name": "futures"},
     {"name": "withdraw"}])), ["withdraw"], "the key has the permission `withdraw`"),
    ("gate", "a wallet that writes", key("gate", ("0.perms", [{"name": "spot"},
     {"name": "futures"}, {"name": "wallet"}])), ["withdraw", "transfer"], "`withdraw`, which"),
    ("gate", "no address", key("gate", ("0.ip_whitelist", [])), ["ip_bound", "ip_list"],
     "the key works from every address"),
    ("gate", "addresses not clear", key("gate", ("0.ip_whitelist", 7)), ["ip_bound", "ip_list"],
     "gate does not say clearly whether the key is bound"),
    ("gate", "a foreign address", key("gate", ("0.ip_whitelist", ["198.51.100.9"])), ["ip_list"],
     "the key also works from 198.51.100.9, which the file does not list"),
    ("gate", "locked", key("gate", ("0.state", 2)), ["permissions"], "locked or frozen at gate"),
    ("gate", "futures missing", key("gate", ("0.perms", [{"name": "spot"},
     {"name": "futures", "read_only": True}])), ["permissions"], "lacks the permission `futures`"),
    ("gate", "read only", key("gate", ("0.perms", [{"name": "spot", "read_only": True}])),
     ["permissions", "permissions"], "the key lacks the permission `spot`"),
    ("gate", "options beyond the file", key("gate", ("0.perms", [{"name": "spot"},
     {"name": "futures"}, {"name": "options"}])), ["permissions"], "`options`, which the file"),
    ("gate", "a word that nobody knows", key("gate", ("0.perms", [{"name": "spot"},
     {"name": "futures"}, {"name": "loan"}])), ["permissions"], "`loan`, which runner has no"),
    ("gate", "an unknown field", key("gate", ("0.can_fly", True)), ["permissions"],
     "the key has `can_fly`, which runner has no permission for"),
    ("coinbase", "withdraw on", key("coinbase", ("can_transfer", True)), ["withdraw", "transfer"],
     "the key has the permission `withdraw`"),
    ("coinbase", "read only", key("coinbase", ("can_trade", False)), ["permissions"],
     "the key lacks the permission `trade_bundle`"),
    ("coinbase", "not even reading", key("coinbase", ("can_view", False)), ["permissions"],
     "the key lacks the permission `read`"),
    ("coinbase", "transfer not told", key("coinbase", ("can_transfer", DROPPED)),
     ["withdraw", "transfer"], "coinbase does not say clearly whether the key has `can_transfer`"),
    ("coinbase", "an unknown field", key("coinbase", ("can_fly", True)), ["permissions"],
     "the key has `can_fly`, which runner has no permission for"),
    ("coinbase", "nothing but a portfolio", {"portfolio_uuid": "7"}, ["permissions"],
     "is not what it documents"),
    ("hyperliquid", "the wallet's own key", {"role": "user"}, ["withdraw"], "it can withdraw"),
    ("hyperliquid", "a sub-account's", {"role": "subAccount"}, ["withdraw"], "it can withdraw"),
    ("hyperliquid", "a wrong key", {"role": "missing"}, ["permissions"], "of no agent and of no w"),
    ("hyperliquid", "no role", {"rolle": "agent"}, ["permissions"], "is not what it documents"),
]  # fmt: skip


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: f"{case[0]}: {case[1]}")
def test_a_key_that_is_not_as_declared_is_refused_by_its_check(
    case: tuple[str, str, Any, list[str], str],
) -> None:
    exchange, _, answer, checks, words = case

    found = findings(exchange, told(exchange, answer))

    lines = [f"{it.fact}; {it.help}" for it in found if it.verdict is Verdict.REFUSED]
    whole = len(found) > 1
    assert refused(found) == [*checks, *(ALWAYS.get(exchange, []) if whole else [])]
    assert any(words in line for line in lines), lines
    assert all("\n" not in line and not secret_in(line) for line in lines)


#: Changes of the wallet's own entry → the checks that refuse beside `ALWAYS`, a fact.
AGENT_CASES: list[tuple[dict[str, Any], list[str], str]] = [
    ({"validUntil": NOW - 1}, ["expires"], "the key may not trade after 2026-11-2"),
    ({"validUntil": DROPPED}, ["expires"], "does not say clearly when the key ends"),
    ({"canFly": True}, ["permissions"], "the key has `canFly`, which runner has no permission"),
    ({"address": "0x" + "2" * 40}, ["permissions"], "an agent that `wallet_address` does not list"),
    ({"address": DROPPED}, ["permissions"], "an agent that `wallet_address` does not list"),
]


@pytest.mark.parametrize(("changes", "checks", "words"), AGENT_CASES)
def test_an_agent_is_found_in_the_list_of_its_wallet(
    changes: dict[str, Any], checks: list[str], words: str
) -> None:
    found = findings("hyperliquid", told("hyperliquid", more={AGENTS: agents(**changes)}))

    lines = [it.fact for it in found if it.verdict is Verdict.REFUSED]
    expected = checks if len(found) == 1 else [*ALWAYS["hyperliquid"], *checks]
    assert sorted(refused(found)) == sorted(expected)
    assert any(words in line for line in lines), lines


@pytest.mark.parametrize("exchange", AUDITED)
def test_what_is_waived_counts_and_what_ages_is_refused(exchange: str) -> None:
    tells = exchange in ("gate", "kraken", "kucoin")
    old = Rotation(DAY_MS, DAY_MS)
    made = {} if tells else {"created": "2026-09-21"}

    found = findings(exchange, told(exchange), rotation=old, **made)
    bare = findings(exchange, told(exchange), unverifiable=())

    assert "created" in refused(found)
    silent = {"gate": ["expires"], "coinbase": ["created", "expires"], "hyperliquid": ["created"]}
    beside = ["ip_list"] if exchange == "coinbase" else []
    expected = [*ALWAYS.get(exchange, []), *beside, *silent.get(exchange, [])]
    assert sorted(refused(bare)) == sorted(expected)


@pytest.mark.parametrize("exchange", AUDITED)
def test_what_the_file_does_not_declare_is_too_much(exchange: str) -> None:
    found = findings(exchange, told(exchange), permissions=frozenset({P.READ}))
    asks = findings(exchange, told(exchange), permissions=frozenset({P.READ, P.WITHDRAW}))

    assert "permissions" in refused(found)
    assert any(it.help == "take `withdraw` out of `permissions`" for it in asks)


def test_the_address_of_an_agent_is_derived_from_its_key() -> None:
    """The key and the address of EIP-155's example."""
    key_ = Secret("0x" + "46" * 32)

    async def question(client: Client) -> None:
        other = await room().opened("hyperliquid", keys={"private_key": key_})
        try:
            await other.key_facts()
        finally:
            await other.close()

    _, exchange = asked("hyperliquid", question, told("hyperliquid"))

    assert exchange.sent[0].parameters["user"] == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
    assert agent() != exchange.sent[0].parameters["user"]


#: Credentials that no question can be built with, and words of what is said.
UNUSABLE = [
    ("hyperliquid", "private_key", "0x" + "0" * 64, "names no address"),
    ("hyperliquid", "private_key", "abc", "`private_key` is not 64 hexadecimal digits"),
    ("hyperliquid", "wallet_address", "0xabc", "`wallet_address` is not `0x` with 40 hex"),
    ("coinbase", "api_secret", "-----BEGIN EC PRIVATE KEY-----\nabc\n", "cannot be built"),
    (
        "coinbase",
        "api_secret",
        KEYS["coinbase"]["api_secret"].replace("\n", "\\n"),
        "as JSON writes",
    ),
    ("kraken", "api_secret", "abcde", "cannot be built"),
    ("kucoin", "api_key", "two\nlines", "`api_key` holds a line break"),
    ("gate", "api_key", "two\nlines", "`api_key` holds a line break"),
]


@pytest.mark.parametrize(("exchange", "field", "text", "words"), UNUSABLE)
def test_credentials_that_sign_nothing_are_refused_before_a_byte_leaves(
    exchange: str, field: str, text: str, words: str
) -> None:
    async def question(client: Client) -> None:
        other = await room().opened(exchange, keys={field: Secret(text)})
        try:
            with pytest.raises(KeyRefused, match=words) as failed:
                await other.key_facts()
            assert text not in str(failed.value)
        finally:
            await other.close()

    _, scripted = asked(exchange, question, told(exchange))

    assert scripted.sent == []


def test_the_test_venue_of_hyperliquid_is_asked_at_its_own_host() -> None:
    there = Venue.TESTNET

    found, exchange = asked(
        "hyperliquid", lambda client: client.key_facts(), told("hyperliquid"), there
    )

    assert {it.host for it in exchange.sent} == {"api.hyperliquid-testnet.xyz"}
    assert refused(_judged(audit("hyperliquid", there, found, declared("hyperliquid"), NOW))) == [
        *ALWAYS["hyperliquid"]
    ]


def _judged(verdict: AuditedKey | tuple[Finding, ...]) -> tuple[Finding, ...]:
    return verdict.findings if isinstance(verdict, AuditedKey) else verdict


def test_two_agents_of_a_wallet_are_two_keys() -> None:
    async def question(client: Client) -> tuple[str, str]:
        other = await room().opened("hyperliquid", keys={"private_key": Secret("0x" + "46" * 32)})
        await other.close()
        return client.fingerprint, other.fingerprint

    ours, theirs = asked("hyperliquid", question, {})[0]

    assert ours != theirs


def test_keys_are_asked_about_where_they_are_used() -> None:
    for exchange in AUDITED:
        for venue in SITES[exchange]:
            assert is_told_at(exchange, venue)
            assert SITES[exchange][venue].tells_keys
            hosts = {asked_.hosts[venue] for asked_ in ASKED[exchange]}
            assert hosts == {SITES[exchange][venue].spot}


def secret_in(line: str) -> bool:
    texts = [text[14:] for fields in KEYS.values() for text in fields.values()]
    return any(text[at : at + 12] in line for text in texts for at in range(0, len(text) - 12, 12))
