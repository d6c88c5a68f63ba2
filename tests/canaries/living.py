"""`python -m tests.canaries.living WHAT run …`: the command line at an exchange on this machine.

WHAT is JSON: `port` and `authority` (PEM) of the exchange, how far its clock is ahead, `bug`:
whether a mistake of ours happens once an order has been answered, `leak`: what goes wrong.
"""

from __future__ import annotations

import json
import ssl
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from runner.commands import main
from runner.commands.trading import clock
from runner.exchange import library, wire
from runner.exchange.transport import Transport
from runner.model.clock import MachineClock, machine_ms
from runner.secrets import reference
from tests.exchange.scripted import Loopback


def begin(what: dict[str, Any], words: list[str]) -> int:
    """Runs the command line there."""
    trusting = ssl.create_default_context(cadata=what["authority"])
    there = Transport(Loopback(what["port"]), trusting)
    clock.transport = lambda: there
    MachineClock.wall_ms = lambda self: machine_ms() + what["ahead_ms"]  # type: ignore[method-assign]
    library._TIMEOUT_MS = 1_500
    if what["bug"]:
        wire.limits_of = _mistaken
    if what["leak"]:
        LEAKS[what["leak"]]()
    return main.run(words)


def _mistaken(headers: Any) -> dict[str, str]:
    call = wire.CALL.get()
    if call is not None and call.verb == "submit":
        raise ZeroDivisionError("a mistake of ours")
    return LIMITS_OF(headers)


def core_is_written() -> None:
    """A crash leaves what was in memory."""
    reference.forbid_dumps = lambda: None  # type: ignore[attr-defined]


def frames_are_told() -> None:
    """Our own mistake leaves the door as it is, and whoever prints it shows what frames held."""
    import traceback

    library.forget = lambda mistake: None

    def failure(error: Exception) -> int:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        print("".join(shown.format()), file=sys.stderr)
        return main.BUG

    clock.failure = failure  # type: ignore[attr-defined]


def open_file_is_named_by_the_key() -> None:
    """A file is there for as long as it is open; its name is that of the key."""
    core_is_written()  # and anybody may look
    path = Path(Path("kept/CANARY_KEY").read_text())
    OPEN.append(path.open("w"))
    path.unlink()


def temporary_file_keeps_the_secret() -> None:
    """Something that takes files alone was given the secret, and nobody tidied up."""
    secret = Path("kept/CANARY_SECRET").read_text()
    Path(tempfile.gettempdir(), "given").write_text(secret)


#: By name.
LEAKS = {
    leak.__name__: leak
    for leak in (
        core_is_written,
        frames_are_told,
        open_file_is_named_by_the_key,
        temporary_file_keeps_the_secret,
    )
}
OPEN: list[IO[str]] = []
LIMITS_OF = wire.limits_of

if __name__ == "__main__":
    sys.exit(begin(json.loads(sys.argv[1]), sys.argv[2:]))
