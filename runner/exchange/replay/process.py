"""The embedded exchange as the runner holds it: started, found again, moved, asked, stopped.

The child lives in a session of its own: it outlives the runner, and the next `start` finds it.
Where it died, `start` brings it back from its ledger, at the clock where it stood.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from runner.exchange.replay.access import (
    CONTROL_HOST,
    LOCK_FILE,
    LOG_FILE,
    Access,
    client_context,
    private,
    read_access,
    write_private,
)
from runner.exchange.replay.failures import FAILED
from runner.exchange.replay.setup import SETUP_FILE, Setup, setup_text
from runner.exchange.transport import Transport
from runner.model.errors import Refused, Unavailable
from runner.model.secrets import Secret

START_WAIT_S = 30.0  # measured 0.8 s; a busy machine may need longer
PING_WAIT_S = 5.0
ANSWER_WAIT_S = 60.0  # one `advance` may play a whole file of bars
STOP_WAIT_S = 10.0
# What a child process needs of our environment; references to secrets stay behind.
_INHERITED = (
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPATH",
    "TMPDIR",
    "VIRTUAL_ENV",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the simulated time stands. `step` counts its moves; they never go back.

    `in_bar`: within a bar (`now_ms` is its close - 1 ms), after a fill that needs protection; else
    at a close, with its funding charged (at step 0 at the first open). `ended`: the last bar has
    closed.
    """

    step: int
    now_ms: int
    ended: bool
    in_bar: bool


class EmbeddedExchange:
    """A running exchange of one folder. `start` is the only way to one."""

    def __init__(
        self, folder: Path, access: Access, log: Log, child: subprocess.Popen[bytes] | None
    ) -> None:
        self._folder = folder
        self._log = log
        self._child = child
        self._bearer = Secret(f"Bearer {access.token}")
        self._session: aiohttp.ClientSession | None = None
        self.pid = access.pid
        self.api_key = Secret(access.api_key)
        self.api_secret = Secret(access.api_secret)

    @staticmethod
    def start(folder: Path, setup: Setup, faults: Path | None = None) -> EmbeddedExchange:
        """The folder's living exchange, or a new process that goes on from its ledger.

        `faults` is for tests (see faults.py). Blocks until the exchange answers.
        """
        _settle(folder, setup)
        access, log = read_access(folder), Log.of(folder)
        if access is not None and _is_served(folder) and _answers(folder, access):
            return EmbeddedExchange(folder, access, log, None)
        child = _spawn(folder, log, faults)
        access = read_access(folder)
        assert access is not None  # the child wrote it before it said that it is ready
        return EmbeddedExchange(folder, access, log, child)

    def transport(self) -> Transport:
        """Leads every host name to this exchange, and trusts its certificate alone."""
        return Transport(Resolver(self._folder), client_context(self._folder))

    async def advance(self, after_step: int) -> Clock:
        """Plays to the next stop after `after_step`; where the clock is beyond it, nothing moves.

        A stop is the close of an instant at which any symbol's bar closes, or a fill within a bar
        that the runner has to protect.
        """
        return _clock(await self._ask("POST", "/advance", {"after_step": after_step}))

    async def grow(
        self,
        bars: Mapping[str, Sequence[tuple[float, ...]]],
        forming: Mapping[str, tuple[int, float]],
    ) -> Clock:
        """Closed bars by symbol (opened_at, open … close, volume), and opens of those that form."""
        return _clock(await self._ask("POST", "/grow", {"bars": bars, "forming": forming}))

    async def clock(self) -> Clock:
        """Where the clock stands."""
        return _clock(await self._ask("GET", "/ping", None))

    async def state(self) -> dict[str, Any]:
        """The whole ledger, table by table, and the clock: what tests judge by."""
        return await self._ask("GET", "/state", None)

    async def close(self) -> None:
        """Lets go of the exchange, which goes on living."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def stop(self) -> None:
        """Ends the process; returns when it is gone."""
        with contextlib.suppress(Unavailable, TimeoutError):  # gone, or hanging: the lock tells
            await asyncio.wait_for(self._ask("POST", "/stop", None), STOP_WAIT_S)
        await self.close()
        await asyncio.to_thread(_wait_gone, self._folder, self.pid)
        if self._child is not None:
            self._child.wait()

    async def _ask(self, method: str, path: str, document: Any) -> dict[str, Any]:
        if self._session is None:
            self._session = self._open()
        bearer = {"Authorization": self._bearer.reveal()}
        url = f"https://{CONTROL_HOST}{path}"
        try:
            async with self._session.request(
                method, url, json=document, headers=bearer
            ) as response:
                if response.status != 200:
                    raise Unavailable(
                        f"the embedded exchange answered {response.status} to {path}; "
                        f"see `{self._log.path}`"
                    )
                answer: dict[str, Any] = await response.json()
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as reason:
            raise Unavailable(
                f"the embedded exchange (process {self.pid}) does not answer: "
                f"{self._log.reason() or 'start again, it goes on from its ledger'} "
                f"(log: `{self._log.path}`)"
            ) from reason

    def _open(self) -> aiohttp.ClientSession:
        transport = self.transport()
        connector = aiohttp.TCPConnector(
            ssl=transport.ssl_context, resolver=transport.resolver, use_dns_cache=False
        )
        timeout = aiohttp.ClientTimeout(total=ANSWER_WAIT_S)
        return aiohttp.ClientSession(connector=connector, timeout=timeout)


@dataclass(frozen=True, slots=True)
class Log:
    """What the exchange writes about its mistakes, from byte `start` on: this life's part."""

    path: Path
    start: int

    @staticmethod
    def of(folder: Path) -> Log:
        """The log of a life that begins now, or that has said nothing yet."""
        path = folder / LOG_FILE
        return Log(path, path.stat().st_size if path.exists() else 0)

    def reason(self) -> str:
        """Why the process ended, if that is the last thing it said; else empty."""
        try:
            lines = self.path.read_bytes()[self.start :].decode(errors="replace").splitlines()
        except OSError:
            return ""
        last = lines[-1] if lines else ""
        return last.removeprefix(FAILED) if last.startswith(FAILED) else ""


