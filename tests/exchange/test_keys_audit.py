"""The audit of a Binance key: what passes, what is refused, and what a person is told to do."""

from __future__ import annotations

import ast
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.finding import Finding, Verdict
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue, Waiver
from tests.exchange import recorded as recorded_at

READ, SPOT, FUTURES = Permission.READ, Permission.SPOT, Permission.FUTURES
LIVE = Venue.LIVE
NOW = 1_795_305_600_000  # 2026-11-22
PAGE = "Binance → API Management → Edit restrictions"
GOOD: dict[str, Any] = {
    "ipRestrict": True,
    "createTime": 1_623_840_271_000,
    "enableReading": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": False,
    "enableMargin": False,
    "enableFutures": False,
    "permitsUniversalTransfer": False,
    "enableVanillaOptions": False,
    "enableFixApiTrade": False,
    "enableFixReadOnly": True,
    "enableSpotAndMarginTrading": True,
    "enablePortfolioMarginTrading": False,
}


def declared(*permissions: Permission) -> AccountDeclaration:
    return AccountDeclaration(
        "main",
        "binance",
        Venue.LIVE,
        (("api_key", "env:BINANCE_KEY"), ("api_secret", "env:BINANCE_SECRET")),
        frozenset(permissions or (READ, SPOT)),
        ("203.0.113.7",),
        Limits(Decimal(100), None, None),
        (Waiver("ip_list", "Binance does not return the list", "2027-03-01"),),
    )


def looked(
    facts: Any, declaration: AccountDeclaration, venue: Venue = LIVE, now_ms: int = NOW
) -> AuditedKey | tuple[Finding, ...]:
    return audit("binance", venue, facts, declaration, now_ms)


def refused(facts: Any, *permissions: Permission) -> list[Finding]:
    found = looked(facts, declared(*permissions))
    assert not isinstance(found, AuditedKey)
    return refusals(found)


def test_a_key_that_is_exactly_as_declared_passes_and_says_what_could_not_be_seen() -> None:
    key = looked(GOOD, declared())

    assert isinstance(key, AuditedKey)
    assert (key.exchange, key.account, key.permissions) == (
        "binance",
        "main",
        frozenset({READ, SPOT}),
    )
    told = {finding.name: finding for finding in key.findings}
    assert " ".join(told) == (
        "withdraw transfer permissions ip_bound ip_list own_ip created expires"
    )
    assert told["ip_list"].verdict is Verdict.CANNOT_VERIFY
    assert told["ip_list"].fact == (
        "binance does not return the list of addresses; the file says 203.0.113.7; waived until "
        "2027-03-01: Binance does not return the list"
    )
    assert told["created"].fact == "the key was made on 2021-06-16"


def recorded(shared: Path) -> dict[str, dict[str, Any]]:
    found = recorded_at.cases(shared, "binance", "key_permissions")
    return {case["id"]: case["response"] for case in found}


def test_recorded_keys(shared: Path) -> None:
    cases = recorded(shared)
    example = [finding.name for finding in refused(cases["docs example"])]
    withdraws = [finding.name for finding in refused(cases["withdraw enabled"])]
    futures = cases["good spot+futures key, ip bound"]

    assert len(cases) == 3
    assert example == ["transfer", "permissions", "permissions", "ip_bound"]
    assert withdraws == ["withdraw", "transfer", "permissions"]
    assert isinstance(looked(futures, declared(READ, SPOT, FUTURES)), AuditedKey)
    assert [finding.fact for finding in refused(futures)] == [
        "the key has the permission `futures`, which the file does not declare"
    ]


