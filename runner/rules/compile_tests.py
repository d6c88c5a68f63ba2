"""A test file to a `Suite`, or everything that is wrong with it and the rule file it names.

In: the nodes of a file that says `kind: test`. Out: `Suite` and diagnostics. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Overrides
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runner.core.strategy import Strategy
from runner.model.errors import Refused
from runner.rules import units
from runner.rules.bench import child, scalar
from runner.rules.cases import CandlesAsked, Case, Check, Fault, Suite
from runner.rules.check import Checker
from runner.rules.compile_candles import compile_candles
from runner.rules.compile_expect import Subject, compile_expect, instant_ms
from runner.rules.diagnostic import Diagnostic, any_error
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, number_in
from runner.rules.params import Param, param_in
from runner.rules.schema_tests import TESTS
from runner.rules.sheet import Sheet
from runner.rules.source import Source
from runner.rules.symbols import Pair

if TYPE_CHECKING:
    from runner.rules.compile import Loaded

Load = Callable[[Path, Overrides[str, Param]], "Loaded"]

_START = "2024-01-01"
_FIRST_MS, _LAST_MS = 0, 4_000_000_000_000  # 1970 to 2096, in which bars of a test may stand
_ANY_PAIR = Pair("BTC", "USDT")


def compile_tests(
    source: Source, written: Mapping, load: Load
) -> tuple[Suite | None, list[Diagnostic]]:
    """`load` compiles the rule file that the tests are of, with params set."""
    checker = Checker(source, TESTS, _ANY_PAIR)
    root = checker.check(written, TESTS, "", (written.start, written.start + 1))
    sheet = Sheet(source, checker.found)
    suite = None
    if isinstance(root, Mapping):
        suite = _Author(sheet, root, load).suite()
    return (None if any_error(sheet.found) else suite), sheet.found


class _Author:
    """Compiles the tests of one file; a rule file is loaded once for each set of params."""

    def __init__(self, sheet: Sheet, root: Mapping, load: Load) -> None:
        self.sheet, self.root = sheet, root
        self._load = load
        self._known: dict[tuple[tuple[str, Param], ...], Strategy | None] = {}

    def suite(self) -> Suite | None:
        """All tests, once the rule file is right."""
        named = scalar(self.root, "strategy")
        tests = child(self.root, "tests")
        shared = _params(child(self.root, "params"))
        plain = None if named is None else self._strategy(named, {})
        if plain is None or named is None or not isinstance(tests, Sequence):
            return None
        found = [
            self._case(named, test, shared) for test in tests.items if isinstance(test, Mapping)
        ]
        self._refuse_same_names(tests)
        cases = tuple(case for case in found if case is not None)
        return Suite(self.sheet.source.file, plain, cases)

    def _case(self, named: Scalar, test: Mapping, shared: Overrides[str, Param]) -> Case | None:
        name = scalar(test, "name")
        own = child(test, "params")
        overrides = {**shared, **_params(own)}
        at = own or child(self.root, "params") or named
        strategy = self._strategy(named, overrides, at)
        if strategy is None or name is None:
            return None
        candles = compile_candles(self.sheet, child(test, "candles"), strategy)
        strategy = self._for_account(_of_symbols(strategy, candles), child(test, "account"))
        start_ms = self._start_ms(scalar(test, "start"), strategy)
        subject = Subject(strategy, candles, start_ms)
        return Case(
            name.text,
            self.sheet.line(name),
            strategy,
            start_ms or 0,  # of a file that is refused
            candles,
            _faults(self.sheet, child(test, "faults")),
            self._checks(test, subject),
        )

    def _checks(self, test: Mapping, subject: Subject) -> tuple[Check, ...]:
        listed = child(test, "expect")
        items = listed.items if isinstance(listed, Sequence) else ()
        return tuple(
            check
            for item in items
            if isinstance(item, Mapping)
            for check in compile_expect(self.sheet, item, subject)
        )

    def _strategy(
        self, named: Scalar, overrides: Overrides[str, Param], at: Node | None = None
    ) -> Strategy | None:
        """The rule file with these params; what is wrong is told where it is named, once."""
        key = tuple(sorted(overrides.items()))
        if key not in self._known:
            self._known[key] = self._loaded(named, overrides, at or named)
        return self._known[key]

    def _loaded(self, named: Scalar, overrides: Overrides[str, Param], at: Node) -> Strategy | None:
        path = Path(self.sheet.source.file).parent / named.text
        try:
            loaded = self._load(path, overrides)
        except Refused:
            help = "write its path from this file's folder"
            self.sheet.refuse(named, "R407", f"`{named.text}` cannot be read", help)
            return None
        errors = [one for one in loaded.diagnostics if any_error([one])]
        if errors and overrides and self._strategy(named, {}) is not None:
            self.sheet.refuse(at, errors[0].code, errors[0].message, errors[0].help)
        elif errors:
            help = "`runner validate` shows what is wrong in it"
            self.sheet.refuse(named, "R407", f"`{named.text}` is not a right rule file", help)
        elif loaded.strategy is None:
            help = "name a file of `kind: strategy`"
            self.sheet.refuse(named, "R407", f"`{named.text}` holds tests itself", help)
        return loaded.strategy

    def _for_account(self, strategy: Strategy, account: Node | None) -> Strategy:
        """The account as the test has it."""
        equity, capital = (self._amount(strategy, account, key) for key in ("equity", "capital"))
        if equity is not None:
            strategy = replace(strategy, backtest=replace(strategy.backtest, initial=equity))
        return strategy if capital is None else replace(strategy, capital=capital)

    def _amount(self, strategy: Strategy, account: Node | None, key: str) -> Decimal | None:
        node = scalar(account, key)
        read = None if node is None else units.amount(node.text)
        quote = strategy.symbols[0].partition("/")[2].partition(":")[0]
        if node is None or read is None:
            return None
        if not read[0] > 0:
            message = "an amount must be above zero"
            self.sheet.refuse(node, "R111", message, "write a larger one")
        elif read[1] != quote:
            message = f"`{node.text}` is not in {quote}, in which the strategy counts"
            self.sheet.refuse(node, "R402", message, f"write `{read[0]:f} {quote}`")
        return read[0]

    def _start_ms(self, node: Scalar | None, strategy: Strategy) -> int | None:
        """On the grid of the strategy's bars; `None` after reporting."""
        frame = strategy.timeframe
        try:
            start = instant_ms(_START if node is None else node.text)
        except ValueError:
            assert node is not None  # the default is a day
            self.sheet.refuse(node, "R113", "there is no such day or time", "write another")
            return None
        if not _FIRST_MS <= start <= _LAST_MS:
            assert node is not None
            self.sheet.refuse(node, "R113", "it is not between 1970 and 2096", "write another day")
            return None
        if node is not None and (start - frame.origin_ms) % frame.ms:
            message = f"no bar of {frame.text} opens then"
            self.sheet.refuse(node, "R113", message, 'write a whole day, such as `"2024-01-01"`')
            return None
        return start

    def _refuse_same_names(self, tests: Sequence) -> None:
        seen: set[str] = set()
        for test in tests.items:
            name = scalar(test, "name")
            if name is not None and name.text in seen:
                self.sheet.refuse(name, "R106", "two tests have this name", "change one of them")
            seen.add("" if name is None else name.text)


