"""Runs the command line as a person does: a process of its own in a folder of one's own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from runner.data.synthetic import synthetic
from runner.model.bars import Timeframe

ROOT = Path(__file__).resolve().parent.parent.parent
HOUR = Timeframe("1h", 3_600_000)
BARS = 62
LIFE_S = 60.0

#: The step at which a run of `PROBE` over `bars()` holds a position with a stop and a target.
HOLDING = ("journal:decided:after", 7)

PROBE = """\
version: 1
kind: strategy
name: probe
accounts:
  main:
    exchange: binance
    venue: live
    credentials: {api_key: "env:PROBE_KEY", api_secret: "env:PROBE_SECRET"}
    permissions: [read, spot]
    ip_allowlist: [203.0.113.7]
    limits: {max_order: 10000 USDT, max_exposure: 10000 USDT, max_orders_per_minute: 10}
account: main
market: spot
symbols: [BTC/USDT]
timeframe: 1h
params:
  fast: {default: 5, min: 2, max: 20}
entry:
  long:
    when: close > sma(close, fast)
    size: {risk: 0.3%}
exit:
  stop_loss: {distance: 0.006 * close}
  take_profit: {distance: 1.5R}
  long: {when: "close < sma(close, 12)"}
backtest:
  fees: {maker: 0.1%, taker: 0.1%}
  slippage: 0.02%
  initial: 10000 USDT
