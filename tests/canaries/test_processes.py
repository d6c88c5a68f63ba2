"""No secret in what a process of its own leaves while it holds keys, however it is ended.

Python told to say all it can, signals in the middle of an order, our own mistake; what the system
shows of it meanwhile, what it printed, what lies in its folders, and whether it left its memory.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from runner.commands.main import BUG
from runner.model.clock import machine_ms
from tests.canaries.faults import ANSWERED, ORDER
from tests.canaries.journey import LOUD as JOURNEY_LOUD
from tests.canaries.journey import Journey, now_ms
from tests.canaries.secrets import SECRETS
from tests.commands.desk import LIFE_S, ROOT
from tests.exchange.scripted import AUTHORITY, Loopback

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")

#: Python's words and variables by which it says more.
LOUD: dict[str, tuple[list[str], dict[str, str]]] = {
    "-X dev": (["-X", "dev"], {}),
    "-X dev, in full": (["-X", "dev"], {"RUNNER_TRACEBACK": "1", "PYTHONASYNCIODEBUG": "1"}),
    "-v": (["-v"], {}),
    "PYTHONDEVMODE": ([], {"PYTHONDEVMODE": "1"}),
    "PYTHONFAULTHANDLER": ([], {"PYTHONFAULTHANDLER": "1"}),
    "PYTHONASYNCIODEBUG": ([], {"PYTHONASYNCIODEBUG": "1"}),
    "RUNNER_TRACEBACK": ([], {"RUNNER_TRACEBACK": "1"}),
}
#: What comes while an order is on its way; 0: our own mistake once it has been answered.
ENDS = {
    "abort": signal.SIGABRT,
    "fault": signal.SIGSEGV,
    "user": signal.SIGUSR1,
    "quit": signal.SIGQUIT,
    "term": signal.SIGTERM,
    "interrupt": signal.SIGINT,
    "bug": 0,
}
#: Where it is not the signal that ends it: how it ends itself.
CODES = {"bug": BUG, "interrupt": 0, "term": 0}
#: What goes wrong on purpose, when it is seen, and what is found.
LEAKS = [
    ("frames_are_told", "bug", "next api_key: stderr"),
    ("open_file_is_named_by_the_key", "term", "api_key: /proc/PID/fd"),
    ("temporary_file_keeps_the_secret", "abort", "api_secret: tmp/given"),
]
#: In each run of the suite.
QUICK = [("-X dev, in full", end, "file") for end in ("abort", "term", "bug")]
EVERY = [
    (loud, end, scheme)
    for (loud, end), scheme in zip(
        product(LOUD, ENDS), ("credential", "dotenv", "env", "exec", "file") * 10, strict=False
    )
]


def started(journey: Journey, loud: str, end: str, leak: str) -> subprocess.Popen[bytes]:
    """`runner run` at the exchange of the journey; a crash of it may leave all its memory."""
    words, said = LOUD[loud]
    there = journey.served.resolver
    assert isinstance(there, Loopback)
    what = {
        "port": there.port,
        "authority": AUTHORITY.cert_pem.bytes().decode(),
        "ahead_ms": now_ms() - machine_ms(),
        "bug": not ENDS[end],
        "leak": leak,
    }
    run = ["-m", "tests.canaries.living", json.dumps(what), "run", "probe.yaml", "--allow-exec"]
    run += ["--environment", "live", "--once", "--state", "state"]
    (journey.folder / "tmp").mkdir()
    own = {"PYTHONPATH": str(ROOT), "TMPDIR": str(journey.folder / "tmp"), "HOME": "."}
    quiet = {name: text for name, text in os.environ.items() if name not in JOURNEY_LOUD}
    shown = [(journey.folder / name).open("wb") for name in ("stdout", "stderr")]
    with shown[0], shown[1]:  # no pipes: they would be full before they are read
        return subprocess.Popen(
            [sys.executable, *words, *run],
            cwd=journey.folder,
            env=quiet | own | said,
            stdout=shown[0],
            stderr=shown[1],
            preexec_fn=cores_are_welcome,
        )


def cores_are_welcome() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def ended(journey: Journey, loud: str, end: str, leak: str = "") -> list[str]:
    """Everything that can be seen of a process until its end, and after it; what leaks there."""
    if number := ENDS[end]:
        journey.exchange.fault, journey.exchange.at = ANSWERED["hang"], ORDER
    with started(journey, loud, end, leak) as life:
        if number:
            assert journey.exchange.hangs.wait(LIFE_S), (journey.folder / "stderr").read_text()
            journey.seen += seen_of(life.pid)
            life.send_signal(number)
        journey.codes.append(life.wait(LIFE_S))
    return [*cores(journey.folder), *journey.leaks()]


def seen_of(pid: int) -> Iterator[tuple[str, bytes | str]]:
    """What other programs see of a process, but for an environment that `env:` was chosen for."""
    own = Path(f"/proc/{pid}")
    for name in ("cmdline", "environ", "maps", "comm", "status", "fd"):
        with suppress(PermissionError):  # nobody but root sees it
            seen = shown(own / name)
            if b"CANARY_SECRET" not in seen:
                yield f"/proc/PID/{name}", seen


def shown(place: Path) -> bytes:
    """A file's content; of a folder, where its links lead."""
    if place.is_file():
        return place.read_bytes()
    return " ".join(str(link.readlink()) for link in place.iterdir()).encode()


def cores(folder: Path) -> list[str]:
    """Of memory that was written to disk: which secrets stand in it as they are; it is removed."""
    found = []
    for path in [*folder.glob("core*"), *folder.glob("vgcore*")]:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as core:
            names = [it for it, text in SECRETS.items() if core.find(text.encode()) >= 0]
        found += [f"{name}: a core" for name in names]
        path.unlink()
    return found


@pytest.mark.parametrize(("loud", "end", "scheme"), QUICK)
def test_a_process_shows_no_key(loud: str, end: str, scheme: str, journey: Journey) -> None:
    journey.begin(scheme)

    assert ended(journey, loud, end) == []
    assert journey.codes == [CODES.get(end, -ENDS[end])]


@pytest.mark.soak
@pytest.mark.parametrize(("loud", "end", "scheme"), EVERY)
def test_a_process_shows_no_key_however_loud(
    loud: str, end: str, scheme: str, journey: Journey
) -> None:
    journey.begin(scheme)

    assert ended(journey, loud, end) == []
    assert journey.codes == [CODES.get(end, -ENDS[end])]


def cores_lie_in_the_folder() -> bool:
    """Where the system puts them elsewhere, or writes none, there is nothing to look at."""
    pattern = Path("/proc/sys/kernel/core_pattern")
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    return pattern.exists() and pattern.read_text().startswith("core") and most != 0


@pytest.mark.skipif(not cores_lie_in_the_folder(), reason="cores are not written to the folder")
def test_a_core_is_found(journey: Journey) -> None:
    journey.begin("file")

    assert "api_secret: a core" in ended(journey, "PYTHONFAULTHANDLER", "abort", "core_is_written")


@pytest.mark.parametrize(("leak", "end", "where"), LEAKS)
def test_a_process_that_leaks_is_found(leak: str, end: str, where: str, journey: Journey) -> None:
    journey.begin("file")

    assert where in ended(journey, "RUNNER_TRACEBACK", end, leak)
