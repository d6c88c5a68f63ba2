"""`runner fmt`: files in place, all of them or none of it, and what it says."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.commands.main import run
from tests.commands.rights import without_root_rights
from tests.conftest import ROOT
from tests.rules.files import GOOD

MESSY = GOOD.replace("timeframe: 1h", "timeframe:   '1h'   # bars")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_is_rewritten_and_its_mode_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "x.yaml"
    file.write_bytes(b"a:   1\r\n")
    file.chmod(0o640)

    assert run(["fmt", "x.yaml"]) == 0

    assert capsys.readouterr().out == "formatted x.yaml\n1 file formatted, 0 unchanged\n"
    assert file.read_bytes() == b"a: 1\n"
    assert file.stat().st_mode & 0o7777 == 0o640
    assert os.listdir(folder) == ["x.yaml"]
    assert run(["fmt", "."]) == 0
    assert capsys.readouterr().out == "0 files formatted, 1 unchanged\n"


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "real.yml").write_text("a:   1\n")
    (folder / "x.yaml").symlink_to("real.yml")

    assert run(["fmt", "x.yaml"]) == 0

    assert (folder / "x.yaml").is_symlink()
    assert (folder / "real.yml").read_text() == "a: 1\n"


def test_check_names_what_would_change_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text("a:   1\n")
    (folder / "b.yaml").write_text("a: 1\n")

    assert run(["fmt", "--check", "."]) == 1
    assert capsys.readouterr().out == (
        "would format a.yaml\n1 file would be formatted, 1 unchanged\n"
    )
    assert (folder / "a.yaml").read_text() == "a:   1\n"
    assert run(["fmt", "--check", "b.yaml"]) == 0


def test_diff_shows_the_lines_without_what_is_secret(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = MESSY.replace("env:KEY", "0d3a8f2b9c71e4f5a6b7c8d9")
    (folder / "x.yaml").write_text(text)

    assert run(["fmt", "--diff", "x.yaml"]) == 0
    out, err = capsys.readouterr()

    assert "-timeframe:   '1h'   # bars\n+timeframe: 1h       # bars\n" in out
    assert "0d3a8f2b9c71" not in out + err
    assert err == "1 file would be formatted, 0 unchanged\n"
    assert (folder / "x.yaml").read_text() == text
    assert run(["fmt", "--diff", "--check", "x.yaml"]) == 1


def test_what_is_no_yaml_is_left_alone_and_the_rest_is_done(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text("a: [1\n")
    (folder / "b.yaml").write_text("b:   1\n")
    (folder / "c.yaml").write_text("? c\n: 1\n")

    assert run(["fmt", "."]) == 1
    out, err = capsys.readouterr()

    assert out == "formatted b.yaml\n1 file formatted, 0 unchanged, 2 left alone\n"
    assert "a.yaml:1:4: R003 not-yaml" in err
    assert "c.yaml:1: cannot be formatted because of a key after `?`" in err
    assert (folder / "a.yaml").read_text() == "a: [1\n"
    assert (folder / "c.yaml").read_text() == "? c\n: 1\n"


def test_a_file_that_cannot_be_replaced_is_as_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "x.yaml").write_text("a:   1\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    assert run(["fmt", "x.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out == "0 files formatted, 0 unchanged, 1 left alone\n"
    assert "x.yaml cannot be written: no space left on device" in err
    assert (folder / "x.yaml").read_text() == "a:   1\n"
    assert os.listdir(folder) == ["x.yaml"]


def test_the_others_are_formatted_where_some_cannot_be_written(folder: Path) -> None:
    (folder / "locked").mkdir()
    files = [folder / name for name in ("a.yaml", "locked/b.yaml", "unread.yaml", "x.yaml")]
    for file in files:
        file.write_text("a:   1\n")
    files[0].chmod(0o444)
    files[2].chmod(0)
    (folder / "locked").chmod(0o555)
    command = [sys.executable, "-m", "runner", "fmt", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    ended = subprocess.run(
        command, env=environment, preexec_fn=without_root_rights(), capture_output=True, text=True
    )

    assert ended.returncode == 1
    assert ended.stdout == "formatted x.yaml\n1 file formatted, 0 unchanged, 3 left alone\n"
    assert ended.stderr.splitlines() == [
        "error: a.yaml cannot be written: it may not be written; it is as it was",
        "error: locked/b.yaml cannot be written: permission denied; it is as it was",
        "error: unread.yaml: permission denied; give the path of a rule file",
    ]


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [((), "a: 1\n", 0), (("--check",), "", 1), (("--diff",), "--- stdin\n+++ stdin\n", 0)],
)
def test_stdin_goes_to_stdout(
    words: tuple[str, ...],
    text: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a:   1\n")))

    assert run(["fmt", "-", *words]) == code
    assert capsys.readouterr().out.startswith(text)


def test_used_wrongly_ends_with_2(folder: Path) -> None:
    (folder / "x.yaml").write_text("a: 1\n")
    (folder / "empty").mkdir()

    assert run(["fmt"]) == 2
    assert run(["fmt", "-", "x.yaml"]) == 2
    assert run(["fmt", "nothing.yaml"]) == 2
    assert run(["fmt", "empty"]) == 2


def test_fmt_imports_nothing_heavy() -> None:
    heavy = ["ccxt", "numpy", "talib", "apscheduler", "aiohttp", "jsonschema", "rich", "socket"]
    code = (
        "import sys; from runner.commands.main import run; run(['fmt', '--check', 'rules']);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
