"""`runner doctor FILE`: whether machine, state folder and file are ready to trade."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import ExitStack

    from runner.commands.checks.calls import OwnLog
    from runner.commands.checks.markets import Quoted
    from runner.commands.checks.verdict import Check
    from runner.core.strategy import Strategy
    from runner.model.accounts import AccountDeclaration
    from runner.model.clock import Clock
    from runner.model.secrets import Secret

_WIDTH = 100


@click.command(name="doctor")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--data",
    "specs",
    multiple=True,
    metavar="DATA",
    help="See how far these data reach: FILE, SYMBOL=FILE, a folder or synthetic:SEED.",
)
@click.option(
    "--setup",
    "exchange",
    metavar="EXCHANGE",
    help="Tell which boxes to tick when making a key there, for FILE or for any; asks nobody.",
)
@click.option("--offline", is_flag=True, help="Do not ask the exchange; no reference is resolved.")
@click.option(
    "--allow-exec", is_flag=True, help="Run the programs that `exec:` references name for a key."
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
@state_option
def command(
    file: Path | None,
    specs: tuple[str, ...],
    exchange: str | None,
    offline: bool,
    allow_exec: bool,
    settings: tuple[str, ...],
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> int:
    """Check everything that can be checked without trading; sets nothing at the exchange.

    Looks up the key and asks the exchange what it may do; with `--offline` neither. What is asked
    counts in the state folder, so that a ban is heeded by this command and by the runs, and stands
    in an audit log there: without that nothing is asked. Ends with 0 where nothing is refused, 1
    where the answer is no, 3 where the world is not ready.
    """
    if exchange is not None:
        return _setup(exchange, file, settings, as_json=as_json)
    if file is None:
        raise click.UsageError("name a rule file, or `--setup EXCHANGE`")
    from runner.commands.checks.verdict import exit_code_of

    asks = None if offline else Asks(allow_exec, state)
    checks = list(all_checks(file, specs, settings, operator, state, asks))
    if as_json:
        click.echo(json.dumps({"schema": 1, "checks": [document_of(check) for check in checks]}))
    else:
        click.echo("\n".join(text_lines(checks)))
    return exit_code_of(checks)


def _setup(exchange: str, file: Path | None, settings: Sequence[str], *, as_json: bool) -> int:
    """How to make a key; of a file its market, its addresses and what it leaves unsaid count."""
    from runner.commands.checks.setup import setup_document, setup_lines
    from runner.commands.files import account_from

    meant = None if file is None else account_from(file, tuple(settings))
    if as_json:
        click.echo(json.dumps(setup_document(exchange, meant)))
    else:
        click.echo("\n".join(setup_lines(exchange, meant)))
    return 0


@dataclass(frozen=True, slots=True)
class Asks:
    """The exchange is asked, by the key that the file's references lead to.

    `state`: where that counts, together with what the runs ask, and where it is logged.
    """

    allow_exec: bool
    state: Path


def all_checks(
    file: Path,
    specs: Sequence[str],
    settings: Sequence[str],
    operator: Path | None,
    state: Path,
    asks: Asks | None,
) -> Iterator[Check]:
    """The file, what it needs, the state folder, the machine; a wrong file hides nothing else."""
    from runner.commands.checks.machine import Watched, core_check, version_checks, zone_checks
    from runner.commands.checks.rules import file_check
    from runner.commands.checks.state import folder_checks, journal_checks
    from runner.commands.files import held_to, overrides_from, refuse_tests, settings_from
    from runner.model.clock import MachineClock
    from runner.rules.compile import load

    clock = MachineClock()
    watched = Watched(clock)
    allowed = settings_from(operator)
    own = load(file, overrides_from(settings))
    refuse_tests(own)
    loaded = held_to(allowed, own)
    yield file_check(loaded)
    if allowed is not None and loaded.strategy is not None:
        from runner.commands.checks.operator import settings_checks

        yield from settings_checks(allowed, own, loaded.strategy)
    if loaded.strategy is not None:
        yield from _of_strategy(loaded.strategy, file, specs, clock, asks)
    elif loaded.untraded is not None:
        if allowed is not None:
            from runner.commands.checks.operator import egress_checks

            yield from egress_checks(allowed, loaded.untraded.account)
        yield from _of_account(loaded.untraded.account, file, clock, asks)
    yield from folder_checks(state)
    if loaded.strategy is not None:
        yield from journal_checks(loaded.strategy, state)
        yield from zone_checks(_zones(loaded.strategy))
    yield core_check()
    yield from version_checks()
    yield from watched.checks()


def _of_strategy(
    strategy: Strategy, file: Path, specs: Sequence[str], clock: Clock, asks: Asks | None
) -> Iterator[Check]:
    from runner.commands.checks.markets import market_checks
    from runner.commands.checks.rules import data_checks, input_checks, key_check, reference_checks

    yield from reference_checks(strategy.account)
    told: Mapping[str, Quoted] = {}
    if asks is None:
        yield key_check(strategy.account, clock.wall_ms())
    else:
        checks, told = _asked(strategy, file, clock, asks)
        yield from checks
    yield from market_checks(strategy, file, told)
    yield from input_checks(strategy, file)
    yield from data_checks(strategy, specs)


def _of_account(
    account: AccountDeclaration, file: Path, clock: Clock, asks: Asks | None
) -> Iterator[Check]:
    """What counts where no orders are sent: where the keys are kept, and what they may do."""
    from runner.commands.checks.rules import key_check, reference_checks

    yield from reference_checks(account)
    if (refusal := _not_there(account)) is not None:
        yield refusal
        return
    if asks is None:
        yield key_check(account, clock.wall_ms())
        return
    keys, waiting, checks = _looked_up(account, file, asks)
    yield from checks
    if keys is None:
        return
    import asyncio
    from contextlib import ExitStack

    from runner.commands.checks.keys import look_at_keys
    from runner.commands.checks.verdict import Check
    from runner.commands.runs import BUDGETS
    from runner.commands.trading.clock import transport

    way, budgets = transport(), asks.state / BUDGETS
    with ExitStack() as held:
        log = _log(held, account, clock, asks)
        if isinstance(log, Check):
            yield log
            return
        yield from asyncio.run(look_at_keys(account, keys, waiting, clock, way, budgets, log))
        yield from log.checks()


def _not_there(account: AccountDeclaration) -> Check | None:
    """A venue that the exchange does not have, of which nothing can be asked."""
    from runner.commands.checks.verdict import Check, Verdict
    from runner.exchange.sites import SITES

    venues = SITES[account.exchange]
    if account.venue in venues:
        return None
    fact = f"runner knows no `venue: {account.venue}` of {account.exchange}"
    help = " or ".join(f"`venue: {venue}`" for venue in venues)
    return Check("key", account.name, Verdict.REFUSED, fact, f"write {help}")


def _asked(
    strategy: Strategy, file: Path, clock: Clock, asks: Asks
) -> tuple[Sequence[Check], Mapping[str, Quoted]]:
    """What the exchange says; one line where the key cannot be looked up."""
    from runner.commands.files import symbols_read_only

    keys, waiting, checks = _looked_up(strategy.account, file, asks)
    if keys is None:
        return checks, {}
    import asyncio
    from contextlib import ExitStack

    from runner.commands.checks.exchange import look
    from runner.commands.checks.verdict import Check
    from runner.commands.runs import BUDGETS
    from runner.commands.trading.clock import transport

    others = symbols_read_only(strategy)
    way, budgets = transport(), asks.state / BUDGETS
    with ExitStack() as held:
        log = _log(held, strategy.account, clock, asks)
        if isinstance(log, Check):
            return [*checks, log], {}
        seen = asyncio.run(look(strategy, others, keys, waiting, clock, way, budgets, log))
        return [*checks, *seen.checks, *log.checks()], seen.told


def _log(held: ExitStack, account: AccountDeclaration, clock: Clock, asks: Asks) -> OwnLog | Check:
    """The doctor's own, as long as it is held; or why there is none: then nothing is asked."""
    from time import sleep

    from runner.commands.checks.calls import own_log, unlogged
    from runner.commands.runs import DOCTOR
    from runner.model.errors import RunnerError

    try:
        return held.enter_context(own_log(asks.state, account.name, clock, sleep))
    except RunnerError as error:
        return unlogged(str(asks.state / DOCTOR), error)


