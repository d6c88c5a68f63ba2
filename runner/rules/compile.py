"""A rule file to a `Strategy`, the pass that says the file is right; or everything that is wrong.

In: a path, or a document. Out: `Loaded`. Nothing is resolved, no socket is opened.
"""

from __future__ import annotations

from collections.abc import Mapping as Overrides
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runner.core.strategy import Strategy
from runner.model.accounts import AccountDeclaration
from runner.model.exchanges import AUDITED
from runner.model.markets import MarketKind
from runner.model.values import dataclass
from runner.rules.bench import Bench, child, scalar, word
from runner.rules.check import Checker
from runner.rules.compile_days import compile_blackouts, compile_sessions, compile_timezone
from runner.rules.compile_entry import compile_entries
from runner.rules.compile_exit import compile_exits
from runner.rules.compile_functions import compile_functions
from runner.rules.compile_guards import compile_guards
from runner.rules.compile_indicators import compile_indicators
from runner.rules.compile_inputs import compile_inputs
from runner.rules.compile_market import compile_market
from runner.rules.compile_running import compile_running
from runner.rules.compile_support import check_support
from runner.rules.diagnostic import Diagnostic, Severity, any_error, in_order
from runner.rules.digest import Bounds, digest_of
from runner.rules.document import MOST_BYTES, Document, read
from runner.rules.nodes import Mapping, Node
from runner.rules.params import Param, ParamReader
from runner.rules.plainfile import bytes_at
from runner.rules.schema import STRATEGY
from runner.rules.secondlook import second_look
from runner.rules.symbols import Pair, pair_of

if TYPE_CHECKING:
    from runner.rules.cases import Suite
    from runner.rules.settings import Settings

#: What every comment begins with that silences a warning.
IGNORE = "runner: ignore"

_KINDS = frozenset({"settings", "strategy", "test"})

