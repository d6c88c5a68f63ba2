"""Waivers, rotation and lists of addresses: what the file says beside the permissions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from runner.exchange.keys.audit import foreseen, refusals
from runner.exchange.keys.finding import Finding, Verdict
from runner.model.accounts import AccountDeclaration, Rotation, Waiver
from tests.exchange.key_answers import ADDRESS, ANSWERS, NOW, changed, declared, found

DAY = 86_400_000
OF_90_DAYS = Rotation(90 * DAY, 14 * DAY)


def of(name: str, findings: tuple[Finding, ...]) -> list[tuple[Verdict, str]]:
    return [(it.verdict, it.fact) for it in findings if it.name == name]


def waiving(case: str, *waivers: Waiver) -> AccountDeclaration:
    return replace(declared(case), unverifiable=waivers)


def test_a_gap_without_a_waiver_is_refused_with_the_line_to_write() -> None:
    [refused] = refusals(found("binance", ANSWERS["binance"], waiving("binance")))

    assert refused.name == "ip_list"
    assert refused.help == (
        "compare it with the list at Binance → API Management → Edit restrictions, then write in "
        "the account `unverifiable: [{check: ip_list, reason: "
        '"binance does not return the list of addresses", until: "2027-02-20"}]`'
    )


def test_several_gaps_are_told_in_one_line_to_write() -> None:
    kept = Waiver("created", "made by the bank", "2027-03-01")
    declaration = replace(waiving("okx", kept), created=None)
    [refused] = refusals(found("okx", ANSWERS["okx"], declaration))
    without = replace(declaration, unverifiable=())
    both = refusals(found("okx", ANSWERS["okx"], without))

    assert refused.name == "expires"
    assert refused.help.endswith(
        '`unverifiable: [{check: created, reason: "made by the bank", until: "2027-03-01"}, '
        '{check: expires, reason: "okx does not say when the key ends", until: "2027-02-20"}]`'
    )
    assert [it.name for it in both] == ["created", "expires"]
    assert both[0].help == (
        'write `created: "2026-11-22"` in the account, with the day it was made'
    )


@pytest.mark.parametrize(
    ("until", "verdict"),
    [
        ("2026-11-21", Verdict.REFUSED),
        ("2026-11-22", Verdict.WARNING),
        ("2026-12-06", Verdict.WARNING),
        ("2026-12-07", Verdict.CANNOT_VERIFY),
    ],
)
def test_a_waiver_holds_up_to_its_day_and_warns_two_weeks_before(
    until: str, verdict: Verdict
) -> None:
    [(told, fact)] = of(
        "ip_list",
        found("binance", ANSWERS["binance"], waiving("binance", Waiver("ip_list", "why", until))),
    )

    assert told is verdict
    ended = f"its waiver ended on {until}" if verdict is Verdict.REFUSED else f"until {until}: why"
    assert ended in fact


@pytest.mark.parametrize("check", ["created", "expires", "permissions", "transfer", "ip_list"])
def test_a_waiver_of_what_the_exchange_tells_is_a_warning(check: str) -> None:
    waiver = Waiver(check, "to be sure", "2027-03-01")
    findings = found("bybit", ANSWERS["bybit"], waiving("bybit", waiver))

    assert refusals(findings) == []
    assert of(check, findings)[-1] == (
        Verdict.WARNING,
        f"`unverifiable` waives `{check}`, where nothing is left to waive",
    )


@pytest.mark.parametrize("check", ["created", "expires", "permissions", "transfer", "ip_list"])
def test_no_waiver_makes_a_wrong_key_right(check: str) -> None:
    wrong = changed(
        "bybit",
        ("result.permissions.Wallet", ["AccountTransfer"]),
        ("result.permissions.Spot", []),
        ("result.ips", ["198.51.100.9"]),
        ("result.expiredAt", "2026-01-01T00:00:00Z"),
    )
    waiver = Waiver(check, "no", "2027-03-01")
    usual = {it.name for it in refusals(found("bybit", wrong))}
    told = {it.name for it in refusals(found("bybit", wrong, waiving("bybit", waiver)))}

    assert told == usual == {"transfer", "permissions", "ip_list", "expires"}


@pytest.mark.parametrize("check", ["withdraw", "ip_bound"])
def test_not_even_a_declaration_made_by_hand_waives_the_two(check: str) -> None:
    """The file cannot say it; the audit does not read it either."""
    waiver = Waiver(check, "no", "2999-01-01")
    wrong = changed("binance", ("enableWithdrawals", True), ("ipRestrict", False))
    listed = Waiver("ip_list", "why", "2027-03-01")
    refused = refusals(found("binance", wrong, waiving("binance", waiver, listed)))

    assert {it.name for it in refused} == {"withdraw", "ip_bound"}


def test_which_address_is_seen_needs_no_waiver_and_takes_one() -> None:
    listed = Waiver("ip_list", "why", "2027-03-01")
    own = Waiver("own_ip", "one way out", "2027-03-01")
    plain = found("binance", ANSWERS["binance"], waiving("binance", listed))
    waived = found("binance", ANSWERS["binance"], waiving("binance", listed, own))

    assert [it for it, _ in of("own_ip", plain)] == [Verdict.CANNOT_VERIFY]
    assert [it for it, _ in of("own_ip", waived)] == [Verdict.CANNOT_VERIFY]
    assert "one way out" in of("own_ip", waived)[0][1]


#: Days that the key is old, the verdict, words of the fact.
AGES = [
    (0, Verdict.OK, "0 days ago; `max_age` is 90d"),
    (75, Verdict.OK, "75 days ago"),
    (76, Verdict.WARNING, "76 days ago; `max_age` is 90d: it is refused after 2026-12-06"),
    (90, Verdict.WARNING, "it is refused after 2026-11-22"),
    (91, Verdict.REFUSED, "91 days ago; `max_age` is 90d"),
    (4000, Verdict.REFUSED, "4000 days ago"),
    (-1, Verdict.OK, "0 days ago"),  # the exchange's clock, or its midnight, is ahead
    (-2, Verdict.REFUSED, "that is in the future"),
]


@pytest.mark.parametrize(("days", "verdict", "fact"), AGES)
@pytest.mark.parametrize("case", ["binance", "okx"])
def test_a_key_has_its_age_from_the_exchange_or_from_the_file(
    case: str, days: int, verdict: Verdict, fact: str
) -> None:
    made_ms = NOW - days * DAY
    declaration = replace(declared(case), rotation=OF_90_DAYS)
    facts = ANSWERS[case]
    if case == "okx":
        from runner.exchange.keys.ages import day_of

        declaration = replace(declaration, created=day_of(made_ms))
    else:
        facts = changed(case, ("createTime", made_ms))

    [(told, said)] = of("created", found(case, facts, declaration))

    assert told is verdict
    assert fact in said
    assert ("the file says; okx does not tell" in said) is (case == "okx")


def test_rotation_needs_a_day_and_no_waiver_stands_for_it() -> None:
    waiver = Waiver("created", "unknown", "2027-03-01")
    ends = Waiver("expires", "why", "2027-03-01")
    declaration = replace(waiving("okx", waiver, ends), created=None, rotation=OF_90_DAYS)

    [refused] = refusals(found("okx", ANSWERS["okx"], declaration))

    assert refused.fact == "okx does not say when the key was made, from which `rotation` counts"


@pytest.mark.parametrize(("created", "refuses"), [("2026-09-20", False), ("2026-09-23", True)])
def test_a_day_that_the_exchange_contradicts_is_another_key(created: str, refuses: bool) -> None:
    facts = changed("bybit", ("result.createdAt", "2026-09-21T03:20:45Z"))
    refused = refusals(found("bybit", facts, replace(declared("bybit"), created=created)))

    assert [it.fact for it in refused] == (
        [f"the key was made on 2026-09-21, `created` of the file is {created}"] if refuses else []
    )


#: The exchange's list, the file's, whether they are one.
LISTS: list[tuple[list[str], tuple[str, ...], bool]] = [
    ([ADDRESS], (ADDRESS,), True),
    ([ADDRESS], (f"{ADDRESS}/32",), True),
    ([f"{ADDRESS}/32"], (ADDRESS,), True),
    ([ADDRESS, "198.51.100.9"], ("198.51.100.9", ADDRESS), True),
    (["203.0.113.0/24"], ("203.0.113.0/24",), True),
    (["2001:db8:0:0::1"], ("2001:DB8::1",), True),
    (["2001:db8::/64"], ("2001:db8::/64",), True),
    (["203.0.113.0/24"], (ADDRESS,), False),
    ([ADDRESS], ("203.0.113.0/24",), False),
    ([ADDRESS], ("203.0.113.8",), False),
    ([ADDRESS], (), False),
    ([ADDRESS, "198.51.100.9"], (ADDRESS,), False),
    ([ADDRESS], (ADDRESS, "198.51.100.9"), False),
]


@pytest.mark.parametrize(("theirs", "ours", "same"), LISTS)
def test_lists_are_compared_by_what_they_mean(
    theirs: list[str], ours: tuple[str, ...], same: bool
) -> None:
    facts = changed("bybit", ("result.ips", theirs))
    refused = refusals(found("bybit", facts, declared("bybit", addresses=ours)))

    assert [it.name for it in refused] == ([] if same else ["ip_list"])


def test_missing_and_surplus_addresses_are_named() -> None:
    facts = changed("bybit", ("result.ips", ["198.51.100.9", "198.51.100.0/30"]))
    [refused] = refusals(found("bybit", facts, declared("bybit")))
    [empty] = refusals(found("bybit", facts, declared("bybit", addresses=())))

    assert refused.fact == (
        "the key also works from 198.51.100.0/30, 198.51.100.9, which the file does not list; "
        "the key is not bound to 203.0.113.7, which the file lists"
    )
    assert empty.help == ("if that is right, write `ip_allowlist: [198.51.100.0/30, 198.51.100.9]`")


@pytest.mark.parametrize("everywhere", ["0.0.0.0/0", "::/0", "*"])
@pytest.mark.parametrize("beside", [[], [ADDRESS]])
def test_an_entry_for_every_address_binds_to_none(everywhere: str, beside: list[str]) -> None:
    facts = changed("bybit", ("result.ips", [*beside, everywhere]))
    declaration = declared("bybit", addresses=(*beside, everywhere))

    assert "ip_bound" in {it.name for it in refusals(found("bybit", facts, declaration))}


#: Case, the file's list, the verdict, words of the fact.
ODD: list[tuple[str, tuple[str, ...], Verdict, str]] = [
    ("bybit", ("203.0.0.0/16",), Verdict.WARNING, "`203.0.0.0/16` holds 65,536 addresses"),
    ("bybit", ("2001:db8::/48",), Verdict.WARNING, "`2001:db8::/48` holds"),
    ("binance", ("2001:db8::1",), Verdict.REFUSED, "binance takes no address of version 6"),
    ("okx", tuple(f"203.0.113.{it}" for it in range(21)), Verdict.REFUSED, "lists 21 addresses"),
]


@pytest.mark.parametrize(("case", "addresses", "verdict", "fact"), ODD)
def test_what_a_list_better_does_not_hold(
    case: str, addresses: tuple[str, ...], verdict: Verdict, fact: str
) -> None:
    field: dict[str, tuple[str, Any]] = {
        "bybit": ("result.ips", list(addresses)),
        "okx": ("data.0.ip", ",".join(addresses)),
    }
    facts = changed(case, *([field[case]] if case in field else []))
    told = of("ip_list", found(case, facts, declared(case, addresses=addresses)))

    assert told[-1][0] is verdict
    assert fact in told[-1][1]


def test_the_end_of_a_key_is_told_a_month_before() -> None:
    for days, verdict in ((31, Verdict.OK), (30, Verdict.WARNING), (0, Verdict.REFUSED)):
        facts = changed("kucoin", ("data.expiredAt", NOW + days * DAY))

        assert [it for it, _ in of("expires", found("kucoin", facts))] == [verdict]


def test_what_no_answer_will_settle_is_known_before_the_exchange_is_asked() -> None:
    assert [it.name for it in foreseen(waiving("binance"), NOW)] == ["ip_list"]
    assert foreseen(declared("binance"), NOW) == ()
    assert [it.name for it in foreseen(replace(waiving("okx"), created=None), NOW)] == [
        "created",
        "expires",
    ]
    assert foreseen(declared("okx"), NOW) == ()
    assert foreseen(declared("bybit"), NOW) == ()