Keys = dict[str, "Secret"]


def _looked_up(
    account: AccountDeclaration, file: Path, asks: Asks
) -> tuple[Keys | None, Keys | None, list[Check]]:
    """The key, the next one, and what kept either from being looked up."""
    from runner.commands.checks.verdict import Check, Verdict
    from runner.model.errors import KeyRefused, RunnerError
    from runner.secrets.reference import resolved

    try:
        keys = resolved(account.credentials, file, allow_exec=asks.allow_exec)
    except KeyRefused as refusal:
        return None, None, [Check("key", account.name, Verdict.REFUSED, str(refusal))]
    except RunnerError as error:
        help = "`--offline` leaves the exchange out"
        check = Check("key", account.name, Verdict.CANNOT_VERIFY, str(error), help, 3)
        return None, None, [check]
    if account.next is None:
        return keys, None, []
    try:
        return keys, resolved(account.next.credentials, file, allow_exec=asks.allow_exec), []
    except RunnerError as error:
        return keys, None, [Check("next", account.name, Verdict.WARNING, str(error))]


def _zones(strategy: Strategy) -> list[str]:
    named = [strategy.timezone, *(session.timezone for session in strategy.sessions)]
    return list(dict.fromkeys(named))


def document_of(check: Check) -> dict[str, str]:
    """One check as programs read it."""
    return {
        "name": check.name,
        "subject": check.subject,
        "verdict": check.verdict.value,
        "fact": check.fact,
        "help": check.help,
    }


def text_lines(checks: Sequence[Check]) -> Iterator[str]:
    """Verdict and check in columns, what to do below, a sum at the end."""
    from textwrap import wrap

    from runner.commands.checks.verdict import Verdict

    names = max(len(check.name) for check in checks)
    margin = len(Verdict.CANNOT_VERIFY) + names + 4
    for check in checks:
        head = f"{check.verdict.replace('_', ' '):<{len(Verdict.CANNOT_VERIFY)}}  "
        text = f"{check.subject}: {check.fact}"
        yield from wrap(
            text,
            _WIDTH,
            initial_indent=f"{head}{check.name:<{names}}  ",
            subsequent_indent=" " * (margin + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        if check.help:
            yield f"{' ' * margin}= {check.help}"
    counts = {
        verdict: sum(check.verdict is verdict for check in checks)
        for verdict in (Verdict.REFUSED, Verdict.WARNING, Verdict.CANNOT_VERIFY, Verdict.OK)
    }
    said = [f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items() if count]
    yield f"{len(checks)} checks: {', '.join(said)}"
