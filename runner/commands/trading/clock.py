"""`runner run PATH…` without `--replay`: rule files that trade by the wall clock, side by side.

A file that halts does not stop the others; the exit code is the worst of them. What only a session
needs is imported once the exchange has answered.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.files import (
    held_to,
    inputs_for,
    markets_for,
    overrides_from,
    refuse_tests,
    settings_from,
    symbols_read_only,
    tell_diagnostics,
)
from runner.commands.main import failure
from runner.commands.runs import BUDGETS
from runner.commands.validate import is_test_file, rule_files
from runner.core.strategy import Strategy
from runner.engine.beginning import Run, begun, priced, refuse_venue
from runner.engine.bell import SchedulerBell
from runner.engine.live import Outside, Stop
from runner.exchange.transport import Transport
from runner.model.accounts import NOWHERE, Egress
from runner.model.clock import MachineClock
from runner.model.errors import Refused, RunnerError
from runner.model.markets import Market
from runner.model.secrets import Secret
from runner.model.values import dataclass
from runner.rules.compile import load
from runner.rules.diagnostic import any_error, in_order
from runner.rules.owners import second_owners
from runner.rules.settings import Settings
from runner.rules.shares import over_limits
from runner.secrets.reference import resolved

if TYPE_CHECKING:
    from runner.engine.session import Watch
    from runner.journal.orders import OrderRecord

PAPER = "paper"

Work = Callable[[Outside], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Traded:
    """One rule file, ready to start; `name` is the file's."""

    name: str
    work: Work


def transport() -> Transport | None:
    """How exchanges are reached: by their public names. Tests put their own in its place."""
    return None


def trade_by_the_clock(
    paths: tuple[Path, ...],
    environment: str,
    settings: Sequence[str],
    operator: Path | None,
    state: Path,
    *,
    once: bool,
    allow_exec: bool,
) -> int:
    """Trades until a signal asks for an end; with `once` only what is due now."""
    allowed = settings_from(operator)
    strategies = strategies_of(paths, settings, allowed, environment)
    if strategies is None:
        return 1
    egress = NOWHERE if allowed is None else allowed.egress
    files = [_ready(strategy, environment, state, allow_exec, egress) for strategy in strategies]
    codes = asyncio.run(_all(files, once=once))
    return max(codes)


def strategies_of(
    paths: tuple[Path, ...],
    settings: Sequence[str],
    allowed: Settings | None = None,
    environment: str = PAPER,
) -> list[Strategy] | None:
    """All files compiled; `None` after telling everything that is wrong with any of them."""
    files = [file for file in rule_files(paths) if not is_test_file(file)]
    if not files:
        raise click.UsageError("no rule file there: give a .yaml file or a folder that holds one")
    if settings and len(files) > 1:
        raise click.UsageError("`--set` is for one rule file")
    own = [load(file, overrides_from(settings)) for file in files]
    loaded = [held_to(allowed, one, environment) for one in own]
    found = [diagnostic for one in loaded for diagnostic in one.diagnostics]
    found = in_order([*found, *second_owners(loaded), *over_limits(loaded, allowed)])
    tell_diagnostics(found, loaded)
    if any_error(found):
        return None
    for one in loaded:
        refuse_tests(one)  # whatever the file is called
    strategies = [one.strategy for one in loaded if one.strategy is not None]
    _refuse_namesakes(strategies)
    return strategies


def _refuse_namesakes(strategies: Sequence[Strategy]) -> None:
    """A name is a journal's folder."""
    names: dict[str, str] = {}
    for strategy in strategies:
        other = names.setdefault(strategy.name, strategy.path)
        if other != strategy.path:
            raise Refused(
                f"{other} and {strategy.path} are both named `{strategy.name}`: rename one, or "
                "run them with different `--state` folders"
            )


def _ready(
    strategy: Strategy, environment: str, state: Path, allow_exec: bool, egress: Egress
) -> Traded:
    """Everything that can be refused before a socket is opened is."""
    file = Path(strategy.path)
    run = Run(
        strategy,
        symbols_read_only(strategy),
        inputs_for(strategy),
        state / environment / strategy.name,
        state / BUDGETS,
    )
    if environment == PAPER:
        work: Work = partial(run_paper, run, markets_for(strategy, file))
    else:
        refuse_venue(strategy, environment)
        keys = resolved(strategy.account.credentials, file, allow_exec=allow_exec)
        waiting = _waiting(strategy, file, allow_exec)
        work = partial(run_live, run, keys, waiting=waiting, egress=egress)
    return Traded(strategy.name, work)


def _waiting(strategy: Strategy, file: Path, allow_exec: bool) -> dict[str, Secret] | None:
    """The key in `next`; one that cannot be looked up keeps the current one from nothing."""
    if strategy.account.next is None:
        return None
    try:
        return resolved(strategy.account.next.credentials, file, allow_exec=allow_exec)
    except RunnerError as reason:
        click.echo(f"{strategy.name}: the key in `next` does not take over: {reason}", err=True)
        return None


async def _all(files: Sequence[Traded], *, once: bool) -> list[int]:
    stop, loop = Stop(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.ask)
    async with SchedulerBell() as bell:
        tell = partial(click.echo, err=True)
        outside = Outside(MachineClock(), bell, stop, tell, tell_journal, once)
        return await asyncio.gather(*(_one(file, outside, len(files) > 1) for file in files))


async def _one(file: Traded, outside: Outside, beside_others: bool) -> int:
    """One file to its end; what ends it is told, and ends no other."""
    try:
        await file.work(outside)
    except Exception as error:
        if beside_others:
            click.echo(f"{file.name} has ended:", err=True)
        return failure(error)
    return 0


async def run_live(
    run: Run,
    keys: Mapping[str, Secret],
    outside: Outside,
    *,
    waiting: Mapping[str, Secret] | None,
    egress: Egress,
) -> None:
    """One file under its key, from the first request to the last word."""
    async with begun(run, keys, outside, transport(), waiting=waiting, egress=egress) as ready:
        from runner.engine import running

        await running.run_live(ready, outside, _watch())


async def run_paper(run: Run, markets: tuple[Market, ...], outside: Outside) -> None:
    """One file at the exchange's prices, with simulated fills."""
    async with priced(run, outside, transport()) as prices:
        from runner.engine import paper

        await paper.run_paper(run, markets, prices, outside, _watch())


def _watch() -> Watch:
    from runner.engine.session import Watch

    return Watch(tell_order, lambda seen: None)


def tell_journal(path: Path, is_new: bool) -> None:
    """The first line of a run whose exchange has answered."""
    click.echo(f"{'new journal' if is_new else 'resuming'}: {path}", err=True)


def tell_order(record: OrderRecord) -> None:
    """A line on stdout for what a person wants to hear of."""
    from runner.engine.record import order_line
    from runner.model.orders import OrderState, Purpose
    from runner.report.text import order_text

    rests = record.request.purpose is Purpose.PROTECT
    ended = (OrderState.EXPIRED, OrderState.CANCELED) if rests else ()
    if record.state not in (OrderState.INTENDED, *ended):
        click.echo(order_text(order_line(record, None)))
