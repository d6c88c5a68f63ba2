"""A hostile change of a rule file ends at the operator's settings, with its line.

Before that no reference is resolved (behind each stands a canary) and no name looked up.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from runner.model.accounts import Egress
from runner.rules.compile import load
from tests.commands.desk import PROBE
from tests.commands.hostile import (
    CANARY,
    KEYS,
    SETTINGS,
    Seen,
    changed,
    code_of,
    keys,
    run,
    spare,
)

NEWS = "blackout: [{calendar: kept/key, before: 30m, after: 30m}]\nentry:\n"
#: What is changed, the line that is refused, its code.
ATTACKS: dict[str, tuple[list[tuple[str, str]], int, str]] = {
    "a new reference": ([keys("env:OTHER_KEY")], 8, "R309"),
    "one that begins like a listed one": ([keys("env:PROBE_KEY_2")], 8, "R309"),
    "another provider": ([keys("vault:trading/main#key")], 8, "R309"),
    "a file of the system": ([keys("file:/etc/shadow")], 8, "R309"),
    "a file of the home": ([keys("file:~/.ssh/id_ed25519")], 8, "R309"),
    "dots out of a listed folder": ([keys("file:kept/../../../etc/shadow")], 8, "R309"),
    "a link out of a listed folder": ([keys("file:kept/link")], 8, "R309"),
    "a program": ([keys("exec:/bin/cat kept/key")], 8, "R309"),
    "an unlisted reference of the next key": (
        [(KEYS, KEYS + '\n    next: {api_key: "env:A", api_secret: "env:B"}')],
        9,
        "R309",
    ),
    "the key of today as the next one": (
        [(KEYS, KEYS + '\n    next: {api_key: "env:PROBE_KEY", api_secret: "env:B"}')],
        9,
        "R302",
    ),
    "an unlisted reference of an account that does not trade": (
        [spare('{api_key: "env:A", api_secret: "env:B"}')],
        15,
        "R309",
    ),
    "a key in two accounts": (
        [spare('{api_key: "env:PROBE_KEY", api_secret: "env:B"}')],
        15,
        "R302",
    ),
    "a key in two accounts by an alias": (
        [(KEYS, KEYS.replace("{", "&keys {")), spare("*keys")],
        8,
        "R302",
    ),
    "a key's reference in another field": (
        [("name: probe", "name: probe\ndescription: env:PROBE_KEY")],
        4,
        "R302",
    ),
    "the same by an alias": (
        [
            ("name: probe", "name: probe\ndescription: &it env:PROBE_KEY"),
            ('"env:PROBE_KEY"', "*it"),
        ],
        4,
        "R302",
    ),
    "a key's file as a calendar": ([keys("file:kept/key"), ("entry:\n", NEWS)], 18, "R302"),
    "a key's file told to a program": (
        [(KEYS, 'credentials: {api_key: "file:kept/key", api_secret: "exec:/bin/cat kept/key"}')],
        8,
        "R302",
    ),
    "a secret itself": ([keys("mQ8vXw2Lr5")], 8, "R301"),
    "a merge key": ([("    venue: live", "    <<: {venue: live}")], 7, "R007"),
    "an include": ([("kind: strategy", "kind: strategy\ninclude: [wider.yaml]")], 3, "R104"),
    "environments": ([("kind: strategy", "kind: strategy\nenvironments: {live: {}}")], 3, "R104"),
    "a notification": (
        [("kind: strategy", 'kind: strategy\nnotify: [{to: "env:PROBE_KEY"}]')],
        3,
        "R104",
    ),
    "a permission to withdraw": ([("[read, spot]", "[read, spot, withdraw]")], 9, "R303"),
    "every address": ([("203.0.113.7", "0.0.0.0/0")], 10, "R306"),
    "limits twice": ([("    limits:", "    limits: {max_order: 9 USDT}\n    limits:")], 12, "R004"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_its_line(
    name: str, seen: Seen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes, line, code = ATTACKS[name]
    (tmp_path / "kept" / "link").symlink_to("/etc/passwd")
    (tmp_path / "kept" / "key").write_text(f"time\n{CANARY}\n")

    assert run(changed(*changes), "--allow-exec") == 1

    told = capsys.readouterr()
    found = [it for it in told.err.splitlines() if it.startswith(f"probe.yaml:{line}:")]
    assert any(f": {code} " in it for it in found), told.err
    assert CANARY not in told.err + told.out
    assert (seen.resolved, seen.hosts, seen.runs) == ([], [], [])
    assert not (tmp_path / "state").exists()


def test_the_file_that_nobody_has_changed_is_run(seen: Seen) -> None:
    assert run(PROBE) == 0

    assert seen.resolved == ["env:PROBE_KEY", "env:PROBE_SECRET"]
    assert seen.egress == [Egress(("203.0.113.7",))]


#: Limits as a rule file has them, and what is left of them.
LIMITS: list[tuple[list[tuple[str, str]], list[str], str, int | None]] = [
    ([], [], "1000", 5),
    ([("max_order: 10000 USDT", "max_order: 999999 USDT")], [], "1000", 5),
    ([("max_order: 10000 USDT", "max_order: 999 USDT")], [], "999", 5),
    ([("limits: {", "limits: {}  # {")], [], "1000", 5),
    ([("    limits: {", "    # {")], [], "1000", 5),
    ([("max_orders_per_minute: 10", "max_orders_per_minute: 3")], [], "1000", 3),
    (
        [("  fast:", "  most: 2\n  fast:"), ("per_minute: 10", "per_minute: $most")],
        ["--set", "most=900"],
        "1000",
        5,
    ),
]


@pytest.mark.parametrize(("changes", "words", "order", "count"), LIMITS)
def test_of_two_limits_the_smaller_counts(
    changes: list[tuple[str, str]], words: list[str], order: str, count: int, seen: Seen
) -> None:
    assert run(changed(*changes), *words) == 0

    [limits] = [run.strategy.account.limits for run in seen.runs]
    assert (limits.max_order, limits.max_orders_per_minute) == (Decimal(order), count)


def test_another_account_name_brings_no_other_limits(
    seen: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    named = SETTINGS.replace('"*": {', "main: {")
    renamed = changed(("  main:", "  big:"), ("account: main", "account: big"))

    assert run(PROBE, settings=named) == 0
    assert run(renamed, settings=named) == 1

    assert "probe.yaml:12:10: R312 " in capsys.readouterr().err
    assert len(seen.runs) == 1


def test_no_settings_are_above_the_highest_environment(
    seen: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed = {"paper": "", "testnet": "testnet demo", "demo": "testnet demo", "live": "all"}
    for highest, open_ in allowed.items():
        for environment in ("testnet", "demo", "live"):
            text = changed(("venue: live", f"venue: {environment}"))
            settings = SETTINGS.replace("environment: live", f"environment: {highest}")
            before = len(seen.resolved)

            code = run(text, settings=settings, environment=environment)

            is_open = open_ == "all" or environment in open_.split()
            assert (code == 0) is is_open, (highest, environment)
            assert (len(seen.resolved) > before) is is_open
            said = capsys.readouterr().err
            assert ("probe.yaml:7:12: R310 " in said) is not is_open
            assert ("ops.yaml:3:1" in said) is not is_open


def test_only_approved_files_trade_live_and_comments_do_not_count(
    seen: Seen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "probe.yaml").write_text(PROBE)
    strategy = load(tmp_path / "probe.yaml").strategy
    assert strategy is not None
    approved = SETTINGS + f'digests: ["{strategy.digest}"]\n'

    assert run(PROBE, settings=approved) == 0
    assert run("# a comment\n" + PROBE, settings=approved) == 0
    capsys.readouterr()
    assert run(changed(("0.006", "0.0061")), settings=approved) == 1
    assert run(changed(("max_order: 10000", "max_order: 99999")), settings=approved) == 1
    assert run(PROBE, "--set", "fast=6", settings=approved) == 1
    assert capsys.readouterr().err.count("probe.yaml:3:7: R311 ") == 3
    demo = changed(("venue: live", "venue: demo"))
    assert run(demo, settings=approved, environment="demo") == 0
    assert len(seen.runs) == 3


@pytest.mark.parametrize(
    ("mode", "says"),
    [(0o620, "others can write"), (0o602, "others can write"), (0o644, ""), (0o400, "")],
)
def test_settings_are_nobody_elses_to_write(
    mode: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "probe.yaml").write_text(PROBE)
    ops = tmp_path / "ops.yaml"
    ops.write_text(SETTINGS.replace("KEPT", "/run/secrets"))
    ops.chmod(mode)

    code = code_of("show", str(tmp_path / "probe.yaml"), "--settings", str(ops))

    assert code == (1 if says else 0)
    assert says in capsys.readouterr().err


def test_settings_in_a_folder_where_others_may_replace_them_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "open").mkdir()
    os.chmod(tmp_path / "open", 0o777)
    (tmp_path / "probe.yaml").write_text(PROBE)
    ops = tmp_path / "open" / "ops.yaml"
    ops.write_text(SETTINGS.replace("KEPT", "/run/secrets"))
    ops.chmod(0o600)

    assert code_of("validate", str(tmp_path / "probe.yaml"), "--settings", str(ops)) == 1
    assert "others can replace" in capsys.readouterr().err
