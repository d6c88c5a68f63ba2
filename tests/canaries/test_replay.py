"""No key that the embedded exchange issued, and none that a rule file names, leaves its place.

Real processes: the runner's, and that of the exchange, which lives beside it and after it.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canaries.keeping import KEPT
from tests.canaries.scanner import Scanner
from tests.canaries.secrets import KEY, SECRET, SECRETS
from tests.commands.desk import HOLDING, LIFE_S, PROBE, Desk, Said, a_desk, command_line
from tests.secrets.kept import put

FORMS: tuple[tuple[str, ...], ...] = ((), ("--json",))
ISSUED = ("api_key", "api_secret", "token")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with canaries behind every reference of its rule files."""
    monkeypatch.setenv("PROBE_KEY", KEY)
    monkeypatch.setenv("PROBE_SECRET", SECRET)
    with a_desk(tmp_path) as desk:
        put(desk.folder / ".env", f"PROBE_KEY={KEY}\n")
        put(desk.folder / "kept" / "secret", SECRET)
        by_file = PROBE.replace("env:PROBE_SECRET", "file:kept/secret")
        desk.write("by_file.yaml", by_file.replace("env:PROBE_KEY", "dotenv:PROBE_KEY"))
        yield desk


def accesses(desk: Desk) -> list[dict[str, str]]:
    """What every exchange below the desk issued."""
    return [json.loads(path.read_text()) for path in sorted(desk.folder.rglob("access.json"))]


def leaks(desk: Desk, said: list[Said], *more: str) -> list[str]:
    """`what: where` of every secret in what was said, in what was written, and in what is more."""
    issued = [access[name] for access in accesses(desk) for name in ISSUED]
    assert issued
    scanner = Scanner(SECRETS | {f"issued {number}": it for number, it in enumerate(issued)})
    places = [(f"said {number}", it.out + it.err) for number, it in enumerate(said)]
    places += [("more", text) for text in more]
    found = [f"{it}: {where}" for where, shown in places for it in scanner.found(shown)]
    for path in desk.folder.rglob("*"):
        if path.is_file() and KEPT.isdisjoint(path.parts):
            found += [f"{it}: {path}" for it in scanner.found(path.read_bytes())]
            found += [f"{it}: the name of {path}" for it in scanner.found(path.name)]
    return found


def test_commands_that_work_keep_the_keys(desk: Desk) -> None:
    state = ("--state", "state")

    said = [
        desk.run(),
        desk.run("--json", file="by_file.yaml"),
        *(desk.runner(name, *state, *form) for name in ("status", "orders") for form in FORMS),
        *(desk.runner("audit", name, *state) for name in ("verify", "show", "report")),
    ]

    assert [one.code for one in said] == [0] * len(said)
    assert leaks(desk, said) == []


def test_commands_that_fail_keep_the_keys(desk: Desk) -> None:
    run = desk.killed(*HOLDING)
    (run / "exchange.db-wal").unlink()
    (run / "exchange.db").write_bytes(b"garbage" * 1000)

    said = [
        desk.run(),
        desk.run("--json", data="gone.csv"),
        desk.run("--set", "fast=1"),
        desk.seam({"key": {"futures": True}}, "--fresh"),
        desk.seam({"symbol": "ETH/USDT"}, "--fresh"),
        desk.runner("status", "nobody", "--state", "state"),
    ]

    assert [one.code for one in said] == [3, 1, 1, 1, 1, 1]
    assert leaks(desk, said) == []


def test_processes_show_no_key_while_they_live(desk: Desk) -> None:
    life = desk.frozen(*HOLDING)
    (access,) = accesses(desk)

    lines = [command_line(life.pid), command_line(int(access["pid"]))]
    inherited = Path(f"/proc/{access['pid']}/environ").read_bytes().decode()

    assert "tests.commands.seam" in lines[0]
    assert "runner.exchange.replay" in lines[1]
    assert leaks(desk, [], *lines, inherited) == []
    life.send_signal(signal.SIGCONT)
    out, err = life.communicate(timeout=LIFE_S)
    assert leaks(desk, [Said(life.returncode, out, err)]) == []


def test_what_holds_the_key_is_for_its_owner_only(desk: Desk) -> None:
    run = desk.killed(*HOLDING)

    open_to_others = [path for path in (run, *run.rglob("*")) if path.stat().st_mode & 0o077]

    assert open_to_others == []


def test_an_issued_key_that_is_told_is_found(desk: Desk) -> None:
    desk.killed(*HOLDING)
    (access,) = accesses(desk)

    for number, name in enumerate(ISSUED):
        desk.write("told", access[name].encode().hex())
        where = desk.folder / "told"
        assert leaks(desk, []) == [f"issued {number}: {where}"]
        assert leaks(desk, [], f"key {access[name][20:32]}")[0] == f"issued {number}: more"
