"""The child process: TLS on 127.0.0.1, one request at a time to the venue.

A mistake of ours ends the process at once: the ledger holds all that was answered, and the next
start goes on from there. What went wrong is in the log file.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sqlite3
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp.web import BaseRequest, Response, Server, ServerRunner, SockSite

from runner.exchange.replay import faults as fault
from runner.exchange.replay.access import (
    CONTROL_HOST,
    Access,
    issue_access,
    server_context,
    write_access,
)
from runner.exchange.replay.control import Control
from runner.exchange.replay.failures import FAILED, in_our_words
from runner.exchange.replay.faults import Faults
from runner.exchange.replay.growth import regrow
from runner.exchange.replay.ledger import LEDGER_FILE, Ledger
from runner.exchange.replay.protocol import Protocol, Reply
from runner.exchange.replay.setup import SETUP_FILE, load_bars, load_funding, setup_of
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Request

_log = logging.getLogger(__name__)
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on with 0 s: closing sends RST


async def serve(folder: Path, faults: Faults, idle_s: float, ready: Callable[[], None]) -> None:
    """Answers until it is told to stop, or nobody has asked for `idle_s`."""
    setup = setup_of((folder / SETUP_FILE).read_text())
    ledger = Ledger(folder / LEDGER_FILE)
    ledger.at_commit = faults.at_commit
    tapes = tuple(
        Tape(load_bars(setup, one, folder), load_funding(one, folder)) for one in setup.symbols
    )
    regrow(ledger, tapes)
    venue = Venue(setup, tapes, ledger)
    context = server_context(folder)
    issued = issue_access(folder)
    with _listening(issued.port) as listening:
        access = replace(issued, port=listening.getsockname()[1], pid=os.getpid())
        desk = Desk(venue, access, faults, idle_s)
        runner = ServerRunner(Server(desk.handle, access_log=None))
        await runner.setup()
        await SockSite(runner, listening, ssl_context=context).start()
        write_access(folder, access)
        ready()
        await desk.done()
        await runner.cleanup()
    ledger.close()


def _listening(port: int) -> socket.socket:
    """A socket on the folder's earlier port, or on any where another process has that."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))


class Desk:
    """Takes requests from the socket to the protocol or the control, through the faults."""

    def __init__(self, venue: Venue, access: Access, faults: Faults, idle_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._protocol = Protocol(venue, access)
        self._control = Control(venue, access, self._stop.set)
        self._faults = faults
        self._idle_s = idle_s
        self._asked_at = self._loop.time()

    async def done(self) -> None:
        """Returns when the process should end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        self._watch()
        await self._stop.wait()

    def _watch(self) -> None:
        left = self._asked_at + self._idle_s - self._loop.time()
        if left <= 0:
            self._stop.set()
        else:
            self._loop.call_later(left, self._watch)

    async def handle(self, request: BaseRequest) -> Response:
        """One request; between reading it and answering it nothing else runs."""
        body = await request.read()
        self._asked_at = self._loop.time()
        path, _, query = request.raw_path.partition("?")
        do = self._faults.of(request.method, path)
        try:
            return self._answer(request, path, query, body, do)
        except (OSError, sqlite3.Error) as reason:  # a full disk, most of the time
            print(f"{FAILED}{in_our_words(reason)}", file=sys.stderr, flush=True)
            os._exit(3)
        except Exception:
            _log.exception("a request ended in a mistake of ours")
            os._exit(70)

    def _answer(
        self, request: BaseRequest, path: str, query: str, body: bytes, do: str
    ) -> Response:
        if do in fault.BEFORE:
            return _vanish(request, do)
        if do.startswith(fault.STATUS):
            return _failed(do)
        reply = self._reply(request, path, query, body)
        if do in fault.AFTER:
            return _vanish(request, do)
        if do.startswith(fault.STATUS_AFTER):
            return _failed(do)
        if do == fault.MALFORMED:
            return Response(text="<html><body>maintenance</body></html>", content_type="text/html")
        return _response(reply)

    def _reply(self, request: BaseRequest, path: str, query: str, body: bytes) -> Reply:
        host = request.headers.get("Host", "").partition(":")[0]
        if self._protocol.speaks_for(host):
            key = request.headers.get("X-MBX-APIKEY", "")
            return self._protocol.answer(host, Request(request.method, path, query, body, key))
        if host == CONTROL_HOST:
            bearer = request.headers.get("Authorization", "")
            return self._control.answer(request.method, path, bearer, body)
        return Reply(421, "this exchange does not answer for that host")


def _response(reply: Reply) -> Response:
    if isinstance(reply.document, str):
        return Response(status=reply.status, text=reply.document, content_type="text/html")
    text = json.dumps(reply.document, separators=(",", ":"))
    return Response(
        status=reply.status, text=text, content_type="application/json", headers=reply.headers
    )


def _failed(do: str) -> Response:
    """What Binance answers with this status; source: rest-api.md, "HTTP return codes"."""
    status = int(do.partition(":")[2])
    if status in (418, 429):
        document: dict[str, Any] = {"code": -1003, "msg": "Too many requests"}
        return _response(Reply(status, document, {"Retry-After": "1"}))
    message = "An unknown error occurred while processing the request."
    return _response(Reply(status, {"code": -1000, "msg": message}))


def _vanish(request: BaseRequest, do: str) -> Response:
    """The connection is gone and with it any answer, perhaps the process too."""
    if do.startswith("kill"):
        fault.die()
    transport = request.transport
    assert transport is not None  # the request has just been read from it
    if do == "reset":
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
    return Response()
