"""`runner doctor FILE`: whether machine, state folder and file are ready to trade."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runner.commands.checks.verdict import Check
    from runner.core.strategy import Strategy

_WIDTH = 100


@click.command(name="doctor")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    "specs",
    multiple=True,
    metavar="DATA",
    help="See how far these data reach: FILE, SYMBOL=FILE, a folder or synthetic:SEED.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
@state_option
def command(
    file: Path,
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> int:
    """Check everything that can be checked without trading; changes nothing.

    Ends with 0 where nothing is refused, 1 where the answer is no, 3 where the world is not ready.
    """
    from runner.commands.checks.verdict import exit_code_of

    checks = list(all_checks(file, specs, settings, operator, state))
    if as_json:
        click.echo(json.dumps({"schema": 1, "checks": [document_of(check) for check in checks]}))
    else:
        click.echo("\n".join(text_lines(checks)))
    return exit_code_of(checks)


def all_checks(
    file: Path,
    specs: Sequence[str],
    settings: Sequence[str],
    operator: Path | None,
    state: Path,
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
        yield from _of_strategy(loaded.strategy, file, specs, clock.wall_ms())
    yield from folder_checks(state)
    if loaded.strategy is not None:
        yield from journal_checks(loaded.strategy, state)
        yield from zone_checks(_zones(loaded.strategy))
    yield core_check()
    yield from version_checks()
    yield from watched.checks()


def _of_strategy(
    strategy: Strategy, file: Path, specs: Sequence[str], now_ms: int
) -> Iterator[Check]:
    from runner.commands.checks.rules import data_checks, input_checks, key_check, market_checks

    yield key_check(strategy, now_ms)
    yield from market_checks(strategy, file)
    yield from input_checks(strategy, file)
    yield from data_checks(strategy, specs)


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