#: What is changed of a good key → the check that refuses, words of its fact, words of its help.
WRONG: list[tuple[dict[str, Any], str, str, str]] = [
    ({"enableWithdrawals": True}, "withdraw", "`withdraw`", "untick `Enable Withdrawals`"),
    ({"ipRestrict": False}, "ip_bound", "every address", "tick `Restrict access to trusted IPs"),
    (
        {"enableReading": False},
        "permissions",
        "lacks the permission `read`",
        "tick `Enable Reading`",
    ),
    (
        {"enableSpotAndMarginTrading": False},
        "permissions",
        "lacks the permission `spot`",
        "tick `Enable Spot & Margin Trading`",
    ),
    ({"enableFutures": True}, "permissions", "`futures`", "untick `"),
    ({"enableMargin": True}, "permissions", "`margin`", "untick `Enable Margin Loan, Repay"),
    (
        {"enableVanillaOptions": True},
        "permissions",
        "`options`",
        "untick `Enable European Options`",
    ),
    (
        {"enableInternalTransfer": True},
        "transfer",
        "`transfer`",
        "untick `Enable Internal Transfer`",
    ),
    (
        {"permitsUniversalTransfer": True},
        "transfer",
        "`transfer`",
        "untick `Permits Universal Transfer`",
    ),
    ({"enableFixApiTrade": True}, "permissions", "`enableFixApiTrade`", "`FIX API trading`"),
    ({"enablePortfolioMarginTrading": True}, "permissions", "PortfolioMargin", "untick"),
    ({"enableSomethingNew": True}, "permissions", "`enableSomethingNew`", "untick"),
    ({"enableSomethingNew": "true"}, "permissions", "`enableSomethingNew`", "untick"),
    ({"enableSomethingNew": 1}, "permissions", "`enableSomethingNew`", "untick"),
    ({"enableSomethingNew": {"on": True}}, "permissions", "`enableSomethingNew`", "untick"),
    ({"ipRestrict": "true"}, "ip_bound", "does not say clearly", "try again later"),
    ({"ipRestrict": 1}, "ip_bound", "does not say clearly", "try again later"),
    ({"enableWithdrawals": "false"}, "withdraw", "does not say clearly", "try again later"),
    ({"enableWithdrawals": 0}, "withdraw", "does not say clearly", "try again later"),
    ({"enableWithdrawals": None}, "withdraw", "does not say clearly", "try again later"),
    ({"enableReading": "yes"}, "permissions", "does not say clearly", "try again later"),
    ({"permitsUniversalTransfer": None}, "transfer", "does not say clearly", "try again later"),
    ({"enableFixReadOnly": "true"}, "permissions", "`enableFixReadOnly`", "untick"),
]


@pytest.mark.parametrize(("changed", "check", "fact", "help_"), WRONG, ids=range(len(WRONG)))
def test_a_key_that_is_not_as_declared_is_refused_with_what_to_do(
    changed: dict[str, Any], check: str, fact: str, help_: str
) -> None:
    [finding] = refused(GOOD | changed)

    assert finding.name == check
    assert fact in finding.fact
    assert help_ in finding.help
    assert PAGE in finding.help or "update runner" in finding.help


@pytest.mark.parametrize("field", sorted({*GOOD} - {"createTime"}))
def test_a_field_that_is_missing_refuses_unless_it_is_one_of_newer_keys(field: str) -> None:
    facts = {name: value for name, value in GOOD.items() if name != field}
    newer = field in ("enableFixApiTrade", "enableFixReadOnly", "enablePortfolioMarginTrading")

    assert isinstance(looked(facts, declared()), AuditedKey) is newer


@pytest.mark.parametrize(
    "facts", ["<html>maintenance</html>", "", None, [], [GOOD], {}, 0, True, b"{}", {"code": -1}]
)
def test_an_answer_that_is_none_is_refused(facts: Any) -> None:
    assert refused(facts)


def test_every_single_flip_of_a_good_key_is_refused() -> None:
    """The law behind the table: no box may stand other than declared."""
    for field, value in GOOD.items():
        if type(value) is bool and field != "enableFixReadOnly":
            assert len(refused(GOOD | {field: not value})) == 1


FUTURES_KEY = GOOD | {"enableFutures": True, "enableSpotAndMarginTrading": False}


def test_a_key_for_futures_trades_futures_and_nothing_else() -> None:
    assert isinstance(looked(FUTURES_KEY, declared(READ, FUTURES)), AuditedKey)

    [spot] = refused(FUTURES_KEY | {"enableSpotAndMarginTrading": True}, READ, FUTURES)
    [lacks] = refused(FUTURES_KEY | {"enableFutures": False}, READ, FUTURES)

    assert spot.fact == "the key has the permission `spot`, which the file does not declare"
    assert lacks.fact == "the key lacks the permission `futures`, which the file declares"
    assert lacks.help == (
        f"tick `Enable Futures` at {PAGE}; if it cannot be ticked, the key is older than the "
        "futures account: make a new one"
    )


