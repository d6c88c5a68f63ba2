"""`runner diff`: two files, and files since a revision of git."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.commands.main import run
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file

MORE, LESS = a_file(("risk: 1%", "risk: 2%")), a_file(("risk: 1%", "risk: 0.5%"))


def git(*words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    """One commit with a rule file in `rules/`, and one without."""
    git("init", "--quiet", "--initial-branch", "main")
    (folder / "rules").mkdir()
    (folder / "rules" / "x.yaml").write_text(GOOD)
    git("add", ".")
    git("commit", "-qm", "One")
    return folder


@pytest.mark.parametrize(("text", "code"), [(MORE, 1), (LESS, 0), (GOOD, 0)])
def test_more_risk_fails_only_where_that_is_asked_for(folder: Path, text: str, code: int) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(text)

    assert run(["diff", "a.yaml", "b.yaml"]) == 0
    assert run(["diff", "a.yaml", "b.yaml", "--fail-on", "more-risk"]) == code


def test_each_format_says_what_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(MORE)

    said = {}
    for form in ("text", "markdown", "json"):
        assert run(["diff", "a.yaml", "b.yaml", "--format", form]) == 0
        said[form] = capsys.readouterr().out

    line = "  more   entry.long.size.risk: 1% → 2%\n"
    assert said["text"] == f"b.yaml against a.yaml: more risk\n{line}"
    assert "| **more** | `entry.long.size.risk` | 1% → 2% |" in said["markdown"]
    assert json.loads(said["json"]) == {
        "schema": 1,
        "more_risk": True,
        "files": [
            {
                "file": "b.yaml",
                "base": "a.yaml",
                "verdict": "more",
                "changes": [
                    {
                        "key": "entry.long.size.risk",
                        "risk": "more",
                        "before": "1%",
                        "after": "2%",
                        "why": "",
                    }
                ],
            }
        ],
    }


def test_a_file_that_is_not_right_ends_with_1_and_its_mistakes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(a_file(("timeframe: 1h", "timeframe: 1x")))

    with pytest.raises(SystemExit) as ended:
        run(["diff", "a.yaml", "b.yaml"])

    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert "b.yaml:14:12: R110" in err


def test_files_are_compared_with_a_revision(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "rules" / "x.yaml").write_text(MORE)

    assert run(["diff", "--base", "main", "rules"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("rules/x.yaml against main: more risk\n")
    monkeypatch.chdir(repository / "rules")
    assert run(["diff", "--base", "HEAD", "x.yaml", ".", "--fail-on", "more-risk"]) == 1
    assert capsys.readouterr().out.count("entry.long.size.risk: 1% → 2%") == 1


def test_a_hook_of_git_compares_the_repository_of_the_path(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", "elsewhere")

    assert run(["diff", "--base", "HEAD", ".", "rules/x.yaml"]) == 0
    assert capsys.readouterr().out == "rules/x.yaml against HEAD: nothing changed\n"


def test_what_is_staged_or_committed_since_is_compared_too(repository: Path) -> None:
    (repository / "rules" / "x.yaml").write_text(MORE)
    git("commit", "-qam", "Two")

    assert run(["diff", "--base", "HEAD", "rules", "--fail-on", "more-risk"]) == 0
    assert run(["diff", "--base", "HEAD~1", "rules", "--fail-on", "more-risk"]) == 1


def test_tests_of_rules_are_left_out_by_their_kind(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    candles = "candles: {close: 100x30 102x5, range: 1%}"
    case = f"name: x\n    {candles}\n    expect: [{{at: bar 1, signal: none}}]"
    text = f"version: 1\nkind: test\nstrategy: x.yaml\ntests:\n  - {case}\n"
    for name in ("x.test.yaml", "wrong.test.yaml", "gone.test.yaml"):
        (repository / "rules" / name).write_text(text)
    git("add", ".")
    git("commit", "-qm", "Two")
    (repository / "rules" / "wrong.test.yaml").write_text(text.replace("candles", "candle"))
    (repository / "rules" / "gone.test.yaml").unlink()
    (repository / "rules" / "new.test.yaml").write_text(text)

    assert run(["diff", "--base", "HEAD", "rules", "--fail-on", "more-risk"]) == 0
    assert capsys.readouterr().out == "rules/x.yaml against HEAD: nothing changed\n"
    assert run(["diff", "--base", "HEAD", "rules/x.test.yaml"]) == 2
    assert run(["diff", "rules/x.yaml", "rules/x.test.yaml"]) == 2
    assert "rules/x.test.yaml holds tests: give rule files" in capsys.readouterr().err
    (repository / "rules" / "x.test.yaml").write_text(GOOD)  # it trades, whatever its name
    assert run(["diff", "--base", "HEAD", "rules", "--fail-on", "more-risk"]) == 1
    (repository / "rules" / "x.yaml").write_text(text)  # it trades no more
    assert run(["diff", "--base", "HEAD", "rules/x.yaml", "--fail-on", "more-risk"]) == 1


def test_new_and_deleted_files_count_as_more(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "rules" / "x.yaml").rename(repository / "rules" / "y.yaml")

    assert run(["diff", "--base", "main", "rules"]) == 0
    said = capsys.readouterr().out

    assert "rules/y.yaml against main: more risk\n  more   file: added file\n" in said
    assert "rules/x.yaml against main: more risk\n  more   file: removed file (nothing" in said
    assert run(["diff", "--base", "main", "rules/x.yaml", "--fail-on", "more-risk"]) == 1


@pytest.mark.parametrize(("kept", "link"), [("x", "y"), ("y", "x")])
def test_a_link_in_the_place_of_a_file_hides_no_change(
    repository: Path, capsys: pytest.CaptureFixture[str], kept: str, link: str
) -> None:
    rules = repository / "rules"
    (rules / "y.yaml").write_text(GOOD.replace("name: golden", "name: other"))
    git("add", ".")
    git("commit", "-qm", "Two")
    (rules / f"{link}.yaml").unlink()
    (rules / f"{link}.yaml").symlink_to(f"{kept}.yaml")

    for path in ("rules", ".", f"rules/{link}.yaml"):
        assert run(["diff", "--base", "HEAD", path, "--fail-on", "more-risk"]) == 1
        told = f"rules/{link}.yaml against HEAD: more risk\n  more   name:"
        assert told in capsys.readouterr().out
    git("add", ".")
    git("commit", "-qm", "Three")
    assert run(["diff", "--base", "HEAD", "rules", "--fail-on", "more-risk"]) == 0
    assert run(["diff", "--base", "HEAD~1", "rules", "--fail-on", "more-risk"]) == 1
    (rules / f"{kept}.yaml").unlink()  # and what the link led to
    capsys.readouterr()
    assert run(["diff", "--base", "HEAD", f"rules/{link}.yaml", "--fail-on", "more-risk"]) == 1
    assert "more   file: removed file" in capsys.readouterr().out


def test_a_link_in_the_place_of_a_folder_hides_no_change(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "rules").rename(repository / "old")
    (repository / "rules").mkdir()
    (repository / "rules" / "z.yaml").write_text(GOOD)
    git("add", ".")
    git("commit", "-qm", "Two")
    shutil.rmtree(repository / "rules")
    (repository / "rules").symlink_to("old")

    assert run(["diff", "--base", "HEAD", "rules", "--fail-on", "more-risk"]) == 1
    assert "rules/z.yaml against HEAD: more risk\n  more   file: rem" in capsys.readouterr().out
    git("add", ".")
    git("commit", "-qm", "Three")
    assert run(["diff", "--base", "HEAD", "rules"]) == 0
    assert capsys.readouterr().out == "rules/x.yaml against HEAD: nothing changed\n"


def test_a_link_that_led_out_of_the_repository_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "x.yaml"
    elsewhere.write_text(GOOD)
    (repository / "rules" / "y.yaml").symlink_to(elsewhere)
    git("add", ".")
    git("commit", "-qm", "Two")

    assert run(["diff", "--base", "HEAD", "rules"]) == 1
    assert "rules/y.yaml leads out of the repository" in capsys.readouterr().err


def test_a_file_that_was_not_right_at_the_revision_is_named_with_it(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "rules" / "x.yaml").write_text("a: 1\n")
    git("commit", "-qam", "Two")
    (repository / "rules" / "x.yaml").write_text(GOOD)

    with pytest.raises(SystemExit) as ended:
        run(["diff", "--base", "HEAD", "rules"])

    assert ended.value.code == 1
    assert "at `HEAD`:\nrules/x.yaml:1:1: R101" in capsys.readouterr().err


@pytest.mark.parametrize("base", ["nothing", "--upload-pack=x", "HEAD:rules", "main..HEAD"])
def test_what_is_no_revision_is_refused(
    repository: Path, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", f"--base={base}", "rules"]) == 1
    assert f"`{base}` is no revision of this repository" in capsys.readouterr().err


def test_outside_of_a_repository_it_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    (folder / "x.yaml").write_text(GOOD)

    assert run(["diff", "--base", "main", "x.yaml"]) == 1
    assert "x.yaml is in no git repository: compare two files" in capsys.readouterr().err


def test_without_git_it_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "x.yaml").write_text(GOOD)
    monkeypatch.setenv("PATH", str(folder))

    assert run(["diff", "--base", "main", "x.yaml"]) == 1
    assert "git is not installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("a.yaml",),
        ("a.yaml", "a.yaml", "a.yaml"),
        ("a.yaml", "b.yaml"),
        ("a.yaml", "."),
        ("a.yaml", "a" * 5_000),
        (),
    ],
    ids=lambda words: " ".join(words)[:20],
)
def test_used_wrongly_ends_with_2(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "a.yaml").write_text(GOOD)

    assert run(["diff", *words]) == 2


def test_a_path_that_never_was_is_used_wrongly(repository: Path) -> None:
    assert run(["diff", "--base", "main", "nothing.yaml"]) == 2
    assert run(["diff", "--base", "main", "a" * 5_000]) == 2


def test_references_are_not_resolved_and_nothing_heavy_is_imported() -> None:
    heavy = ["ccxt", "numpy", "talib", "apscheduler", "aiohttp", "jsonschema", "rich", "socket"]
    code = (
        "import sys; from runner.commands.main import run;"
        "run(['diff', 'rules/breakout.yaml', 'rules/turtle.yaml']);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
