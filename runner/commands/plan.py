"""`runner plan FILE`: the orders that would be sent at the newest closed bar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from runner.commands.options import settings_option, state_option

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.core.strategy import Strategy
    from runner.data.history import RunData
    from runner.engine.preview import Preview
    from runner.model.orders import OrderRequest


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    "--replay",
    "specs",
    multiple=True,
    required=True,
    metavar="DATA",
    help="Candles up to now: FILE, SYMBOL=FILE, a folder, or synthetic:SEED.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=NUMBER", help="Set a param.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@settings_option
@state_option
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    specs: tuple[str, ...],
    settings: tuple[str, ...],
    as_json: bool,
    operator: Path | None,
    state: Path,
) -> None:
    """Show the exact orders that a rule file asks for at the newest bar; sends nothing.

    The account is new and holds what the file's `backtest.initial` says. With `--state` it is that
    of the file's unfinished run there, if there is one.
    """
    from runner.commands.files import data_for, markets_for, strategy_from
    from runner.engine.preview import preview

    strategy = strategy_from(file, settings, operator)
    data, markets = data_for(strategy, specs, state), markets_for(strategy, file)
    is_named = context.get_parameter_source("state") is ParameterSource.COMMANDLINE
    run = unfinished_run(state, strategy) if is_named else None
    seen = preview(strategy, markets, data, None if run is None else run.history)
    if as_json:
        click.echo(json.dumps(plan_document(strategy, data, run, seen), allow_nan=False))
    else:
        click.echo("\n".join(plan_lines(strategy, run, seen)))


def unfinished_run(state: Path, strategy: Strategy) -> Run | None:
    """The newest run of these rules that goes on; a replay's must be the very same."""
    from runner.commands.runs import Run, journals
    from runner.journal.database import Journal

    for path in reversed(journals(state, strategy.name)):
        run = Run(path, Journal.read(path))
        is_same = run.environment != "replay" or run.history.digest() == strategy.digest
        if run.name and is_same and not run.history.is_finished():
            return run
    return None


def plan_document(
    strategy: Strategy, data: RunData, run: Run | None, seen: Preview
) -> dict[str, Any]:
    """For programs: money and quantities as text with all digits."""
    from runner.engine.tracing import trace_body
    from runner.model.clock import iso
    from runner.model.money import text_of

    return {
        "schema": 1,
        "strategy": strategy.name,
        "digest": strategy.digest,
        "params": dict(strategy.params),
        "at": iso(seen.at_ms),
        "data": [
            {
                "symbol": used.symbol,
                "timeframe": used.timeframe,
                "from": iso(used.from_ms),
                "to": iso(used.to_ms),
                "bars": used.bars,
                "gaps": used.gaps,
                "sha256": used.sha256,
                "source": used.source,
            }
            for used in data.used()
        ],
        "run": None if run is None else str(run.path),
        "account": {"cash": text_of(seen.cash), "equity": text_of(seen.equity)},
        "positions": [
            {
                "symbol": held.symbol,
                "side": held.side,
                "quantity": text_of(held.quantity),
                "entry_price": text_of(held.entry_price),
            }
            for held in seen.holdings
        ],
        "orders": [
            {**order_document(request), "status": status, "reasons": list(reasons)}
            for request, status, reasons in judged(seen)
        ],
        "after_fill": [order_document(request) for request in seen.after_fill],
        "traces": [trace_body(trace) for trace in seen.traces],
    }


def judged(seen: Preview) -> Iterator[tuple[OrderRequest, str, tuple[str, ...]]]:
    """Each request with what would become of it now, and why it would be denied."""
    from runner.journal.orders import CheckedRow, DeniedRow

    for row in seen.rows:
        match row:
            case CheckedRow(request):
                yield request, "planned", ()
            case DeniedRow(request, reasons):
                yield request, "denied", reasons


def order_document(request: OrderRequest) -> dict[str, Any]:
    """One request; what does not apply to its type is null."""
    from runner.model.money import text_of

    numbers = ("quantity", "spend", "price", "stop_price")
    amounts = {name: getattr(request, name) for name in numbers}
    return {
        "client_order_id": request.client_order_id,
        "symbol": request.symbol,
        "side": request.side,
        "type": request.type,
        "purpose": request.purpose,
        **{name: None if one is None else text_of(one) for name, one in amounts.items()},
        "reduce_only": request.reduce_only,
        "post_only": request.post_only,
    }


def plan_lines(strategy: Strategy, run: Run | None, seen: Preview) -> Iterator[str]:
    """The same for a person."""
    from runner.commands.trace import trace_lines
    from runner.model.clock import iso

    yield f"{strategy.name} ({strategy.digest[:12]}) at {iso(seen.at_ms)}"
    whose = "a new account" if run is None else f"the account of {run.path}"
    yield f"  account   {seen.cash:,.2f} cash, {seen.equity:,.2f} in all: {whose}"
    for held in seen.holdings:
        quantity, price = f"{held.quantity:.12g}", f"{held.entry_price:.12g}"
        yield f"  holds     {quantity} {held.symbol} {held.side} at {price}"
    for request, status, reasons in judged(seen):
        verb = "sends" if status == "planned" else "denied"
        why = f": {'; '.join(reasons)}" if reasons else ""
        yield f"  {verb:<8}  {request_text(request)}{why}"
    if not seen.rows:
        yield "  sends     nothing"
    for request in seen.after_fill:
        yield f"  then      {request_text(request)}, once the entry has filled as expected"
    for trace in seen.traces:
        yield from trace_lines(trace, [])


def request_text(request: OrderRequest) -> str:
    """`entry limit buy 0.1 BTC/USDT at 29000`."""
    from runner.model.money import text_of

    price = request.price or request.stop_price
    at = "" if price is None else f" at {text_of(price)}"
    size = "" if request.quantity is None else f"{text_of(request.quantity)} "
    paid = "" if request.spend is None else f" for {text_of(request.spend)}"
    return f"{request.purpose} {request.type} {request.side} {size}{request.symbol}{at}{paid}"
