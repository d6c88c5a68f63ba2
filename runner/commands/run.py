"""`runner run FILE --replay DATA`: the rule file trades on the exchange on this machine."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import state_option

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from runner.core.strategy import Strategy
    from runner.engine.replay import Replay
    from runner.engine.session import Watch
    from runner.journal.orders import OrderRecord
    from runner.model.bars import Bars
    from runner.model.results import Result


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replay",
    "specs",
    multiple=True,
    metavar="DATA",
    help="Trade on the embedded exchange: FILE, SYMBOL=FILE, a folder, or synthetic:SEED.",
)
@click.option(
    "--speed",
    default="max",
    show_default=True,
    metavar="N|max",
    help="Times faster than the clock; max does not wait.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--seed", default=0, show_default=True, help="Names the run beside file and data.")
@click.option("--fresh", is_flag=True, help="Start over instead of resuming an unfinished run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout at the end.")
@state_option
def command(
    file: Path,
    specs: tuple[str, ...],
    speed: str,
    settings: tuple[str, ...],
    seed: int,
    fresh: bool,
    as_json: bool,
    state: Path,
) -> None:
    """Trade a rule file bar by bar, every order journaled before it is sent."""
    if not specs:
        raise click.UsageError(
            "not supported yet: trading without `--replay`; write `--replay synthetic:7` or "
            "`--replay FILE`"
        )
    from runner.commands.files import strategy_from

    replay = replay_of(strategy_from(file, settings), file, specs, speed, seed, state)
    from runner.engine.replay import JOURNAL_FILE, folder_of

    folder = folder_of(replay, state, fresh=fresh)
    resumed = (folder / JOURNAL_FILE).exists()
    click.echo(f"{'resuming' if resumed else 'new run'}: {folder / JOURNAL_FILE}", err=True)
    try:
        result = trade(replay, folder, quiet=as_json)
    except asyncio.CancelledError:
        click.echo("stopped: the same command goes on from here", err=True)
        return
    if as_json:
        from runner.report.document import document

        click.echo(json.dumps(document(result, summary=False), allow_nan=False))
        return
    from runner.report.text import assumption_lines, summary_lines

    journal = f"{'journal':<10}{folder / JOURNAL_FILE}"
    click.echo("\n".join(["", *summary_lines(result), journal, *assumption_lines(result)]))


def replay_of(
    strategy: Strategy,
    file: Path,
    specs: tuple[str, ...],
    speed: str,
    seed: int,
    state: Path,
) -> Replay:
    """What is to be replayed, from the command line's words."""
    from runner.commands.files import bars_for, market_for
    from runner.engine.replay import Replay

    market, data = market_for(strategy, file), bars_for(strategy, specs, state)
    pace_s = pace(speed, strategy.timeframe.ms)
    return Replay(strategy, data.bars, data.used(), market, seed, pace_s)


def pace(speed: str, bar_ms: int) -> float:
    """Seconds of real time per bar at `--speed`; UsageError where it is no number above zero."""
    if speed == "max":
        return 0.0
    try:
        times = float(speed)
    except ValueError:
        times = 0.0
    if not 0.0 < times < float("inf"):
        raise click.UsageError(f"`--speed {speed}` is neither `max` nor a number above zero")
    return bar_ms / 1000.0 / times


def trade(
    replay: Replay,
    folder: Path,
    *,
    quiet: bool,
    step: Callable[[str], None] = lambda name: None,
) -> Result:
    """Runs the replay with progress on a terminal and one line per order."""
    from runner.engine.replay import run_replay
    from runner.report.document import document

    def told(result: Result) -> dict[str, Any]:
        return document(result, summary=True)

    with watching(replay.bars, quiet=quiet) as watch:
        return asyncio.run(until_stopped(run_replay(replay, folder, watch, step, told)))


async def until_stopped(work: Coroutine[Any, Any, Result]) -> Result:
    """SIGTERM and SIGHUP cut the run off where it stands, which every start recovers from."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for name in (signal.SIGTERM, signal.SIGHUP):
        if task is not None:
            loop.add_signal_handler(name, task.cancel)
    return await work


@contextmanager
def watching(bars: Bars, *, quiet: bool) -> Iterator[Watch]:
    """A line per order on stdout, and a progress bar on stderr where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from runner.engine.record import order_line
    from runner.engine.session import Watch
    from runner.model.orders import OrderState, Purpose
    from runner.report.text import order_text

    def order(record: OrderRecord) -> None:
        rests = record.request.purpose is Purpose.PROTECT
        unheard = (OrderState.EXPIRED, OrderState.CANCELED) if rests else (OrderState.INTENDED,)
        if not quiet and record.state not in unheard:
            click.echo(order_text(order_line(record, bars)))

    with Progress(
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        redirect_stdout=sys.stdout.isatty(),  # a pipe or file keeps its lines
    ) as progress:
        task = progress.add_task("bars", total=len(bars))

        def bar(seen: Bars) -> None:
            progress.update(task, completed=len(seen))

        yield Watch(order, bar)
