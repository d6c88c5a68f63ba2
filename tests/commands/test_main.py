"""The command line: exit codes, what is said, and what is not loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import click
import pytest

from runner.commands import main
from runner.model.errors import Halt, Refused, Unavailable


def fails_with(error: BaseException) -> Callable[..., None]:
    def body(*_: object, **__: object) -> None:
        raise error

    return body


def outcome(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """Exit code and stderr of a command that raises `error`."""
    command = click.Command("probe", callback=fails_with(error))
    monkeypatch.setattr(main.CommandsByFile, "get_command", lambda *_: command)
    code = main.run(["probe"])
    out, err = capsys.readouterr()
    assert out == ""
    return code, err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused("`x` is not a file"), 1, "error: `x` is not a file\n"),
        (Halt("a person must look"), 1, "error: a person must look\n"),
        (Unavailable("no exchange"), 3, "error: no exchange\n"),
        (ExceptionGroup("tasks", [Unavailable("no exchange")]), 3, "error: no exchange\n"),
        (KeyboardInterrupt(), 130, "error: interrupted\n"),
        (click.FileError("a.yaml", "gone"), 1, "error: Could not open file 'a.yaml': gone\n"),
        (click.ClickException("no"), 1, "error: no\n"),
    ],
)
def test_an_expected_error_is_one_line_and_its_exit_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcome(error, monkeypatch, capsys) == (code, said)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("key is hunter2"),
        ExceptionGroup("hunter2", [Refused("no"), ValueError("hunter2")]),
    ],
)
def test_a_bug_is_told_without_its_text(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RUNNER_TRACEBACK", raising=False)

    code, said = outcome(error, monkeypatch, capsys)

    assert code == 70
    assert said.startswith("error: this is a bug in runner: ")
    assert "ValueError" in said
    assert "hunter2" not in said
    assert said.count("\n") == 1


def test_a_traceback_is_shown_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNNER_TRACEBACK", "1")

    code, said = outcome(ValueError("why"), monkeypatch, capsys)

    assert code == 70
    assert "Traceback" in said
    assert "ValueError: why" in said


@pytest.mark.parametrize(
    "arguments", [["no-such"], ["--no-such"], ["main"], ["options"], ["../x"], ["a.b"]]
)
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(arguments) == 2
    assert "Usage: runner" in capsys.readouterr().err


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (1, 1)])
def test_a_command_returns_its_exit_code(
    returned: int | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = click.Command("probe", callback=lambda: returned)
    monkeypatch.setattr(main.CommandsByFile, "get_command", lambda *_: command)

    assert main.run(["probe"]) == code


def test_the_version_says_whether_the_core_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("runner 0.1.0 (core ")
    assert ("core compiled" in said) == main.core_is_compiled()


def test_the_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys; from runner.commands.main import run; code = run(['--help'])\n"
        "heavy = {'aiohttp', 'apscheduler', 'ccxt', 'jsonschema', 'numpy', 'rich', 'talib'}\n"
        "sys.exit(code or ', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.returncode == 0


def test_a_reader_that_has_gone_ends_it_without_a_word() -> None:
    script = f"{sys.executable} -m runner --help | true; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.strip() in {"0", "141"}  # 0 where the reader was still there
