"""Keys of every exchange: what passes, what is refused, and in which words."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.keys.audit import AuditedKey, audit, refusals
from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.stripping import stripped
from runner.model.accounts import BUNDLES, Permission, Venue
from tests.exchange.key_answers import ANSWERS, DROPPED, NOW, P, changed, declared, found
from tests.exchange.key_cases import CASES
from tests.exchange.recorded import cases

FIRST = ("binance", "bybit", "okx", "deribit", "bingx", "bitget")
HTML = "<html><body>maintenance</body></html>"


def no(case: str, facts: Any, *permissions: Permission) -> list[Finding]:
    return refusals(found(case, facts, declared(case, permissions or None)))


@pytest.mark.parametrize("case", ANSWERS)
def test_a_key_that_is_exactly_as_declared_passes(case: str) -> None:
    declaration = declared(case)
    key = audit(declaration.exchange, Venue.LIVE, ANSWERS[case], declaration, NOW)

    assert isinstance(key, AuditedKey), refusals(key)
    assert list(dict.fromkeys(it.name for it in key.findings)) == [
        *("withdraw", "transfer", "permissions", "ip_bound", "ip_list", "own_ip", "created"),
        "expires",
    ]


@pytest.mark.parametrize(("case", "changes", "check", "fact"), CASES, ids=range(len(CASES)))
def test_a_key_that_is_not_as_declared_is_refused_in_one_line(
    case: str, changes: list[tuple[str, Any]], check: str, fact: str
) -> None:
    refused = no(case, changed(case, *changes))
    [finding] = [it for it in refused if it.name == check]

    assert {it.name for it in refused} <= {check, *(["ip_list"] if check == "ip_bound" else [])}

    assert finding.name == check
    assert fact in finding.fact
    assert finding.help
    assert "\n" not in finding.fact + finding.help


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("bybit", ("result.ips", [])),
        ("bybit", ("result.ips", DROPPED)),
        ("okx", ("data.0.ip", "")),
        ("okx", ("data.0.ip", DROPPED)),
        ("deribit", ("result.0.ip_whitelist", [])),
        ("deribit", ("result.0.ip_whitelist", DROPPED)),
        ("deribit", ("result.0.ip_whitelist", "203.0.113.7")),
        ("bingx", ("apiPermissions.data.ipRestrict", DROPPED)),
        ("bitget", ("data.ips", "")),
        ("bitget", ("data.ips", None)),
        ("kraken", ("result.ipAllowlist", [])),
        ("kucoin", ("data.ipWhitelist", DROPPED)),
        ("gate", ("0.ip_whitelist", [])),
    ],
)
def test_a_key_that_is_bound_to_no_address_is_never_accepted(
    case: str, change: tuple[str, Any]
) -> None:
    assert "ip_bound" in {it.name for it in no(case, changed(case, change))}


@pytest.mark.parametrize(
    ("case", "scopes"),
    [
        ("deribit", "account:read trade:read_write wallet:read_write"),
        ("deribit", ["account:read", "trade:read_write", "wallet:read_write"]),
    ],
)
def test_a_scope_of_the_wallet_withdraws_and_transfers(case: str, scopes: Any) -> None:
    refused = no(case, changed(case, ("result.0.max_scope", scopes)))

    assert [it.name for it in refused] == ["withdraw", "transfer"]


def test_the_wallet_of_gate_that_may_write_withdraws() -> None:
    rows = [{"name": "spot"}, {"name": "futures"}, {"name": "wallet", "read_only": False}]

    refused = no("gate", changed("gate", ("0.perms", rows)))

    assert [it.name for it in refused] == ["withdraw", "transfer"]


@pytest.mark.parametrize("case", ANSWERS)
@pytest.mark.parametrize(
    "facts", [HTML, None, "", [], {}, 0, True, b"{}", [[]], {"error": "x"}, {"data": {}}, [{}]]
)
def test_what_is_no_answer_is_refused(case: str, facts: Any) -> None:
    [finding] = no(case, facts) if case != "binance" or facts in (None, {}) else no(case, facts)[:1]

    assert finding.verdict is Verdict.REFUSED
    assert "try again later" in finding.help


@pytest.mark.parametrize("case", ANSWERS)
def test_no_answer_in_time_says_so(case: str) -> None:
    [finding] = no(case, None)

    name = case.partition(" ")[0]
    assert (finding.fact, finding.help) == (
        f"{name} gave no answer about the key",
        "try again later",
    )


def _paths(value: Any, at: str = "") -> list[str]:
    if isinstance(value, dict):
        inside = [path for name, below in value.items() for path in _paths(below, f"{at}.{name}")]
    elif isinstance(value, list):
        inside = [path for it, below in enumerate(value) for path in _paths(below, f"{at}.{it}")]
    else:
        inside = []
    return [*([at[1:]] if at else []), *inside]


@pytest.mark.parametrize("case", ANSWERS)
def test_no_value_of_another_type_can_crash_the_audit(case: str) -> None:
    """Whatever stands at any place of an answer: it is judged, or refused."""
    for path in _paths(ANSWERS[case]):
        for value in (None, True, 0, 1, -1, 10**30, 1.5, "x", "", [], [1], ["x"], {}, {"x": 1}):
            assert found(case, changed(case, (path, value)))


@pytest.mark.parametrize("case", ANSWERS)
def test_a_file_that_asks_for_withdrawals_is_refused_whatever_the_key_may_do(case: str) -> None:
    usual = declared(case).permissions
    refused = no(case, ANSWERS[case], *usual, Permission.WITHDRAW)

    assert [it.help for it in refused] == ["take `withdraw` out of `permissions`"]


@pytest.mark.parametrize("case", ["okx", "deribit", "bitget unified", "kraken"])
def test_a_word_that_the_exchange_does_not_split_is_said(case: str) -> None:
    [finding] = no(case, ANSWERS[case], P.READ, P.SPOT)

    assert "cannot have `spot` alone: one box covers" in finding.fact
    assert (
        finding.help == "write `permissions: [read, trade_bundle]` if that is what the key may do"
    )
    covered = BUNDLES[case.partition(" ")[0]]
    assert all(f"`{word}`" in finding.fact for word in covered)


@pytest.mark.parametrize("case", ["binance", "bybit", "bingx", "bitget", "kucoin", "gate"])
def test_a_bundle_is_refused_where_the_exchange_splits(case: str) -> None:
    facts = {it.fact for it in no(case, ANSWERS[case], P.READ, P.TRADE_BUNDLE)}

    name = case.partition(" ")[0]
    assert f"{name} tells nothing of `trade_bundle`, which the file declares" in facts


def test_a_key_that_only_reads_is_for_a_file_that_only_reads() -> None:
    reads = changed("bybit", ("result.readOnly", 1))

    assert no("bybit", reads, P.READ) == []
    assert [it.fact for it in no("bybit", reads)] == [
        "the key lacks the permission `spot`, which the file declares",
        "the key lacks the permission `futures`, which the file declares",
    ]
    once = changed("bybit", ("result.readOnly", 1), ("result.permissions.Wallet", ["Withdraw"]))
    assert [it.name for it in no("bybit", once, P.READ)] == ["withdraw"]


def test_a_word_of_the_exchange_cannot_break_the_line() -> None:
    [finding] = no(
        "okx", changed("okx", ("data.0.perm", "read_only,trade,\x1b[2J\nok` " + "x" * 99))
    )

    assert finding.fact.startswith("the key has `?[2J?ok? xxx")
    assert len(finding.fact) < 130


def test_the_transfer_inside_a_bundle_is_said() -> None:
    told = [it for it in found("okx", ANSWERS["okx"]) if it.name == "transfer"]

    assert [(it.verdict, it.fact) for it in told] == [
        (
            Verdict.OK,
            "okx does not split `transfer` from `trade_bundle`: the key can transfer, as declared",
        )
    ]


def test_positions_side_by_side_and_unknown_settings_are_warnings() -> None:
    hedged = changed("okx", ("data.0.posMode", "long_short_mode"), ("data.0.newLevel", "3"))
    warned = [it for it in found("okx", hedged) if it.verdict is Verdict.WARNING]

    assert [it.fact for it in warned] == [
        "the account holds long and short positions side by side; runner trades one way",
        "okx tells what runner does not know: `newLevel`",
    ]


def test_scopes_without_a_list_of_addresses_can_refuse_and_never_pass() -> None:
    """Deribit's second way to ask."""
    granted = "account:read block_trade:none connection mainaccount trade:read_write wallet:none"
    scopes = {"result": {"scope": granted, "expires_in": 1, "enabled_features": []}}
    wide = deepcopy(scopes)
    wide["result"]["scope"] = granted.replace("wallet:none", "wallet:read_write")

    assert {it.name for it in no("deribit", scopes)} >= {"ip_bound"}
    assert {it.name for it in no("deribit", wide)} >= {"withdraw", "transfer", "ip_bound"}