class Resolver(AbstractResolver):
    """Every host name lives at the folder's exchange, also after a restart on another port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The one address there is."""
        access = read_access(self._folder)
        if access is None:
            raise OSError("the embedded exchange was never started")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=access.port,
                family=socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held open."""


def _clock(answer: dict[str, Any]) -> Clock:
    return Clock(answer["step"], answer["now_ms"], answer["ended"], answer["in_bar"])


def _settle(folder: Path, setup: Setup) -> None:
    """The folder exists, is ours alone, and holds this setup."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path, text = folder / SETUP_FILE, setup_text(setup)
    if not path.exists():
        write_private(path, text.encode())
    elif path.read_text() != text:
        raise Refused(f"`{folder}` holds a run with other data or rules; start over with `--fresh`")


def _is_served(folder: Path) -> bool:
    """A process holds the folder's lock; the port alone may be that of a copied folder."""
    with (folder / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _answers(folder: Path, access: Access) -> bool:
    """A living exchange of this folder listens at the noted port."""
    headers = {"Authorization": f"Bearer {access.token}"}
    connection = HTTPConnection(CONTROL_HOST, timeout=PING_WAIT_S)
    try:
        raw = socket.create_connection(("127.0.0.1", access.port), timeout=PING_WAIT_S)
        context = client_context(folder)
        connection.sock = context.wrap_socket(raw, server_hostname=CONTROL_HOST)
        connection.request("GET", "/ping", headers=headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _spawn(folder: Path, log: Log, faults: Path | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "runner.exchange.replay", "--folder", str(folder.resolve())]
    if faults is not None:
        command += ["--faults", str(faults)]
    with open(log.path, "ab", opener=private) as file:
        child = subprocess.Popen(
            command,
            env={name: os.environ[name] for name in _INHERITED if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,
        )
    assert child.stdout is not None  # asked for above
    with child.stdout as pipe:
        readable, _, _ = select.select([pipe], [], [], START_WAIT_S)
        if readable and pipe.readline() == b"ready\n":
            return child
    child.kill()
    child.wait()
    reason = log.reason()
    why = f": {reason}" if reason else ""
    raise Unavailable(f"the embedded exchange did not start; see `{log.path}`{why}")


def _wait_gone(folder: Path, pid: int) -> None:
    """The folder's lock is free once its process has ended; one that hangs is killed."""
    deadline = time.monotonic() + STOP_WAIT_S
    with (folder / LOCK_FILE).open("w") as lock:
        while True:
            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)  # who holds the lock wrote this id
                    deadline += STOP_WAIT_S
                time.sleep(0.005)