def _of_symbols(strategy: Strategy, candles: tuple[CandlesAsked, ...]) -> Strategy:
    """Only what has candles is traded."""
    told = {one.symbol for one in candles}
    traded = tuple(symbol for symbol in strategy.symbols if symbol in told)
    return replace(strategy, symbols=traded or strategy.symbols[:1])


def _params(node: Node | None) -> dict[str, Param]:
    """With their units, as `--set` takes them."""
    entries = node.entries.items() if isinstance(node, Mapping) else ()
    found = {name: param_in(entry) for name, entry in entries}
    return {name: param for name, param in found.items() if param is not None}


def _part(sheet: Sheet, part: Scalar, kind: Scalar | None) -> Decimal | None:
    """More than nothing and less than all of an order, and of a partial fill alone."""
    share = units.percentage(part.text)
    if kind is not None and kind.text != "partial_fill":
        message = f"`part` means nothing beside `fault: {kind.text}`"
        sheet.refuse(part, "R102", message, "remove it, or write `fault: partial_fill`")
    elif share is not None and not 0 < share < 1:
        help = "write a part between 0% and 100%, such as `40%`"
        sheet.refuse(part, "R111", f"`{part.text}` is no part of an order", help)
    return share


def _faults(sheet: Sheet, node: Node | None) -> tuple[Fault, ...]:
    if not isinstance(node, Sequence):
        return ()
    found = []
    for item in node.items:
        purpose, kind, nth = (scalar(item, key) for key in ("order", "fault", "nth"))
        part = scalar(item, "part")
        share = None if part is None else _part(sheet, part, kind)
        if purpose is not None and kind is not None:
            number = 1 if nth is None else int(number_in(nth))
            if nth is not None and number < 1:
                sheet.refuse(nth, "R111", "orders are counted from 1", "write `1` or more")
            half = Decimal("0.5")
            line = sheet.line(item)
            found.append(Fault(line, purpose.text, kind.text, number, share or half))
    return tuple(found)