def test_a_bingx_key_without_its_second_answer_needs_a_waiver_of_the_list() -> None:
    facts = changed("bingx", ("apiKey/query", None))
    flat = ANSWERS["bingx"]["apiPermissions"]["data"]

    assert [it.name for it in no("bingx", facts)] == ["ip_list"]
    assert [it.name for it in no("bingx", flat)] == ["ip_list"]


def test_keys_of_coinbase_and_hyperliquid_cannot_be_bound_and_are_refused() -> None:
    coinbase = {"can_view": True, "can_trade": True, "can_transfer": False, "portfolio_uuid": "7"}
    agent = {"name": "runner", "address": "0xa", "validUntil": 1_799_000_000_000}
    agents = {"extraAgents": [agent], "userRole": {"role": "agent"}}
    master = {"extraAgents": [agent], "userRole": {"role": "user"}}
    of = {name: replace(declared("okx"), exchange=name) for name in ("coinbase", "hyperliquid")}

    bound = [it.fact for it in found("", coinbase, of["coinbase"]) if it.name == "ip_bound"]
    names = {it.name for it in refusals(found("", agents, of["hyperliquid"]))}
    whole = [it.name for it in refusals(found("", master, of["hyperliquid"]))]

    assert bound == ["coinbase does not say whether a key is bound to addresses"]
    assert "ip_bound" in names
    assert "withdraw" not in names
    assert whole == ["withdraw"]


