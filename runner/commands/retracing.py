"""Where the traces of `runner trace` come from: the journal, or the bars that the run has read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.model.errors import Refused

if TYPE_CHECKING:
    from runner.commands.runs import Run
    from runner.core.strategy import Strategy
    from runner.data.history import RunData
    from runner.engine.tracing import Trace
    from runner.exchange.replay.setup import Setup
    from runner.journal.moments import Decision


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which closes: the one `at` (UTC ms), else the newest `last`; of one symbol or of all."""

    at: int | None
    last: int
    symbol: str | None


def run_of(state: Path, whose: Strategy | str | None) -> Run:
    """The newest run of a strategy or a name; of a strategy only one with the same rules."""
    from runner.commands.runs import Run, journals, runs_in, written_at
    from runner.journal.database import Journal

    if whose is None or isinstance(whose, str):
        runs = runs_in(state, whose)
        names = sorted({run.name for run in runs})
        if len(names) > 1:
            raise Refused(f"there are runs of `{'`, `'.join(names)}`: name one of them")
        return max(runs, key=lambda run: written_at(run.path))
    for path in reversed(journals(state, whose.name)):
        run = Run(path, Journal.read(path))
        if run.history.digest() == whose.digest:
            return run
    raise Refused(
        f"no run of `{whose.path}` as it is now in `{state}`: give the `--set` and `--settings` "
        f"of the run, or read what the journal tells by itself with `runner trace {whose.name}`"
    )


def from_journal(run: Run, wanted: Wanted) -> list[Trace]:
    """What was journaled: closes at which something was ordered or a condition became true."""
    from runner.journal.moments import decisions
    from runner.model.clock import iso

    groups: deque[list[Trace]] = deque(maxlen=wanted.last)
    for decision in decisions(run.path):
        if wanted.at is None or decision.instant_ms == wanted.at:
            group = list(_journaled(decision, wanted))
            groups.extend([group] if group else [])
    if groups:
        return [trace for group in groups for trace in group]
    when = "" if wanted.at is None else f" at {iso(wanted.at)}"
    more = "`runner trace FILE` explains every close of the run"
    if run.environment != "replay":
        more = f"more is not kept of a run on `{run.environment}`"
    raise Refused(f"nothing was ordered and no condition became true{when}: {more}")


def _journaled(decision: Decision, wanted: Wanted) -> Iterator[Trace]:
    from runner.engine.tracing import trace_of

    for body in decision.trace.get("symbols", []):
        if wanted.symbol in (None, body["symbol"]):
            yield trace_of(body, decision.instant_ms)


def from_bars(
    run: Run, strategy: Strategy, specs: Sequence[str], state: Path, wanted: Wanted
) -> list[Trace]:
    """Any closes that the run has reached, from its bars."""
    from runner.engine.hindsight import retraced

    if run.environment != "replay":
        return _from_journal_alone(run, specs, wanted)
    if wanted.symbol not in (None, *strategy.symbols):
        traded = ", ".join(strategy.symbols)
        raise Refused(f"`{wanted.symbol}` is not among the file's symbols: it trades {traded}")
    setup = _setup_of(run)
    data = _data_of(run, setup, strategy, specs, state)
    markets = tuple(one.market for one in setup.symbols)
    instants = _instants(run, data, strategy, wanted)
    traces = retraced(strategy, markets, data, run.path, instants)
    return [trace for trace in traces if wanted.symbol in (None, trace.symbol)]


def _from_journal_alone(run: Run, specs: Sequence[str], wanted: Wanted) -> list[Trace]:
    """The same of a run by the wall clock, whose bars are not kept, as far as its journal tells."""
    from runner.model.clock import iso

    if specs:
        raise Refused(
            f"`--replay` names data of a replay, the newest run of these rules is on "
            f"`{run.environment}`: leave it out"
        )
    try:
        return from_journal(run, wanted)
    except Refused:
        if wanted.at is None:
            raise
    at, history = wanted.at, run.history
    if any(one.from_ms <= at <= one.until_ms for one in history.misses()):
        fact = "it was missed: too late to decide, as `schedule.max_lateness` has it"
    elif history.is_decided(at):
        fact = (
            "it was decided, nothing was ordered and no condition became true; its numbers are "
            "not known any more"
        )
    else:
        fact = "no close of that time was decided"
    raise Refused(f"{iso(at)}: {fact}; the bars of a run on `{run.environment}` are not kept")


def _instants(run: Run, data: RunData, strategy: Strategy, wanted: Wanted) -> list[int]:
    """Those that were reached, ascending; Refused where the wanted one is none of them."""
    import numpy as np

    from runner.model.clock import iso

    symbols = strategy.symbols if wanted.symbol is None else (wanted.symbol,)
    traded = (market.bars.closes_at for market in data.markets if market.symbol in symbols)
    closes = np.unique(np.concatenate(list(traded)))
    closes = closes[closes <= (run.history.reached() or 0)]
    if not len(closes):
        raise Refused(f"the run of `{run.name}` has reached no bar yet: let it go on first")
    if wanted.at is None:
        return [int(close) for close in closes[-wanted.last :]]
    if wanted.at not in closes:
        place = int(np.searchsorted(closes, wanted.at))
        near = " and ".join(iso(int(one)) for one in closes[max(place - 1, 0) : place + 1])
        raise Refused(
            f"no bar that the run has reached closed at {iso(wanted.at)}: the nearest closes are "
            f"at {near}"
        )
    return [wanted.at]


def _setup_of(run: Run) -> Setup:
    from runner.exchange.replay.setup import SETUP_FILE, setup_of
    from runner.journal.failures import in_our_words

    path = run.path.parent / SETUP_FILE
    with in_our_words(path):
        text = path.read_text()
    try:
        return setup_of(text)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            f"`{path}` cannot be read: `runner trace {run.name}` needs the journal only"
        ) from error


def _data_of(
    run: Run, setup: Setup, strategy: Strategy, specs: Sequence[str], state: Path
) -> RunData:
    """The bars that lie beside the journal; whatever else is read comes from `--replay`."""
    from runner.commands.files import data_for, symbols_read_only
    from runner.data.history import MarketData, RunData
    from runner.exchange.replay.setup import load_bars
    from runner.journal.failures import in_our_words

    if specs:
        data = data_for(strategy, specs, state)
        if data.digest() != run.history.identity().get("data_digest"):
            raise Refused("`--replay` names other data than the run has read: name the same again")
        return data
    if strategy.is_futures or strategy.inputs or symbols_read_only(strategy):
        raise Refused(
            f"`{strategy.name}` reads more than its own bars: name the data of the run with "
            "`--replay DATA`"
        )
    with in_our_words(run.path.parent):
        loaded = [load_bars(setup, one, run.path.parent) for one in setup.symbols]
    markets = (MarketData(bars.symbol, bars, "", "", None, None) for bars in loaded)
    return RunData(tuple(markets), {})
