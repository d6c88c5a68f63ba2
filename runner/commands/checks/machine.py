"""What stands on this machine: the core, the libraries, its clocks and time zones."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from runner.commands.checks.verdict import Check, Verdict, ok
from runner.model.clock import Clock, iso

#: What trades depend on; found without being imported.
_LIBRARIES = ("ccxt", "numpy", "ta-lib", "aiohttp", "apscheduler", "simpleeval", "pyyaml")
_OLDEST_PYTHON = (3, 11)
# Nobody could have written a rule file for this version before: the clock was never set.
_BUILT_MS = 1_760_000_000_000
_MOST_DRIFT_MS = 100.0  # a time server that slews corrects half a millisecond per second


def core_check() -> Check:
    """Whether the candle loop is compiled: the results are the same, the speed is not."""
    from runner.commands.main import core_is_compiled

    if core_is_compiled():
        return ok("core", "runner.core", "compiled")
    fact = "not compiled: the same results, slower"
    help = "install a wheel of this system, or a compiler and build it"
    return Check("core", "runner.core", Verdict.WARNING, fact, help)


def version_checks() -> Iterator[Check]:
    """Python and the libraries; one that is missing is refused."""
    from importlib.metadata import PackageNotFoundError, version

    found = sys.version_info[:2] >= _OLDEST_PYTHON
    text = ".".join(map(str, sys.version_info[:3]))
    verdict = Verdict.OK if found else Verdict.REFUSED
    yield Check("version", "python", verdict, text, "" if found else "use Python 3.11 or newer")
    for name in _LIBRARIES:
        try:
            yield ok("version", name, version(name))
        except PackageNotFoundError:
            help = "install runner with its dependencies"
            yield Check("version", name, Verdict.REFUSED, "not installed", help)


class Watched:
    """The clocks as they stood when the command began."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall_ms, self._monotonic_s = clock.wall_ms(), clock.monotonic_s()

    def checks(self) -> Iterator[Check]:
        """Whether both moved alike since then, and what cannot be told from here."""
        wall_ms, passed_ms = self._clock.wall_ms(), self._passed_ms()
        drift_ms = wall_ms - self._wall_ms - passed_ms
        if wall_ms < _BUILT_MS:
            fact = f"it is {iso(wall_ms)} by this machine, before this runner was built"
            yield Check("clock", "wall", Verdict.REFUSED, fact, "set the clock", 3)
        elif abs(drift_ms) > _MOST_DRIFT_MS:
            fact = f"it jumped by {drift_ms:.0f} ms against the monotonic clock just now"
            help = "look at what sets the clock: bars and signed requests depend on it"
            yield Check("clock", "wall", Verdict.WARNING, fact, help)
        else:
            fact = f"{iso(wall_ms // 1000 * 1000)}, in step with the monotonic clock"
            yield ok("clock", "wall", fact)
        fact = "whether a time server sets this clock cannot be told from here"
        help = "ask the system, such as with `timedatectl`"
        yield Check("clock", "time server", Verdict.CANNOT_VERIFY, fact, help)

    def _passed_ms(self) -> float:
        return (self._clock.monotonic_s() - self._monotonic_s) * 1000.0


def zone_checks(zones: list[str]) -> Iterator[Check]:
    """The time zones that the file names can be loaded."""
    from zoneinfo import ZoneInfo

    for zone in zones:
        try:
            ZoneInfo(zone)
        except (KeyError, OSError, ValueError):
            fact = "the time zone database of this machine does not hold it"
            yield Check("zone", zone, Verdict.REFUSED, fact, "install `tzdata`", 3)
        else:
            yield ok("zone", zone, "can be loaded")
