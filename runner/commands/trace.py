"""`runner trace`: why a run did what it did, and why it did not, with numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.engine.conditions import Judged
    from runner.engine.tracing import Trace
    from runner.journal.orders import OrderRecord


@click.command()
@click.argument("name", required=False, metavar="[NAME or FILE]")
@click.option("--at", metavar="TIME", help="The close to look at, such as 2026-01-31T14:00Z.")
@click.option("--last", metavar="N", type=click.IntRange(1), help="The newest N closes; default 1.")
@click.option("--symbol", metavar="SYMBOL", help="Only this symbol.")
@click.option(
    "--replay", "specs", multiple=True, metavar="DATA", help="With FILE: the data of the run."
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="As of the run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
@state_option
def command(
    name: str | None,
    at: str | None,
    last: int | None,
    symbol: str | None,
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> None:
    """Tell each condition's truth and numbers at a close, and what kept an entry from being made.

    With NAME of the closes at which something was ordered or a condition became true, with FILE of
    any close of the run.
    """
    if at is not None and last is not None:
        raise click.UsageError("write `--at TIME` or `--last N`, not both")
    from runner.commands.retracing import Wanted, from_bars, from_journal, run_of
    from runner.commands.times import instant_of

    wanted = Wanted(None if at is None else instant_of("--at", at), last or 1, symbol)
    if name is not None and name.endswith((".yaml", ".yml")):
        from runner.commands.files import strategy_from

        file = Path(name)
        if not file.is_file():
            raise click.UsageError(f"there is no file `{name}`")
        strategy = strategy_from(file, settings, operator)
        run = run_of(state, strategy)
        traces = from_bars(run, strategy, specs, state, wanted)
    else:
        if specs or settings or operator:
            words = "`--replay`, `--set` and `--settings`"
            raise click.UsageError(f"{words} go with a rule file, not with a name")
        run = run_of(state, name)
        traces = from_journal(run, wanted)
    show(run, traces, as_json=as_json)


def show(run: Run, traces: list[Trace], *, as_json: bool) -> None:
    """All of them, oldest first."""
    if as_json:
        documents = [trace_document(trace, run) for trace in traces]
        told = {"schema": 1, "strategy": run.name, "journal": str(run.path), "instants": documents}
        click.echo(json.dumps(told, allow_nan=False))
        return
    for trace in traces:
        click.echo("\n".join(trace_lines(trace, orders_of(trace, run))))


def orders_of(trace: Trace, run: Run) -> list[OrderRecord]:
    """What was ordered or denied then and there; its protection follows from a fill."""
    from runner.model.orders import Purpose

    return [
        order
        for order in run.history.orders()
        if (order.request.decided_at, order.request.symbol) == (trace.closed_at, trace.symbol)
        and order.request.purpose is not Purpose.PROTECT
    ]


def trace_document(trace: Trace, run: Run) -> dict[str, Any]:
    """One symbol at one close; what is undefined is null."""
    from runner.commands.orders import record_document
    from runner.engine.tracing import trace_body
    from runner.model.clock import iso
    from runner.model.money import text_of

    told = {**trace_body(trace), "close": text_of(trace.close)}
    orders = [record_document(order) for order in orders_of(trace, run)]
    return {"time": iso(trace.closed_at), **told, "orders": orders}


def trace_lines(trace: Trace, orders: list[OrderRecord]) -> Iterator[str]:
    """The same for a person."""
    from runner.engine.record import order_line
    from runner.model.clock import iso
    from runner.report.text import order_text

    yield f"{iso(trace.closed_at)}  {trace.symbol}  close {trace.close:.10g}"
    for rule in trace.rules:
        yield f"  {rule.rule:<16}  {truth_text(rule.truth)}"
        for condition in rule.conditions:
            yield condition_text(condition)
    for order in orders:
        yield f"  {order_text(order_line(order, None))}"
    for obstacle in trace.obstacles:
        yield f"  no entry: {obstacle}"


def truth_text(truth: bool | None) -> str:
    """The three truth values."""
    return "undefined" if truth is None else "true" if truth else "false"


def condition_text(condition: Judged) -> str:
    """`    false      calm: rsi(close, 14) < 70    [rsi(close, 14) = 71.2]`."""
    name = f"{condition.name}: " if condition.name else ""
    numbers = ", ".join(
        f"{text} = {'undefined' if value != value else format(value, '.10g')}"
        for text, value in condition.numbers
    )
    told = f"    {truth_text(condition.truth):<9}  {name}{condition.text}"
    return f"{told}    [{numbers}]" if numbers else told
