"""`exec:` references: which programs run, what they get, and what becomes of what they print."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.model.errors import Refused
from runner.secrets import exec as program
from runner.secrets.reference import resolve
from tests.secrets.kept import CANARY, put, why_refused


def script(rule_file: Path, lines: str, mode: int = 0o700) -> str:
    return f"exec:{put(rule_file.parent / 'show', f'#!/bin/sh{chr(10)}{lines}{chr(10)}', mode)}"


def printed(reference: str, rule_file: Path) -> str:
    return resolve(reference, rule_file, allow_exec=True).reveal()


def test_no_program_runs_unless_it_is_allowed(rule_file: Path) -> None:
    reference = script(rule_file, f"touch {rule_file.parent}/ran; echo {CANARY}")

    assert why_refused(reference, rule_file, Refused, allow_exec=False) == (
        "an `exec:` reference runs a program: allow it with `--allow-exec`"
    )
    assert not (rule_file.parent / "ran").exists()


def test_arguments_are_words_and_no_shell_reads_them(rule_file: Path) -> None:
    reference = script(rule_file, 'printf "%s|" "$@"')

    assert printed(f"{reference} a 'b c' $HOME ;ls `id` *", rule_file) == "a|b c|$HOME|;ls|`id`|*|"


@pytest.fixture
def typed() -> Iterator[None]:
    """Words wait on our own standard input."""
    ours, (reads, writes) = os.dup(0), os.pipe()
    os.write(writes, CANARY.encode())
    os.close(writes)
    os.dup2(reads, 0)
    yield
    os.dup2(ours, 0)
    os.close(ours)
    os.close(reads)


@pytest.mark.usefixtures("typed")
def test_a_program_gets_little_of_the_environment_and_no_input(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_SECRET", CANARY)
    monkeypatch.setenv("LD_PRELOAD", "")
    monkeypatch.setenv("HOME", "/home/of/tests")
    reference = script(rule_file, "cat; pwd; /usr/bin/env | /usr/bin/cut -d= -f1; echo $HOME")

    folder, *names, home = printed(reference, rule_file).splitlines()

    own = {"_", "LANG", "OLDPWD", "PATH", "PWD", "SHLVL"}  # ours, and those a shell sets
    assert set(names) <= own | set(program._TOLD)
    assert (folder, home) == ("/", "/home/of/tests")


def test_what_a_program_says_on_stderr_is_nowhere(
    rule_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = script(rule_file, f"echo {CANARY} >&2; echo fine")
    assert printed(good, rule_file) == "fine"
    bad = script(rule_file, f"echo {CANARY} >&2; echo {CANARY}; exit 7")

    words = why_refused(bad, rule_file, Refused)

    assert words == "the program of an `exec:` reference ended with code 7"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("kill -9 $$", "was ended by signal 9"),
        (f"while :; do echo {CANARY}; done", "prints is too large for a secret"),
        (f"printf '{CANARY}\\377'", "prints is not UTF-8 text"),
    ],
    ids=["killed", "endless", "bytes"],
)
def test_a_program_that_does_not_print_a_secret_is_refused(
    lines: str, words: str, rule_file: Path
) -> None:
    assert words in why_refused(script(rule_file, lines), rule_file, Refused)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("lines", ["wait", f"echo {CANARY}", f"exec >&-; echo {CANARY}; wait"])
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_program_that_takes_too_long_ends_with_all_that_it_started(
    lines: str, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_MOST_S", 0.3)
    child = rule_file.parent / "child"
    reference = script(rule_file, f"sleep 60 &\necho $! > {child}\n{lines}")

    words = why_refused(reference, rule_file, Refused)

    assert words == "the program of an `exec:` reference takes more than 0.3 s"
    until = time.monotonic() + 5.0
    while is_alive(int(child.read_text())):
        assert time.monotonic() < until


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_program_that_others_can_write_is_refused(mode: int, rule_file: Path) -> None:
    reference = script(rule_file, f"echo {CANARY}", mode)

    assert "chmod go-w it" in why_refused(reference, rule_file, Refused)


def test_a_program_that_others_can_replace_is_refused(rule_file: Path) -> None:
    reference = script(rule_file, f"echo {CANARY}")

    rule_file.parent.chmod(0o777)
    assert "others can replace" in why_refused(reference, rule_file, Refused)
    rule_file.parent.chmod(0o1777)
    assert printed(reference, rule_file) == CANARY


def test_a_link_to_a_program_is_judged_by_what_it_leads_to(rule_file: Path) -> None:
    script(rule_file, f"echo {CANARY}", 0o722)
    (rule_file.parent / "link").symlink_to("show")

    assert "chmod go-w" in why_refused(f"exec:{rule_file.parent}/link", rule_file, Refused)


def test_a_program_of_somebody_else_is_refused(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = script(rule_file, f"echo {CANARY}")
    if os.geteuid() == 0:
        os.chown(rule_file.parent / "show", 12_345, 12_345)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12_345)

    assert "others can" in why_refused(reference, rule_file, Refused)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("exec:/nowhere/show", "is not there"),
        ("exec:/", "incomplete"),
        ("exec:/tmp", "is not a program"),
        ("exec:/bin/sh 'open", "close it"),
    ],
)
def test_what_is_no_program_is_refused(reference: str, words: str, rule_file: Path) -> None:
    assert words in why_refused(reference, rule_file, Refused)


def test_a_file_that_nobody_may_start_is_refused(rule_file: Path) -> None:
    plain = script(rule_file, f"echo {CANARY}", 0o600)
    assert "is not a program: chmod 700" in why_refused(plain, rule_file, Refused)

    strange = put(rule_file.parent / "strange", b"\x7fELF" + CANARY.encode(), 0o700)
    assert "cannot be started" in why_refused(f"exec:{strange}", rule_file, Refused)