def test_both_bitget_answers_at_once_are_none() -> None:
    both = changed("bitget", ("data.permType", "read-and-write"), ("data.permissions", []))

    assert [it.fact for it in no("bitget", both)] == [
        "bitget's answer about the key is not what it documents"
    ]


#: Of the recorded answers: what refuses them, for a file that declares what they are good for.
RECORDED = {
    ("binance", "docs example"): {"transfer", "permissions", "ip_bound"},
    ("binance", "good spot+futures key, ip bound"): set(),
    ("binance", "withdraw enabled"): {"withdraw", "transfer", "permissions"},
    ("bybit", "docs example (readOnly=1)"): {"permissions"},
    ("bybit", "trade only, ip bound"): {"permissions"},
    ("bybit", "withdraw enabled"): {"withdraw", "transfer", "permissions"},
    ("bybit", "third-party app key, spot + account transfer"): {"transfer", "permissions"},
    ("okx", "read+trade, ip bound"): set(),
    ("okx", "withdraw enabled, no ip"): {"withdraw", "ip_bound", "ip_list"},
    ("deribit", "over-privileged default key (client_id aD-KFx-H)"): {
        *("withdraw", "transfer", "permissions", "ip_bound", "ip_list"),
    },
    ("deribit", "trade only key, ip bound (client_id TRADEKEY1)"): set(),
    ("deribit", "public/auth scope string"): {"ip_bound", "ip_list", "created"},
    ("bingx", "trade only, ip bound"): {"ip_list"},
    ("bingx", "withdraw enabled, no ip"): {"withdraw", "ip_bound", "ip_list"},
    ("bingx", "apiKey/query gives the ip list (needs uid from accountV1PrivateGetUid)"): {
        *("withdraw", "transfer", "permissions", "ip_bound", "ip_list", "created"),
    },
    ("bitget", "spot + futures write, ip bound"): set(),
    ("bitget", "withdraw enabled"): {"withdraw", "transfer", "permissions"},
    ("bitget", "UTA trade only"): set(),
    ("bitget", "UTA docs example: withdraw on"): {"withdraw", "transfer", "permissions"},
}


@pytest.mark.parametrize("exchange", FIRST)
def test_recorded_keys(exchange: str, shared: Path) -> None:
    for recorded in cases(shared, exchange, "key_permissions"):
        own = recorded["id"].partition("client_id ")[2].rstrip(")")
        case = "bitget unified" if recorded["id"].startswith("UTA") else exchange
        addresses = tuple(recorded["expected_normalized"]["ip_list"] or ())
        facts = stripped(exchange, recorded["response"], own)

        refused = refusals(found(case, facts, declared(case, addresses=addresses)))

        assert {it.name for it in refused} == RECORDED[exchange, recorded["id"]], recorded["id"]


def test_spot_alone_is_enough_where_permissions_are_split() -> None:
    facts = changed(
        "bybit",
        ("result.permissions.ContractTrade", []),
        ("result.permissions.Derivatives", []),
    )

    assert no("bybit", facts, P.READ, P.SPOT) == []
