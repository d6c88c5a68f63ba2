"""References to secrets: what they give, what is refused, and that nothing shows a value."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from runner.secrets.reference import resolve
from tests.secrets.kept import CANARY, put, why_refused


def test_a_variable_of_the_environment(rule_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_KEY", CANARY)

    secret = resolve("env:EXCHANGE_KEY", rule_file, allow_exec=False)

    assert secret.reveal() == CANARY
    assert (repr(secret), f"{secret}") == ("***", "***")


def test_a_variable_that_is_not_set_is_named(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXCHANGE_KEY", raising=False)

    assert why_refused("env:EXCHANGE_KEY", rule_file) == (
        "`env:EXCHANGE_KEY` is not set: export it before the start"
    )


def test_a_key_pasted_for_a_name_is_not_shown(rule_file: Path) -> None:
    for provider in ("env", "dotenv"):
        put(rule_file.parent / ".env", "A=b\n")

        assert "incomplete" in why_refused(f"{provider}:{CANARY}", rule_file)


def test_a_secret_on_a_line_of_dotenv(rule_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME_KEY", "from outside")
    put(rule_file.parent / ".env", f"# keys\nKEY='{CANARY}'\nRAW=${{HOME_KEY}}$x\n")

    assert resolve("dotenv:KEY", rule_file, allow_exec=False).reveal() == CANARY
    assert resolve("dotenv:RAW", rule_file, allow_exec=False).reveal() == "${HOME_KEY}$x"
    assert "KEY" not in os.environ


def test_dotenv_lies_beside_the_rule_file_not_beside_us(
    rule_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / ".env", f"KEY={CANARY}\n")
    monkeypatch.chdir(tmp_path)

    words = why_refused("dotenv:KEY", rule_file)

    assert words.endswith("/rules/.env cannot be read: no such file or directory")


def test_a_name_that_dotenv_lacks(rule_file: Path) -> None:
    put(rule_file.parent / ".env", f"OTHER={CANARY}\nKEY\n")

    assert "`dotenv:KEY` is not in" in why_refused("dotenv:KEY", rule_file)


def test_a_dotenv_that_is_a_link_brings_no_other_key(rule_file: Path) -> None:
    put(rule_file.parent / "other", f"KEY={CANARY}\n")
    (rule_file.parent / ".env").symlink_to("other")

    assert "/rules/.env is a link to another file" in why_refused("dotenv:KEY", rule_file)


@pytest.mark.parametrize("reference", ["file:{0}", "file:key"], ids=["absolute", "relative"])
def test_a_secret_file(rule_file: Path, reference: str) -> None:
    path = put(rule_file.parent / "key")

    assert resolve(reference.format(path), rule_file, allow_exec=False).reveal() == CANARY


def test_a_secret_file_may_hold_lines(rule_file: Path) -> None:
    put(rule_file.parent / "key.pem", "-----BEGIN\nabc\n-----END\n")

    assert (
        resolve("file:key.pem", rule_file, allow_exec=False).reveal() == "-----BEGIN\nabc\n-----END"
    )


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620, 0o601])
@pytest.mark.parametrize("reference", ["file:.env", "dotenv:KEY"])
def test_a_file_that_others_may_touch_is_refused(
    rule_file: Path, mode: int, reference: str
) -> None:
    put(rule_file.parent / ".env", f"KEY={CANARY}\n", mode)

    assert "chmod 600 it, then change the key" in why_refused(reference, rule_file)


def test_a_link_is_judged_by_what_it_leads_to(rule_file: Path) -> None:
    put(rule_file.parent / "open", mode=0o644)
    put(rule_file.parent / "closed")
    (rule_file.parent / "to-open").symlink_to("open")
    (rule_file.parent / "to-closed").symlink_to("closed")

    assert "others can read" in why_refused("file:to-open", rule_file)
    assert resolve("file:to-closed", rule_file, allow_exec=False).reveal() == CANARY


def test_a_file_of_somebody_else_is_refused(
    rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rule_file.parent / "key")
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)

    assert "belongs to somebody else" in why_refused("file:key", rule_file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty or has blanks around"),
        (b"\n", "empty or has blanks around"),
        (b"  " + CANARY.encode() + b"\n", "empty or has blanks around"),
        (CANARY.encode() + b" \n", "empty or has blanks around"),
        (CANARY.encode() + b"\0x", "empty or has blanks around"),
        (CANARY.encode() + b"\xff\n", "not UTF-8"),
        (b"k" * 70_000, "too large"),
    ],
    ids=["empty", "line", "before", "after", "nul", "latin", "large"],
)
def test_what_is_no_secret_is_refused(rule_file: Path, content: bytes, words: str) -> None:
    put(rule_file.parent / "key", content)

    assert words in why_refused("file:key", rule_file)


def test_a_folder_a_pipe_and_nothing_are_no_secret_files(rule_file: Path) -> None:
    rule_file.parent.mkdir()
    os.mkfifo(rule_file.parent / "pipe", 0o600)

    assert "is a directory" in why_refused("file:.", rule_file)
    assert "is not a file" in why_refused("file:pipe", rule_file)
    assert "cannot be read" in why_refused("file:absent", rule_file)


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def work_tree(rule_file: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    rule_file.parent.mkdir()
    git(rule_file.parent, "init")
    return rule_file.parent


@pytest.mark.parametrize("reference", ["file:.env", "dotenv:KEY"])
def test_a_file_that_git_tracks_is_refused(
    work_tree: Path, rule_file: Path, reference: str
) -> None:
    put(work_tree / ".env", f"KEY={CANARY}\n")
    assert resolve(reference, rule_file, allow_exec=False)

    git(work_tree, "add", ".env")

    assert "git tracks the secret file" in why_refused(reference, rule_file)


def test_a_link_from_outside_into_a_work_tree_is_followed(
    work_tree: Path, rule_file: Path, tmp_path: Path
) -> None:
    put(work_tree / "key")
    git(work_tree, "add", "key")
    (tmp_path / "elsewhere").symlink_to(work_tree / "key")

    assert "git tracks" in why_refused("file:../elsewhere", rule_file)


def test_a_link_that_git_tracks_is_refused_wherever_it_leads(
    work_tree: Path, rule_file: Path, tmp_path: Path
) -> None:
    put(tmp_path / "key")
    (work_tree / "link").symlink_to(tmp_path / "key")
    assert resolve("file:link", rule_file, allow_exec=False)

    git(work_tree, "add", "link")

    assert "git tracks the secret file" in why_refused("file:link", rule_file)


def test_a_work_tree_where_git_cannot_be_asked_is_refused(
    work_tree: Path, rule_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(work_tree / "key")
    monkeypatch.setenv("PATH", "/nonexistent")

    assert "git does not say whether it tracks" in why_refused("file:key", rule_file)


def test_asking_git_runs_nothing_that_the_repository_names(
    work_tree: Path, rule_file: Path, tmp_path: Path
) -> None:
    hook = put(tmp_path / "hook", f"#!/bin/sh\ntouch {tmp_path}/ran\n", 0o700)
    git(work_tree, "config", "core.fsmonitor", str(hook))
    put(work_tree / "key")

    assert resolve("file:key", rule_file, allow_exec=False)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "reference", [CANARY, f"{CANARY}:x", "env", ":", "", f"ENV:{CANARY}", "https://x"]
)
def test_what_is_no_reference_is_refused_without_being_shown(
    rule_file: Path, reference: str
) -> None:
    assert why_refused(reference, rule_file) == (
        "a credential is not a reference: write `aws-sm:…`, `credential:…`, `dotenv:…`, `env:…`, "
        "`exec:…`, `file:…`, `keyring:…`, `vault:…`"
    )
