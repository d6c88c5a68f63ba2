"""Which exchanges take nothing from this machine just now, for whoever only looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runner.exchange.budget.limits import scopes_of
from runner.exchange.budget.tally import read
from runner.exchange.budget.told import Place
from runner.model.clock import Clock, iso


def closings(folder: Path, clock: Clock) -> list[str]:
    """What is closed by the files in `folder`, in order of their names."""
    return list(dict.fromkeys(_closings(folder, clock)))


def _closings(folder: Path, clock: Clock) -> Iterator[str]:
    now_ms, wall_ms = round(clock.monotonic_s() * 1000), clock.wall_ms()
    for path in sorted(folder.glob("*-*-*.a*")):
        exchange, _, scope, *_ = path.stem.split("-")
        place = Place.ADDRESS if path.suffix == f".{Place.ADDRESS}" else Place.ACCOUNT
        data = path.read_bytes() if path.is_file() else b""
        for known in scopes_of(exchange):
            windows = known.address if place is Place.ADDRESS else known.account
            tally = read(data, windows) if known.name == scope else None
            left_ms = 0 if tally is None else tally.moved(windows, now_ms).closed_ms()
            if tally is not None and left_ms:
                yield closing_text(exchange, place, tally.why, wall_ms + left_ms)


def closing_text(exchange: str, place: Place, status: int, until_ms: int) -> str:
    """Who stops whom, until when, by which HTTP status."""
    verb = "has banned" if status == 418 else "takes nothing from"
    until = iso(until_ms // 1000 * 1000)
    return f"{exchange} {verb} this {place} until {until} (HTTP {status})"
