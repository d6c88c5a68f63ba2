"""Runs the tests of rule files: each case through the core, and what came of it.

In: compiled test files, the markets' rules. Out: a `Proof`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runner.core.desk import Desk
from runner.core.protections import DailyLoss, MaxDrawdown
from runner.core.strategy import Blackout, Strategy
from runner.data.history import RunData
from runner.data.timed import Timed
from runner.engine.conditions import truths
from runner.engine.enacting import Enacted, Looked, Watched, enact, run_data
from runner.engine.judging import Judge
from runner.engine.staged import enact_with_faults
from runner.engine.tracing import all_of, standing_rules
from runner.engine.verdicts import truths_of
from runner.language.evaluate import Evaluator
from runner.model.errors import RunnerError
from runner.model.markets import Market
from runner.model.orders import ExitReason
from runner.model.proofs import ConditionSeen, Coverage, Failure, Outcome
from runner.rules.cases import Case, Check, Fault, OrderWish, Times, label_of, rules_in


class Tally:
    """What the tests of one rule file have seen so far."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.tests = 0
        self._truths: set[tuple[str, bool | None]] = set()
        self._exits: set[ExitReason] = set()

    def add(self, enacted: Enacted, judge: Judge) -> None:
        """One more test."""
        self.tests += 1
        for _, _, reason in judge.exits():  # a reversal is what a rule's exit became
            self._exits.add(ExitReason.RULE if reason is ExitReason.REVERSAL else reason)
        for seen in enacted.seen.values():
            self._truths.update(truths_of(seen).items())

    def watch(self, evaluator: Evaluator, desk: Desk) -> None:
        """One more close."""
        for rule, conditions in standing_rules(self.strategy, desk):
            found = truths(conditions, evaluator, desk)
            self._truths.add((rule, all_of(found)))
            for condition, truth in zip(conditions, found, strict=True):
                if condition.name:
                    self._truths.add((label_of(rule, condition.name), truth))

    def coverage(self) -> Coverage:
        """Named conditions, rules that have none, and the exits that the file declares."""
        labels = [
            label_of(rule, name)
            for rule, conditions in rules_in(self.strategy)
            for name in [one.name for one in conditions if one.name] or [""]
        ]
        return Coverage(
            self.strategy.path,
            tuple(
                ConditionSeen(label, (label, True) in self._truths, (label, False) in self._truths)
                for label in labels
            ),
            tuple((reason, reason in self._exits) for reason in declared_exits(self.strategy)),
            self.tests,
        )


def declared_exits(strategy: Strategy) -> Sequence[ExitReason]:
    """What may end a position of this file; liquidations and a person's hand are not declared."""
    exits = strategy.exits
    declared = {
        ExitReason.STOP_LOSS: exits.stop_loss,
        ExitReason.TAKE_PROFIT: exits.take_profit,
        ExitReason.TRAILING_STOP: exits.trailing_stop,
        ExitReason.BREAK_EVEN: exits.break_even,
        ExitReason.TIME_STOP: exits.time_stop,
        ExitReason.SESSION_END: exits.session_end,
        ExitReason.RULE: exits.rules,
    }
    closing = [
        guard.closes
        for guard in (*strategy.guards, *strategy.blackouts)
        if isinstance(guard, MaxDrawdown | DailyLoss | Blackout)
    ]
    found = [reason for reason, what in declared.items() if what]
    return [*found, ExitReason.PROTECTION] if any(closing) else found


def prove(
    case: Case,
    markets: tuple[Market, ...],
    inputs: Mapping[str, Timed],
    tally: Tally | None,
) -> Outcome:
    """One test; `tally` hears of all that happens in it."""
    try:
        failures = _failures(case, markets, inputs, tally)
    except RunnerError as error:
        failures = (Failure(case.line, f"the test ended: {error}", ()),)
    return Outcome(case.name, case.line, failures)


def _failures(
    case: Case, markets: tuple[Market, ...], inputs: Mapping[str, Timed], tally: Tally | None
) -> tuple[Failure, ...]:
    data = run_data(case, inputs)
    first_open, bar_ms = _first_open(case, data), case.strategy.timeframe.ms
    bars = {market.symbol: market.bars for market in data.markets}
    judge = Judge(Enacted(bars, (), {}, {}), first_open, bar_ms)
    moments = [check.moment for check in case.checks if check.moment is not None]
    wanted = {(moment.symbol, judge.closes(moment)) for moment in moments}

    def looked(symbol: str, close: int) -> bool:
        return (symbol, close) in wanted

    def watched(evaluator: Evaluator, desk: Desk) -> None:
        if tally is not None:
            tally.watch(evaluator, desk)

    enacted = _enacted(case, markets, data, looked, watched)
    judge = Judge(enacted, first_open, bar_ms)
    if tally is not None:
        tally.add(enacted, judge)
    found = [judge.failure(check) or _undecided(case, data, check) for check in case.checks]
    return (*map(_unmet, enacted.unmet), *(one for one in found if one is not None))


def _undecided(case: Case, data: RunData, check: Check) -> Failure | None:
    """That something never happens says nothing where nothing can: no bar is decided."""
    if not isinstance(check.wish, Times) or check.wish.count:
        return None
    event = check.wish.event
    named = dict(event.words).get("symbol") if isinstance(event, OrderWish) else None
    lookback = case.strategy.lookback
    traded = data.markets[: len(case.strategy.symbols)]
    counts = [len(one.bars) for one in traded if named in (None, one.symbol)]
    if any(count > lookback + 1 for count in counts):  # one to decide on, one to fill at
        return None
    begin = f"decisions begin at bar {lookback + 1}, and the last bar decides nothing"
    return Failure(check.line, f"{check.key}: nothing was decided: {begin}", ())


def _first_open(case: Case, data: RunData) -> int:
    """When bar 1 opens: where the test says so, else where its files begin."""
    if any(one.file is None for one in case.candles):
        return case.start_ms
    return min(int(market.bars.opened_at[0]) for market in data.markets)


def _unmet(fault: Fault) -> Failure:
    which = f"order {fault.nth} of" if fault.nth > 1 else "an order of"
    said = f"faults: no `{fault.kind}` happened: {which} `{fault.purpose}` never came"
    return Failure(fault.line, said, ())


def _enacted(
    case: Case, markets: tuple[Market, ...], data: RunData, looked: Looked, watched: Watched
) -> Enacted:
    """A session tells of no single close: of a case with faults only what is looked at is seen."""
    if case.faults:
        return enact_with_faults(case.strategy, markets, data, looked, case.faults)
    return enact(case.strategy, markets, data, looked, watched)
