"""`runner schedule FILE`: when the file is looked at next, and what it may do then."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import settings_option

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.engine.agenda import Evaluation

#: Python's calendar ends with the year 9999.
LAST_MS = int(datetime(9990, 1, 1, tzinfo=UTC).timestamp()) * 1000


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", metavar="TIME", help="Begin here; default: now.")
@click.option(
    "--count", default=10, show_default=True, type=click.IntRange(1, 10_000), help="How many."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
def command(
    file: Path, since: str | None, count: int, as_json: bool, operator: Path | None
) -> None:
    """List the next closes at which a rule file is evaluated, with sessions and blackouts."""
    from runner.commands.files import strategy_from
    from runner.commands.times import instant_of
    from runner.engine.agenda import agenda
    from runner.model.clock import machine_ms

    strategy = strategy_from(file, operator=operator)
    from_ms = machine_ms() if since is None else instant_of("--from", since)
    if not 0 <= from_ms <= LAST_MS - count * strategy.timeframe.ms:
        raise click.UsageError(f"`--from {since}` is out of the calendar: write 1970 to 9989")
    evaluations = agenda(strategy, from_ms, count)
    if as_json:
        click.echo(json.dumps(schedule_document(strategy, evaluations)))
        return
    delay = strategy.schedule.delay_ms
    after = f", {delay / 1000:g} s after it" if delay else ""
    click.echo(f"{strategy.name}: at every close of a {strategy.timeframe.text} bar{after}")
    for one in evaluations:
        click.echo(evaluation_text(strategy, one))


def schedule_document(strategy: Strategy, evaluations: list[Evaluation]) -> dict[str, Any]:
    """All of them; times in UTC, and `local` in the file's timezone."""
    from runner.model.clock import iso

    return {
        "schema": 1,
        "strategy": strategy.name,
        "timeframe": strategy.timeframe.text,
        "timezone": strategy.timezone,
        "delay_ms": strategy.schedule.delay_ms,
        "max_lateness_ms": strategy.schedule.max_lateness_ms,
        "instants": [
            {
                "time": iso(one.due_at),
                "local": local(strategy, one).isoformat(),
                "bar_closed_at": iso(one.closed_at),
                "sessions": list(one.sessions),
                "enters": [str(side) for side in one.enters],
                "blackout": one.in_blackout,
                "closes_positions": one.ends_session or one.ends_all,
            }
            for one in evaluations
        ],
    }


def evaluation_text(strategy: Strategy, one: Evaluation) -> str:
    """One line: when, where the day stands there, and what is not as always."""
    from runner.model.clock import iso

    parts = [iso(one.due_at)]
    if strategy.timezone != "UTC":
        parts.append(f"{local(strategy, one):%a %Y-%m-%d %H:%M:%S %z} {strategy.timezone}")
    if strategy.sessions:
        parts.append(f"in {', '.join(one.sessions)}" if one.sessions else "outside all sessions")
    if one.in_blackout:
        parts.append("in a blackout")
    if len(one.enters) < len(strategy.entries):
        sides = " or ".join(one.enters)
        parts.append(f"enters {sides} only" if sides else "enters nothing")
    if one.ends_session or one.ends_all:
        parts.append("closes positions")
    return "  ".join(parts)


def local(strategy: Strategy, one: Evaluation) -> datetime:
    """What a clock shows in the file's timezone."""
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(one.due_at / 1000, ZoneInfo(strategy.timezone))
