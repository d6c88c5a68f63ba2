"""A person with two keys in one folder: runs commands, and gathers everything that can be seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from runner.commands import main
from runner.commands.trading import clock
from runner.engine.bell import SchedulerBell
from runner.exchange import library, wire
from runner.exchange.budget.pace import Pace
from runner.exchange.transport import Transport
from runner.model.accounts import CREDENTIALS, Venue
from runner.model.clock import Clock, MachineClock, machine_ms
from tests.canaries.binance import HOUR_MS, Binance
from tests.canaries.exchange import Echoing
from tests.canaries.faults import SPEECHLESS
from tests.canaries.keeping import KEEPERS, KEPT, VALUES
from tests.canaries.others import OTHERS
from tests.canaries.scanner import Scanner
from tests.canaries.secrets import KEY, NEXT_KEY, SECRETS
from tests.canaries.watching import errors_of, listening, living, process
from tests.commands.desk import bars, csv, probe

#: Variables by which runner, asyncio and Python speak as much as they can.
LOUD = {"RUNNER_TRACEBACK": "1", "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1"}
WAIVER = '[{check: ip_list, reason: "compared", until: "2999-01-01"}]'
#: How far ahead of the machine's the clock of a journey is: it begins half a minute after a bar has
#: closed, whenever the tests are run and however long they take.
_AHEAD_MS = [0]
#: What somebody has waited for: nobody sleeps.
_WAITED: list[float] = []


def now_ms() -> int:
    """The wall clock of runner and of the exchange."""
    return machine_ms() + _AHEAD_MS[0] + round(sum(_WAITED) * 1000)


async def ring(bell: object, at_ms: int, within_s: float) -> None:
    """Time passes."""
    await _wait(max(0.0, min((at_ms - now_ms()) / 1000, within_s)))


async def _wait(seconds: float) -> None:
    _WAITED.append(seconds)
    await asyncio.sleep(0)


def paced(folder: Path, exchange: str, venue: Venue, key: str, clock: Clock, _: Any) -> Pace:
    """What nobody sleeps for: the exchange's limits."""
    return SHARED(folder, exchange, venue, key, clock, _wait)


def rule_file(reference: Callable[[str], str], exchange: str) -> str:
    """A rule file that enters at once, with these references to its keys."""
    names = {it: it.removeprefix("api_").upper() for it in CREDENTIALS[exchange]}
    keys = [
        ", ".join(f"{it}: '{reference(which + name)}'" for it, name in names.items())
        for which in ("CANARY_", "CANARY_NEXT_")
    ]
    text = probe(credentials=f"{{{keys[0]}}}")
    text = text.replace("    permissions:", f"    next: {{{keys[1]}}}\n    permissions:")
    if exchange in OTHERS:
        return OTHERS[exchange].rule_file(text)
    return text.replace("    permissions:", f"    unverifiable: {WAIVER}\n    permissions:")


@dataclass
class Journey:
    """One folder, one provider; what was seen of it is in `seen`, by where it was seen."""

    folder: Path
    patch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]
    exchange: Echoing
    served: Transport
    scanner: Scanner = field(default_factory=lambda: Scanner(SECRETS))
    seen: list[tuple[str, bytes | str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    there: Transport | None = None  # in place of the way to the exchange
    looked: bool = False
    bug: str = ""  # where our own mistake happens inside of the door

    def begin(
        self, scheme: str, exchange: str = "binance", values: Mapping[str, str] = VALUES
    ) -> None:
        """Keeps the keys with a provider, and writes the files that commands want."""
        made = OTHERS[exchange].answers if exchange in OTHERS else Binance
        pairs = {
            KEY: (KEY, values["CANARY_SECRET"]),
            NEXT_KEY: (NEXT_KEY, values["CANARY_NEXT_SECRET"]),
        }
        self.exchange.mend(made(now_ms), pairs)
        for name, value in LOUD.items():
            self.patch.setenv(name, value)
        self.patch.chdir(self.folder)
        text = rule_file(KEEPERS[scheme](self.patch, self.folder, values), exchange)
        (self.folder / "probe.yaml").write_text(text)
        (self.folder / "other.yaml").write_text(text.replace("max: 20", "max: 30"))
        (self.folder / "bars.csv").write_text(csv(bars()))
        _WAITED.clear()
        _AHEAD_MS[0] = HOUR_MS - machine_ms() % HOUR_MS + 30_000
        self.patch.setattr(SchedulerBell, "ring", ring)
        self.patch.setattr(Pace, "shared", paced)
        self.patch.setattr(MachineClock, "wall_ms", lambda _: now_ms())
        self.patch.setattr(MachineClock, "monotonic_s", lambda _: time.monotonic() + sum(_WAITED))
        self.patch.setattr(clock, "transport", lambda: self.there or self.served)
        for module in (main, clock):
            self.patch.setattr(module, "failure", self._failure)
        self.patch.setattr(wire, "limits_of", self._answered)

    def runner(self, *words: str) -> int:
        """`runner WORDS` in this process, heard in every way there is."""
        hangs = self.exchange.fault is SPEECHLESS["hang"]
        self.patch.setattr(library, "_TIMEOUT_MS", 200 if hangs else 10_000)
        with listening() as heard:
            try:
                code = main.run([*words])
            except SystemExit as ended:
                code = int(str(ended.code))
        out, err = self.capfd.readouterr()
        told = " ".join(words[:2])
        self.seen += [(f"{told}: stdout", out), (f"{told}: stderr", err)]
        self.seen.append((f"{told}: log", "\n".join(heard.lines)))
        self.seen += [(f"{told}: process", process())]
        self.codes.append(code)
        return code

    def run(self, *words: str) -> int:
        """One turn at the exchange."""
        return self.runner(
            "run", "probe.yaml", "--environment", "live", "--once", "--allow-exec",
            "--state", "state", *words,
        )  # fmt: skip

    def leaks(self) -> list[str]:
        """`what: where` of every secret that can be seen; what was seen is forgotten."""
        for number, signature in enumerate(dict.fromkeys(self.exchange.signatures)):
            self.scanner.learn(f"signature {number}", signature)
        self.exchange.signatures.clear()
        places = [*self.seen, *self.written()]
        self.seen.clear()
        return [f"{name}: {where}" for where, shown in places for name in self.scanner.found(shown)]

    def written(self) -> Iterator[tuple[str, bytes | str]]:
        """Names and contents of all files but those that keep the keys."""
        for path in sorted(self.folder.rglob("*")):
            below = path.relative_to(self.folder)
            if KEPT.isdisjoint(below.parts):
                yield f"the name of {below}", str(below)
                if path.is_file():
                    yield str(below), path.read_bytes()

    def look(self) -> None:
        """Notes what all living objects show."""
        self.seen.append(("living objects", living()))

    def _failure(self, error: Exception) -> int:
        self.seen.append(("the error", errors_of(error)))
        return FAILURE(error)

    def _answered(self, headers: Any) -> dict[str, str]:
        """In the middle of the door, where everything is at hand."""
        if self.exchange.paths[-1].startswith("POST") and not self.looked:
            self.looked = True
            self.look()
        if self.bug and self.exchange.signatures:  # of a signed request
            raise ZeroDivisionError(self.bug)
        return LIMITS_OF(headers)


FAILURE, LIMITS_OF, SHARED = main.failure, wire.limits_of, Pace.shared
