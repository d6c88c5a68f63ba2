"""Whatever a file holds, `validate` answers: no traceback, no hang, exit code 0 or 1 only.

The gate tries some hundred changed files, `make soak` a hundred thousand. A failure names its seed:
`RUNNER_FUZZ=FROM:TO pytest -m soak tests/rules/test_fuzz.py` tries those alone.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from runner.commands.validate import written
from runner.rules.compile import load_document
from runner.rules.diagnostic import CODES, in_order
from runner.rules.document import read
from runner.rules.format import Report
from tests.conftest import ROOT

SLOWEST_S = 1.0
SEEDS = [*sorted((ROOT / "rules").glob("*.yaml")), *sorted((ROOT / "tests/golden").glob("*.yaml"))]
TEXTS = [path.read_bytes() for path in SEEDS if path.stat().st_size < 20_000]

#: What people and machines put into rule files by mistake.
PIECES = [
    *(b"\t", b" ", b"  ", b"\n", b"\r", b": ", b":", b",", b"- ", b"[", b"]", b"{", b"}", b'"'),
    *(b"'", b"#", b" #", b"&a ", b"*a", b"!", b"!!python/object:os.system ", b"|", b">", b"? "),
    *(
        b"%",
        b"---\n",
        b"...\n",
        b"\\",
        b"\0",
        b"\x1b[31m",
        b"\xff",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
    ),
    *("é".encode(), "≥".encode(), "🙂".encode(), b"<<: ", b"$length", b"$", b"~", b"null", b"yes"),
    *(b"1e400", b".nan", b"-", b"0x", b"9" * 80, b"1" * 5000, b"(" * 60, b")" * 60, b"[" * 70),
    *(
        b" and ",
        b" or ",
        b" not ",
        b" == ",
        b" = ",
        b" && ",
        b";",
        b"[-1]",
        b"[1]",
        b" / 0",
        b" % ",
    ),
    *(
        b"5%",
        b"2R",
        b"100 USDT",
        b"12 bars",
        b"3d",
        b"BTC/USDT:USDT",
        b"futures",
        b"close",
        b"rsi(",
    ),
    *(b"  # runner: ignore R501 why", b" # runner: ignore", b"# runner: ignore R5,R502 x"),
    *(b">-\n      ", b"|\n      ", b"\n  ", b"\n    "),
]


#: Seeds by which a mistake was found once: an account's name of 5,000 characters.
FOUND = (9507, 74073)


def mutation(seed: int) -> bytes:
    """A rule file with some of its bytes changed; now and then bytes of no file at all."""
    chance = random.Random(seed)
    if seed % 20 == 0:
        return chance.randbytes(chance.randint(0, 400))
    if seed % 20 == 1:
        return b"".join(chance.choices(PIECES, k=chance.randint(1, 60)))
    text = bytearray(chance.choice(TEXTS))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randint(0, len(text))
        match chance.randint(0, 5):
            case 0:
                text[at : at + chance.randint(1, 12)] = b""
            case 1:
                text[at:at] = chance.choice(PIECES)
            case 2:
                text[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                text[at : at + chance.randint(0, 3)] = chance.choice(PIECES)
            case 4:
                lines = text.splitlines(keepends=True)
                chance.shuffle(lines)
                text = bytearray(b"".join(lines[: len(lines) if chance.random() < 0.5 else at]))
            case 5:
                other = chance.choice(TEXTS)
                start = chance.randint(0, len(other))
                text[at:at] = other[start : start + chance.randint(0, 300)]
    return bytes(text)


def answer(data: bytes) -> float:
    """Judges one file and writes it in every format; the seconds of judging and of the text."""
    began = time.process_time()
    loaded = load_document(read("x.yaml", data), {})
    report = Report(("x.yaml",), loaded.diagnostics, {"x.yaml": loaded.source}, strict=True)
    text = written("text", report)
    seconds = time.process_time() - began

    made = [it for it in (loaded.strategy, loaded.suite, loaded.settings) if it is not None]
    assert made or report.fails(report.diagnostics)
    assert list(loaded.diagnostics) == in_order(loaded.diagnostics)
    for found in loaded.diagnostics:
        assert found.code in CODES
        assert (found.line, found.column) >= (1, 1)
        assert (found.end_line, found.end_column) >= (found.line, found.column)
        assert found.message.isprintable(), found
        assert found.help.isprintable(), found
        assert max(len(found.message), len(found.help)) <= 400, found
    assert all(len(block.splitlines()) <= 6 for block in text.split("x.yaml:")[1:])
    text.encode()
    json.loads(written("json", report))
    json.loads(written("sarif", report))
    ElementTree.fromstring(written("junit", report))
    assert len(written("github", report).splitlines()) == len(loaded.diagnostics)
    return seconds


def wrong(seeds: Iterable[int]) -> list[tuple[int, str]]:
    """The seeds whose files are not answered, with what happened instead."""
    bad = []
    for seed in seeds:
        try:
            seconds = answer(mutation(seed))
        except Exception as error:  # whatever it is, the seed must be told
            bad.append((seed, repr(error)[:300]))
        else:
            if seconds > SLOWEST_S:
                bad.append((seed, f"{seconds:.1f} s"))
    return bad


def test_changed_files_and_random_bytes_are_answered() -> None:
    assert wrong([*range(400), *FOUND]) == []


@pytest.mark.soak
@pytest.mark.parametrize("chunk", range(20))
def test_a_hundred_thousand_are_answered(chunk: int) -> None:
    first, last = map(int, os.environ.get("RUNNER_FUZZ", "0:100000").split(":"))

    assert wrong(range(first + chunk, last, 20)) == []


def test_the_command_ends_with_0_or_1(tmp_path: Path) -> None:
    for seed in range(2, 26):
        (tmp_path / f"{seed}.yaml").write_bytes(mutation(seed))

    done = subprocess.run(
        [sys.executable, "-m", "runner", "validate", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert b"Traceback" not in done.stdout