#: Whose currencies advice names in a file without a pair.
_ANY_PAIR = Pair("BTC", "USDT")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A strategy whose digest is still to be taken, and the bounds of its params."""

    undigested: Strategy
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Untraded:
    """What counts of a file whose one fault is that no orders are sent to its exchange."""

    account: AccountDeclaration  # the one in use: its keys are audited
    market_kind: MarketKind


class Loaded:
    """What came of a file: a strategy, tests or settings by its kind, when nothing is wrong.

    And what there is to say. The digest is taken when the strategy is first asked for: to find a
    thousand files right needs none of their digests.
    """

    def __init__(
        self,
        document: Document,
        compiled: Compiled | None,
        suite: Suite | None,
        diagnostics: tuple[Diagnostic, ...],
        settings: Settings | None = None,
        untraded: Untraded | None = None,
    ) -> None:
        self.document = document
        self.source, self.root = document.source, document.root
        self.compiled = compiled
        self.suite = suite
        self.settings = settings
        self.untraded = untraded
        self.diagnostics = diagnostics

    @cached_property
    def strategy(self) -> Strategy | None:
        """The pass; `None` when something is wrong."""
        if self.compiled is None:
            return None
        strategy, bounds = self.compiled.undigested, self.compiled.bounds
        return replace(strategy, digest=digest_of(strategy, bounds))


def load(path: Path | str, overrides: Overrides[str, Param] | None = None) -> Loaded:
    """The rule file at `path`; `overrides` set params within the bounds that the file declares.

    Raises Refused when the file cannot be read at all.
    """
    return load_document(_read(path), overrides or {})


def _load_tested(path: Path, overrides: Overrides[str, Param]) -> Loaded:
    """The same of a file that a test names; of tests nothing, lest they go in circles."""
    document = _read(path)
    kind, told = word(document.root, "kind"), list[Diagnostic]()
    if document.root is not None and kind not in _KINDS:
        from runner.rules.kinds import as_meant  # for wrong files only

        _, kind, told = as_meant(document.source, document.root)
    if kind == "test":
        return Loaded(document, None, None, tuple(told))
    return load_document(document, overrides)


def _read(path: Path | str) -> Document:
    # one more than allowed is enough to refuse it
    return read(str(path), bytes_at(path, MOST_BYTES + 1))


def load_document(document: Document, overrides: Overrides[str, Param]) -> Loaded:
    """The strategy of a document, or all that is wrong with it."""
    found = list(document.diagnostics)
    compiled = suite = settings = untraded = None
    if document.root is not None:
        # `kind` is read first: it says by which shape the rest is judged
        root: Node | None = document.root
        kind = word(root, "kind")
        if kind not in _KINDS:
            from runner.rules.kinds import as_meant  # for wrong files only

            root, kind, more = as_meant(document.source, document.root)
            found += more
        if not isinstance(root, Mapping):
            pass  # told already
        elif kind == "test":
            from runner.rules.compile_tests import compile_tests  # for tests only

            suite, more = compile_tests(document.source, root, _load_tested)
            found += more
        elif kind == "settings":
            from runner.rules.compile_settings import compile_settings  # for settings only

            settings, more = compile_settings(document.source, root)
            found += more
        else:
            compiled, more = _compile(document, root, overrides)
            found += more
    if any_error(found):
        untraded = _untraded(compiled, found)
        compiled = suite = settings = None
    if IGNORE in document.source.text and document.root is not None:
        from runner.rules.ignore import without_ignored  # few files have such comments

        found = without_ignored(document.source, document.root, found)
    return Loaded(document, compiled, suite, tuple(in_order(found)), settings, untraded)


def _untraded(compiled: Compiled | None, found: list[Diagnostic]) -> Untraded | None:
    """`R313` is told of exchanges alone while a file has errors (`_compile`)."""
    if compiled is None or compiled.undigested.account.exchange not in AUDITED:
        return None
    if any(it.severity is Severity.ERROR and it.code != "R313" for it in found):
        return None
    return Untraded(compiled.undigested.account, compiled.undigested.market_kind)


def _compile(
    document: Document, written: Mapping, overrides: Overrides[str, Param]
) -> tuple[Compiled | None, list[Diagnostic]]:
    source = document.source
    reader = ParamReader(source, overrides)
    checker = Checker(source, STRATEGY, pair_of(written) or _ANY_PAIR)
    root = checker.check(reader.read(written), STRATEGY, "", (written.start, written.start + 1))
    bench = Bench(source, written, reader)
    strategy = None
    if isinstance(root, Mapping):
        strategy = _strategy(bench, root)
        told = [*document.diagnostics, *reader.found, *checker.found, *bench.found]
        if strategy is not None and not any_error(told):
            check_support(bench, root, strategy)
            second_look(bench, root, strategy)
    compiled = None if strategy is None else Compiled(strategy, bench.bounds)
    return compiled, [*reader.found, *checker.found, *bench.found]


def _strategy(bench: Bench, root: Mapping) -> Strategy | None:
    """Every part is compiled before any is looked at, so that everything wrong is found."""
    stop = ("exit", "stop_loss")
    bench.has_stop = child(root, *stop) is not None or bench.lost(root, *stop)
    bench.declare_params(child(root, "params"))
    timezone = compile_timezone(bench, scalar(root, "timezone"))
    traded = compile_market(bench, root)
    inputs = compile_inputs(bench, root)
    sessions = compile_sessions(bench, root, timezone)
    functions = compile_functions(bench, root)
    indicators = compile_indicators(bench, root, traded)
    entries = compile_entries(bench, root, traded)
    exits = compile_exits(bench, root, traded)
    guards = compile_guards(bench, root, traded)
    blackouts = compile_blackouts(bench, root)
    running = compile_running(bench, root, traded.pair)
    name = word(root, "name")
    if traded.account is None or traded.kind is None or traded.timeframe is None:
        return None
    if entries is None or name is None or not traded.pairs:
        return None
    return Strategy(
        name=name,
        description=word(root, "description") or "",
        digest="",
        path=bench.source.file,
        account=traded.account,
        market_kind=traded.kind,
        symbols=tuple(pair.symbol for pair in traded.pairs),
        timeframe=traded.timeframe,
        timezone=timezone,
        capital=traded.capital,
        leverage=traded.leverage,
        max_open=traded.max_open,
        reverse=_reverse(root),
        params=tuple(bench.params.items()),
        functions=functions,
        indicators=indicators,
        inputs=inputs,
        sessions=sessions,
        blackouts=blackouts,
        entries=entries,
        exits=exits,
        guards=guards,
        schedule=running.schedule,
        keeps_entries_on_stop=word(root, "on_stop", "entries") == "keep",
        max_gap=running.max_gap,
        backtest=running.backtest,
        lookback=max(expression.lookback for expression in bench.expressions),
        warmup=max(expression.warmup or 1 for expression in bench.expressions),
    )


def _reverse(root: Mapping) -> bool:
    written = scalar(root, "reverse")
    return written is None or written.value is True
