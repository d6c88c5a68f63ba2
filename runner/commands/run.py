"""`runner run`: rule files trade, by the wall clock or with `--replay` on the past."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from runner.core.strategy import Strategy
    from runner.data.history import RunData
    from runner.engine.replay import Replay
    from runner.engine.session import Watch
    from runner.journal.orders import OrderRecord
    from runner.model.bars import Bars
    from runner.model.results import Result


@click.command()
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--environment",
    type=click.Choice(["paper", "testnet", "demo", "live"]),
    help="Where orders go; paper (the default) simulates fills at live prices, testnet and demo "
    "are the exchange's test sites.",
)
@click.option("--once", is_flag=True, help="One turn for what is due now, then end.")
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
@click.option(
    "--allow-exec", is_flag=True, help="Run the programs that `exec:` references name for a key."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout at the end.")
@settings_option
@state_option
def command(
    paths: tuple[Path, ...],
    environment: str | None,
    once: bool,
    specs: tuple[str, ...],
    speed: str,
    settings: tuple[str, ...],
    seed: int,
    fresh: bool,
    allow_exec: bool,
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> int:
    """Trade rule files bar by bar, every order journaled before it is sent.

    Ends at SIGTERM or Ctrl-C: entries are canceled, positions and their protection stay.
    """
    if allow_exec and environment in (None, "paper"):
        raise click.UsageError(
            "`--allow-exec` is for testnet, demo and live: nothing else needs a key"
        )
    if specs:
        if environment or once:
            raise click.UsageError("`--replay` is an environment of its own: name it alone")
        file = _one_file(paths)
        return _replay(file, specs, speed, settings, operator, seed, state, fresh, as_json)
    if fresh or as_json or speed != "max":
        raise click.UsageError("`--fresh`, `--json` and `--speed` are for `--replay`")
    from runner.commands.trading.clock import trade_by_the_clock

    return trade_by_the_clock(
        paths,
        environment or "paper",
        settings,
        operator,
        state,
        once=once,
        allow_exec=allow_exec,
    )


def _one_file(paths: tuple[Path, ...]) -> Path:
    if len(paths) != 1 or paths[0].is_dir():
        raise click.UsageError("`--replay` takes one rule file")
    return paths[0]


def _replay(
    file: Path,
    specs: tuple[str, ...],
    speed: str,
    settings: tuple[str, ...],
    operator: Path | None,
    seed: int,
    state: Path,
    fresh: bool,
    as_json: bool,
) -> int:
    from runner.commands.files import strategy_from

    replay = replay_of(strategy_from(file, settings, operator), file, specs, speed, seed, state)
    from runner.engine.replay import JOURNAL_FILE, folder_of

    folder = folder_of(replay, state, fresh=fresh)
    resumed = (folder / JOURNAL_FILE).exists()
    click.echo(f"{'resuming' if resumed else 'new run'}: {folder / JOURNAL_FILE}", err=True)
    import asyncio

    try:
        result = trade(replay, folder, quiet=as_json)
    except asyncio.CancelledError:
        click.echo("stopped: the same command goes on from here", err=True)
        return 0
    if as_json:
        from runner.report.document import document

        click.echo(json.dumps(document(result, summary=False), allow_nan=False))
        return 0
    from runner.report.text import assumption_lines, summary_lines

    journal = f"{'journal':<10}{folder / JOURNAL_FILE}"
    click.echo("\n".join(["", *summary_lines(result), journal, *assumption_lines(result)]))
    return 0


def replay_of(
    strategy: Strategy,
    file: Path,
    specs: tuple[str, ...],
    speed: str,
    seed: int,
    state: Path,
) -> Replay:
    """What is to be replayed, from the command line's words."""
    from runner.commands.files import data_for, markets_for
    from runner.engine.replay import Replay

    markets, data = markets_for(strategy, file), data_for(strategy, specs, state)
    return Replay(strategy, data, markets, seed, pace(speed, strategy.timeframe.ms))


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
    import asyncio

    from runner.engine.replay import run_replay
    from runner.report.document import document

    def told(result: Result) -> dict[str, Any]:
        return document(result, summary=True)

    with watching(replay.data, quiet=quiet) as watch:
        return asyncio.run(until_stopped(run_replay(replay, folder, watch, step, told)))


async def until_stopped(work: Coroutine[Any, Any, Result]) -> Result:
    """SIGTERM and SIGHUP cut the run off where it stands, which every start recovers from."""
    import asyncio
    import signal

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for name in (signal.SIGTERM, signal.SIGHUP):
        if task is not None:
            loop.add_signal_handler(name, task.cancel)
    return await work


@contextmanager
def watching(data: RunData, *, quiet: bool) -> Iterator[Watch]:
    """A line per order on stdout, and a progress bar on stderr where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from runner.engine.record import order_line
    from runner.engine.session import Watch
    from runner.model.orders import OrderState, Purpose
    from runner.report.text import order_text

    bars = {market.symbol: market.bars for market in data.markets}

    def order(record: OrderRecord) -> None:
        rests = record.request.purpose is Purpose.PROTECT
        ended = (OrderState.EXPIRED, OrderState.CANCELED) if rests else ()
        unheard = (OrderState.INTENDED, *ended)
        if not quiet and record.state not in unheard:
            click.echo(order_text(order_line(record, bars.get(record.request.symbol))))

    with Progress(
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        redirect_stdout=sys.stdout.isatty(),  # a pipe or file keeps its lines
    ) as progress:
        task = progress.add_task("bars", total=sum(map(len, bars.values())))

        def bar(seen: Mapping[str, Bars]) -> None:
            progress.update(task, completed=sum(map(len, seen.values())))

        yield Watch(order, bar)