"""
HEADER = "timestamp,open,high,low,close,volume"


@cache
def bars() -> tuple[str, ...]:
    """Rows of a market in which `PROBE` enters, and leaves by rule, stop and target."""
    made = synthetic(11, "BTC/USDT", HOUR, BARS)
    columns = (made.opened_at, made.open, made.high, made.low, made.close, made.volume)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(",".join(map(repr, row)) for row in rows)


def csv(rows: Sequence[str]) -> str:
    """A data file of these rows."""
    return "\n".join([HEADER, *rows, ""])


def probe(**changes: str) -> str:
    """`PROBE` with other values: `probe(max_order="1000 USDT")`."""
    text = PROBE
    for key, value in changes.items():
        text, count = re.subn(rf"\b{key}: ([^,{{}}\n]+|\{{[^\n]*\}})", f"{key}: {value}", text)
        assert count == 1, key
    return text


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str

    def refusal(self, code: int) -> str:
        """The one line that says no and what to do; `new run: …` may stand before it."""
        lines = self.err.splitlines()
        if lines and lines[0].startswith(("new run: ", "resuming: ")):
            del lines[0]
        assert self.code == code, self.err
        assert len(lines) == 1, self.err
        assert re.fullmatch(r"error: \S.*[^.]", lines[0]), lines[0]
        return lines[0].removeprefix("error: ")

    def misuse(self) -> str:
        """The last line of what is said to someone who used a command wrongly."""
        assert self.code == 2, self.err
        assert self.out == ""
        assert "Traceback" not in self.err
        return self.err.splitlines()[-1]

    def document(self) -> Any:
        """The one JSON document on stdout."""
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out, parse_constant=_no_number)

    def result(self) -> Any:
        """The document without what tells of the way there: why an order had to be asked again."""
        document = self.document()
        for order in document["orders"]:
            if order["status"] != "denied":
                del order["reasons"]
        return document


def _no_number(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


class Desk:
    """A folder with a rule file and bars, and an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        (folder / "home").mkdir()
        self.write("probe.yaml", PROBE)
        self.write("bars.csv", csv(bars()))

    def write(self, name: str, content: str | bytes) -> Path:
        """A file, made or replaced."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def runner(self, *words: str, before: Callable[[], None] | None = None) -> Said:
        """`runner WORDS`; `before` runs in the new process."""
        return self._said(["runner", *words], before)

    def several(self, *lines: Sequence[str]) -> list[Said]:
        """`runner LINE` for each line, one after another in one process."""
        said = self._said(["tests.commands.many"], None, json.dumps(lines))
        assert said.code == 0, said.err
        return [Said(*one) for one in json.loads(said.out)]

    def run(self, *words: str, file: str = "probe.yaml", data: str = "bars.csv") -> Said:
        """`runner run FILE --replay DATA`, with this desk's state."""
        return self.runner("run", file, "--replay", data, "--state", "state", *words)

    def seam(self, what: dict[str, Any], *words: str) -> Said:
        """The same `run` with what seam.py may do to it."""
        return self._said(_seam(what, words), None)

    def frozen(self, step: str, nth: int) -> subprocess.Popen[str]:
        """A run that stopped itself at a step, and lives."""
        life = self._popen(_seam({"at": [step, nth, signal.SIGSTOP]}, ()), None)
        _, status = os.waitpid(life.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), life.communicate()
        return life

    def killed(self, step: str, nth: int) -> Path:
        """Kills a run at a step, and its exchange; returns its folder."""
        assert self.seam({"at": [step, nth, signal.SIGKILL]}).code == -signal.SIGKILL
        self.end_exchanges()
        return self.run_folder()

    def run_folder(self, number: int = 1) -> Path:
        """The folder of the only strategy's run."""
        (folder,) = self.state.glob(f"replay/*/{number:04d}")
        return folder

    def end_exchanges(self) -> None:
        """SIGKILL to every embedded exchange that was started here and lives."""
        for pid in self.living():
            folder = Path(command_line(pid).rpartition(" --folder ")[2].strip())
            os.kill(pid, signal.SIGKILL)
            _wait_gone(folder)

    def living(self) -> list[int]:
        """Process ids of exchanges that serve a folder of this desk."""
        start = f"runner.exchange.replay --folder {self.folder.resolve()}/"
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in pids if start in command_line(pid)]

    def copy_of(self, other: Path) -> None:
        """This desk's state becomes a copy of another's."""
        shutil.copytree(other, self.state)

    def _said(self, words: list[str], before: Callable[[], None] | None, told: str = "") -> Said:
        life = self._popen(words, before)
        try:
            out, err = life.communicate(told, timeout=LIFE_S)
        except BaseException:
            life.kill()
            life.communicate()
            raise
        return Said(life.returncode, out, err)

    def _popen(self, words: list[str], before: Callable[[], None] | None) -> subprocess.Popen[str]:
        # Where a file may not grow, Python would cut off the byte code that it keeps.
        kept = {"PYTHONDONTWRITEBYTECODE": "1"} if before is not None else {}
        own = {"HOME": str(self.folder / "home"), "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.folder,
            env=os.environ | own | kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=partial(_as_from_a_terminal, before),
        )


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    """A desk in `folder`; whatever exchange is left in it is ended."""
    desk = Desk(folder)
    try:
        yield desk
    finally:
        desk.end_exchanges()
    for log in folder.rglob("exchange.log"):
        assert not log.is_file() or "Traceback" not in log.read_text()


def _seam(what: dict[str, Any], words: Sequence[str]) -> list[str]:
    run = ["run", "probe.yaml", "--replay", "bars.csv", "--state", "state", *words]
    return ["tests.commands.seam", json.dumps(what), *run]


def command_line(pid: int) -> str:
    """What a process was started with; empty where it is gone."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return ""


def _wait_gone(folder: Path) -> None:
    """The system has let go of the lock of a killed exchange."""
    import fcntl

    with (folder / "exchange.lock").open("a") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)


def asked(state: Path) -> list[str]:
    """Client order ids that the exchanges below `state` were asked for, taken or refused."""
    ids: list[str] = []
    for path in state.rglob("exchange.db"):
        database = sqlite3.connect(path)
        try:
            for table in ("orders", "refusals"):
                ids += [row[0] for row in database.execute(f"SELECT client_order_id FROM {table}")]
        finally:
            database.close()
    return ids


def _as_from_a_terminal(before: Callable[[], None] | None) -> None:
    """A shell's background job ignores Ctrl-C, and hands that on to its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if before is not None:
        before()