def test_every_single_flip_of_a_futures_key_is_refused() -> None:
    for field, value in FUTURES_KEY.items():
        if type(value) is bool and field != "enableFixReadOnly":
            assert len(refused(FUTURES_KEY | {field: not value}, READ, FUTURES)) == 1


@pytest.mark.parametrize("permissions", [(FUTURES,), (SPOT,), (SPOT, FUTURES)])
def test_reading_is_declared_because_no_key_works_without_it(
    permissions: tuple[Permission, ...],
) -> None:
    for facts in (GOOD, FUTURES_KEY, GOOD | {"enableReading": False}):
        [finding] = refused(facts, *permissions)

        assert finding.help == "add `read` to `permissions`"


def test_a_key_that_can_withdraw_is_refused_even_where_the_file_asks_for_it() -> None:
    for able in (True, False):
        [finding] = refused(GOOD | {"enableWithdrawals": able}, READ, SPOT, Permission.WITHDRAW)

        assert finding.help == "take `withdraw` out of `permissions`"


def test_either_box_gives_the_declared_transfer() -> None:
    for box in ("enableInternalTransfer", "permitsUniversalTransfer"):
        facts = GOOD | {box: True}

        assert isinstance(looked(facts, declared(READ, SPOT, Permission.TRANSFER)), AuditedKey)
    [lacks] = refused(GOOD, READ, SPOT, Permission.TRANSFER)
    assert lacks.help.startswith("tick `Enable Internal Transfer` or `Permits Universal Transfer`")


def test_the_end_of_trading_is_a_warning() -> None:
    ends = GOOD | {"tradingAuthorityExpirationTime": 1_800_000_000_000}
    key = looked(ends, declared(), now_ms=1_799_000_000_000)
    past = looked(ends, declared(), now_ms=1_800_000_000_000)

    assert isinstance(key, AuditedKey)
    assert key.findings[-1].verdict is Verdict.WARNING
    assert key.findings[-1].fact == "the key may not trade after 2027-01-15"
    assert not isinstance(past, AuditedKey)
    assert [it.name for it in refusals(past)] == ["expires"]


@pytest.mark.parametrize("time", [None, "yesterday", 0, -1, 10**17, 1.5, True])
def test_a_creation_time_that_is_none_is_asked_of_the_file(time: Any) -> None:
    facts = GOOD | {"createTime": time}
    [finding] = refused(facts)
    told = looked(facts, replace(declared(), created="2026-09-01"))

    assert finding.fact == "binance does not say when the key was made"
    assert finding.help == (
        'write `created: "2026-11-22"` in the account, with the day it was made'
    )
    assert isinstance(told, AuditedKey)


@pytest.mark.parametrize("venue", [Venue.TESTNET, Venue.DEMO])
def test_a_pass_of_a_test_venue_is_for_that_venue_and_warns(venue: Venue) -> None:
    key = looked({}, declared(), venue)

    assert isinstance(key, AuditedKey)
    assert key.venue is venue
    assert [(finding.verdict, finding.fact) for finding in key.findings] == [
        (
            Verdict.WARNING,
            f"binance does not tell at `{venue}` what a key may do: neither its permissions "
            "nor its addresses are audited",
        )
    ]
    assert refused({}), "live the same answer is none"


@pytest.mark.parametrize("venue", Venue)
def test_a_file_that_asks_for_withdrawals_is_refused_at_every_venue(venue: Venue) -> None:
    found = looked(GOOD, declared(READ, SPOT, Permission.WITHDRAW), venue)

    assert not isinstance(found, AuditedKey)
    assert refusals(found)[0].help == "take `withdraw` out of `permissions`"


def test_an_exchange_without_an_audit_is_refused_by_name() -> None:
    [finding] = audit("bitstamp", LIVE, GOOD, declared(), NOW)  # type: ignore[misc]

    assert finding.fact == "runner cannot look into keys of `bitstamp`"


def test_the_pass_is_issued_at_one_desk_only() -> None:
    root = Path(__file__).resolve().parents[2] / "runner"
    issuers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditedKey"
    }

    assert issuers == {"exchange/keys/audit.py"}


def test_the_pass_cannot_be_made_of_a_refusal() -> None:
    no = Finding("withdraw", Verdict.REFUSED, "", "")

    for findings in ((), (no,)):
        with pytest.raises(ValueError, match="no audited key"):
            AuditedKey("binance", LIVE, "main", frozenset(), findings)
