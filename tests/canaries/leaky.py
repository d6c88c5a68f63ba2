"""Runners that leak, each in one way of its own: what the journey and its search must find."""

from __future__ import annotations

import base64
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from runner.commands.trading import clock
from runner.engine import beginning, logbook, running
from runner.exchange import client, library, wire
from runner.exchange.budget.pace import Pace
from runner.journal.database import Journal
from runner.model.calls import CallRecord
from runner.model.errors import Halt, Refused
from runner.model.secrets import Secret
from runner.secrets import reference
from tests.canaries.journey import Journey
from tests.canaries.secrets import KEY, SECRET

Leak = Callable[[pytest.MonkeyPatch, Journey], None]


def told(patch: pytest.MonkeyPatch, what: str) -> None:
    """Something is said beside the order's line."""
    patch.setattr(clock, "tell_order", lambda record: print(what))


def secret_shows_itself(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """`***` is forgotten, and somebody logs what it was given."""
    patch.setattr(Secret, "__repr__", lambda self: f"Secret({self._text!r})")
    asked = reference.resolved

    def resolved(*words: Any, **named: Any) -> dict[str, Secret]:
        keys = asked(*words, **named)
        logging.getLogger("runner").debug("resolved %s", keys)
        return keys

    patch.setattr(clock, "resolved", resolved)


def answers_are_not_scrubbed(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """What the exchange echoes is taken as it is: here as the name of an order."""
    patch.setattr(client, "_without", lambda *asked: asked[-1])
    journey.exchange.fault = lambda good, echo: _renamed(good, SECRET)
    journey.exchange.at = "POST /api/v3/order"


def _renamed(good: Any, word: str) -> Any:
    from tests.exchange.scripted import Reply

    return Reply(good | {"orderId": word})


def error_quotes_the_signed_address(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """An error tells which address was asked."""
    send = wire.Wire._checked

    def checked(self: Any, method: str, url: str, headers: Any, data: Any) -> Any:
        if "signature" in url:
            raise Halt(f"cannot send {url}")
        return send(self, method, url, headers, data)

    patch.setattr(wire.Wire, "_checked", checked)


def library_logs_at_debug(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """ccxt is left to log its requests, headers and all."""
    patch.setattr(library, "_above_debug", lambda record: True)
    closed = library._closed

    def open_(*words: Any) -> Any:
        logging.getLogger("ccxt").filters.clear()
        made = closed(*words)
        made.verbose = True
        made.log = lambda self, *parts: logging.getLogger("ccxt").debug("%s", parts)
        return made

    patch.setattr(library, "_closed", open_)


def journal_keeps_the_key(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """The journal notes which key signs by the key itself."""
    signed_by = Journal.signed_by
    patch.setattr(Journal, "signed_by", lambda self, key, account: signed_by(self, KEY, account))


def audit_names_the_key(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """The audit log has the key where its fingerprint belongs."""
    recorder = logbook.recorder

    def made(*words: Any) -> Any:
        record = recorder(*words)

        def tell(call: CallRecord) -> None:
            record(replace(call, key=KEY))

        return tell

    patch.setattr(beginning, "recorder", made)


def _child(told: list[str], **named: Any) -> None:
    """A child that shows what anybody sees of it."""
    show = "import sys; [sys.stdout.write(open(f'/proc/self/{n}').read()) for n in sys.argv[1:3]]"
    words = [sys.executable, "-c", show, "cmdline", "environ", *told]
    with open("child.log", "wb") as log:
        subprocess.run(words, stdout=log, check=True, **named)


def child_gets_the_secret_as_argument(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """A program is started with the secret on its command line."""
    patch.setattr(clock, "tell_order", lambda record: _child([f"--secret={SECRET}"]))


def child_inherits_the_secret(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """A program is started with our environment and the secret in it."""
    patch.setattr(clock, "tell_order", lambda record: _child([], env={"SIGNER": SECRET}))


def export_holds_it_in_base64(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """An HTTP login in what is exported."""
    login = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    told(patch, f'{{"headers": {{"Authorization": "Basic {login}"}}}}')


def error_holds_it_for_an_address(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """A refusal quotes a form, in which every byte is written as `%` and digits."""
    form = "".join(f"%{byte:02x}" for byte in quote(SECRET).encode())

    def refuse(*words: Any) -> None:
        raise Refused(f"the exchange does not take `secret={form}`")

    patch.setattr(running, "refuse_leverage", refuse)


def status_shows_the_beginning(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """The first sixteen characters, to tell keys apart."""
    told(patch, f"signed by {KEY[:16]}…")


def budget_is_named_by_the_key(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """A budget's file is named after the key that spends it."""
    shared = Pace.shared

    def named(folder: Any, *words: Any) -> Any:
        pace = shared(folder, *words)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"binance-{KEY.lower()}").touch()
        return pace

    patch.setattr(Pace, "shared", named)


def crash_report_shows_locals(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """Our own mistake leaves the door with the frames that hold what was signed."""
    patch.setattr(library, "forget", lambda error: None)
    journey.bug = "a mistake of ours"


def secret_can_be_pickled(patch: pytest.MonkeyPatch, journey: Journey) -> None:
    """A secret travels with whatever holds it."""
    patch.setattr(Secret, "__reduce__", lambda self: (Secret, (self._text,)))


#: Each of them must be found.
LEAKS: dict[str, Leak] = {
    leak.__name__: leak
    for leak in (
        secret_shows_itself,
        answers_are_not_scrubbed,
        error_quotes_the_signed_address,
        library_logs_at_debug,
        journal_keeps_the_key,
        audit_names_the_key,
        child_gets_the_secret_as_argument,
        child_inherits_the_secret,
        export_holds_it_in_base64,
        error_holds_it_for_an_address,
        status_shows_the_beginning,
        budget_is_named_by_the_key,
        crash_report_shows_locals,
        secret_can_be_pickled,
    )
}
