"""Settings of the operator beside every command that acts on a rule file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.model.errors import Refused
from runner.rules.compile import load
from runner.rules.settings import require_own
from tests.commands.desk import PROBE
from tests.commands.hostile import (
    SETTINGS,
    Seen,
    changed,
    code_of,
    keys,
    run,
)

COMMANDS = {
    "backtest": ["--data", "synthetic:7"],
    "doctor": ["--state", "state"],
    "plan": ["--data", "synthetic:7", "--state", "state"],
    "run": ["--replay", "synthetic:7", "--state", "state"],
    "schedule": [],
    "show": [],
    "trace": ["--state", "state"],
    "validate": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_acts_on_a_file_holds_it_to_the_settings(
    command: str, seen: Seen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(changed(keys("env:OTHER_KEY"))) == 1
    capsys.readouterr()

    assert code_of(command, "probe.yaml", *COMMANDS[command], "--settings", "ops.yaml") == 1

    told = capsys.readouterr()
    assert "R309" in told.out + told.err
    assert seen.resolved == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_takes_settings_that_are_wrong_or_none(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("probe.yaml").write_text(PROBE)
    Path("ops.yaml").write_text("version: 1\nkind: settings\nenvironment: paper\n")
    words = [command, "probe.yaml", *COMMANDS[command], "--settings"]

    assert code_of(*words, "ops.yaml") == 1
    assert "ops.yaml:1:1: R102 " in capsys.readouterr().err
    assert code_of(*words, "probe.yaml") == 1
    assert "holds no settings" in capsys.readouterr().err


def test_settings_are_nothing_to_trade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ops = tmp_path / "ops.yaml"
    ops.write_text(SETTINGS.replace("KEPT", "/run/secrets"))

    assert code_of("validate", "--strict", str(ops)) == 0
    assert code_of("show", str(ops)) == 1
    assert "holds settings: name it with `--settings" in capsys.readouterr().err


def test_show_tells_which_limits_are_the_settings(
    seen: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(changed(("max_exposure: 10000", "max_exposure: 500"))) == 0
    capsys.readouterr()

    assert code_of("show", "probe.yaml", "--settings", "ops.yaml", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    shown = {it["key"]: (it["value"], it["origin"]) for it in told["values"]}
    limits = {key.rpartition(".")[2]: it for key, it in shown.items() if ".limits." in key}
    assert limits["max_order"] == ("1000 USDT", "settings ops.yaml:6")
    assert limits["max_orders_per_minute"] == (5, "settings ops.yaml:6")
    assert limits["max_exposure"] == ("500 USDT", "probe.yaml:11")
    own = load("probe.yaml").strategy
    assert own is not None
    assert told["file_digest"] == own.digest != told["digest"]


@pytest.mark.parametrize(
    ("address", "verdict"), [("203.0.113.7", "ok"), ("203.0.113.8", "refused")]
)
def test_doctor_compares_this_machines_address_with_the_file(
    address: str, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "probe.yaml").write_text(PROBE)
    ops = tmp_path / "ops.yaml"
    ops.write_text(SETTINGS.replace("KEPT", "/k").replace("[203.0.113.7]", f"[{address}]"))
    words = ["--settings", str(ops), "--state", str(tmp_path / "state"), "--json", "--offline"]

    code = code_of("doctor", str(tmp_path / "probe.yaml"), *words)

    checks = json.loads(capsys.readouterr().out)["checks"]
    [own] = [check for check in checks if check["name"] == "own_ip"]
    assert own["verdict"] == verdict
    assert f"calls from {address}" in own["fact"]
    assert code == (1 if verdict == "refused" else 0)
    assert {it["verdict"] for it in checks if it["name"] == "settings"} == {"ok"}


SHARED = """\
version: 1
kind: settings
environment: live
references: ["env:PROBE_KEY", "env:PROBE_SECRET", "env:KEY_2", "env:SECRET_2"]
limits:
  "*": {max_exposure: 5000 USDT}
"""
RENAMED = (("  main:", "  spare:"), ("account: main", "account: spare"))
REKEYED = (("env:PROBE_KEY", "env:KEY_2"), ("env:PROBE_SECRET", "env:SECRET_2"))


@pytest.mark.parametrize(
    ("most", "changes", "is_refused"),
    [
        ("2501", (), True),
        ("2500", (), False),
        ("2501", RENAMED, True),  # the same key
        ("2501", REKEYED, True),  # the same name
        ("2501", (*RENAMED, *REKEYED), False),
    ],
)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_the_files_of_an_account_share_its_limits(
    command: str,
    most: str,
    changes: tuple[tuple[str, str], ...],
    is_refused: bool,
    seen: Seen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    limit = ("max_exposure: 10000", f"max_exposure: {most}")
    other = changed(limit, ("name: probe", "name: other"), ("[BTC/USDT]", "[ETH/USDT]"), *changes)
    Path("a.yaml").write_text(changed(("max_exposure: 10000", "max_exposure: 2500")))
    Path("b.yaml").write_text(other)
    Path("ops.yaml").write_text(SHARED)
    more = ["--environment", "live", "--state", "state"] if command == "run" else []

    assert code_of(command, "a.yaml", "b.yaml", "--settings", "ops.yaml", *more) == is_refused

    told = capsys.readouterr()
    assert ("R314 limits-exceeded" in told.out + told.err) == is_refused
    assert ("5001 USDT together with a.yaml" in told.out + told.err) == is_refused
    assert len(seen.runs) == (2 if command == "run" and not is_refused else 0)


@pytest.mark.parametrize(
    ("mode", "is_refused"),
    [(0o755, False), (0o2775, True), (0o777, True), (0o1777, False), (0o1775, False)],
)
@pytest.mark.parametrize("way", ["open/own.yaml", "open/link.yaml", "through.yaml", "to/own.yaml"])
def test_settings_are_refused_that_others_could_replace(
    mode: int, is_refused: bool, way: str, tmp_path: Path
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "open").mkdir()
    for folder in ("open", "closed"):
        (tmp_path / folder / "own.yaml").write_text(SETTINGS)
        (tmp_path / folder / "own.yaml").chmod(0o600)
    (tmp_path / "open" / "link.yaml").symlink_to("../closed/own.yaml")
    (tmp_path / "open" / "folder").symlink_to(tmp_path / "closed")
    (tmp_path / "through.yaml").symlink_to("open/link.yaml")
    (tmp_path / "to").symlink_to("closed/../open/folder")
    (tmp_path / "open").chmod(mode)

    require_own(tmp_path / "closed" / "own.yaml")
    if is_refused:
        with pytest.raises(Refused, match="others can replace the settings"):
            require_own(tmp_path / way)
    else:
        require_own(tmp_path / way)
