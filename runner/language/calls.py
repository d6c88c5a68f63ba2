"""Facts of calls: the functions of the table, `at_entry` and `in_session`."""

from __future__ import annotations

import ast

from runner.indicators.table import FUNCTIONS, Argument, ArgumentKind, Function, Gives
from runner.language.facts import UNKNOWN, Facts, joined, plus
from runner.language.later import LATER_NAMES
from runner.language.levels import Start, of_call
from runner.language.names import WHERE_POSITION, Names
from runner.language.trees import names_below
from runner.language.types import (
    AT_ENTRY,
    FUTURES_SERIES,
    IN_SESSION,
    OWN_NAMES,
    POSITION,
    POSITION_FUNCTIONS,
    PRICES,
    RANK,
    Kind,
)
from runner.language.walk import SPECIAL
from runner.language.words import listed, quoted, suggestion


class Calls(Names):
    """Facts of calls; what may stand in the brackets is bounded by the table."""

    def _call(self, node: ast.Call) -> Facts:
        if not isinstance(node.func, ast.Name):
            return self._method(node)
        name = node.func.id
        if name in LATER_NAMES:
            return self._later(node.func, name)
        if name in SPECIAL:
            return self._special(node, name)
        function = FUNCTIONS.get(name)
        if function is None:
            return self._not_a_function(node, name)
        self._called.add(function.name)
        if node.keywords or len(node.args) != len(function.arguments):
            return self._wrong_count(node, name, len(function.arguments), function.signature)
        return self._applied(node, function)

    def _not_a_function(self, node: ast.Call, name: str) -> Facts:
        for argument in node.args:
            self._facts(argument)
        help = suggestion(name, self._known_functions())
        if name in POSITION:
            help = "leave the brackets out"
        elif name in self._known_names():
            help = f"leave the brackets out, or write `{name}[n]` for n bars ago"
        message = f"{quoted(name)} is not a function"
        return self._refuse(node.func, "unknown-function", message, help)

    def _wrong_count(self, node: ast.Call, name: str, count: int, signature: str) -> Facts:
        for argument in node.args:
            self._facts(argument)
        message = f"`{name}` takes {count} argument{'s' * (count != 1)} by position"
        return self._refuse(node, "wrong-arguments", message, f"write `{signature}`")

    def _method(self, node: ast.Call) -> Facts:
        """`ta.sma(…)`, `close.mean()`: a function may be meant, but never an object's own."""
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word in LATER_NAMES:
            return self._later(node.func, word)
        function = FUNCTIONS.get(word)
        help = suggestion(word, FUNCTIONS) if function is None else f"write `{function.signature}`"
        message = "only functions can be called, by their plain names"
        return self._refuse(node.func, "not-in-language", message, help if word else None)

    def _special(self, node: ast.Call, name: str) -> Facts:
        self._called.add(name)
        if name == AT_ENTRY and not self._reads_position():
            message = f"`{AT_ENTRY}` is not known here"
            return self._refuse(node.func, "unknown-function", message, WHERE_POSITION)
        if name == IN_SESSION and len(node.args) == 1 and not node.keywords:
            return self._in_session(node.args[0])  # its argument is no value
        if node.keywords or len(node.args) != 1:
            return self._wrong_count(node, name, 1, SPECIAL[name])
        return self._rank(node) if name == RANK else self._at_entry(node.args[0])

    def _rank(self, node: ast.Call) -> Facts:
        """Of what the bars of each symbol tell: no position, mark price or file is one of them."""
        facts = self._of_kind(node.args[0], Kind.NUMBER)
        if facts.kind is None:
            return UNKNOWN
        if self._scope.elsewhere:
            message = "`rank` compares `symbols` at the file's own bars"
            help = "name `x` here with its `timeframe`, and write `rank(name)` where it is used"
            return self._refuse(node, "wrong-arguments", message, help)
        if facts.constant is not None or facts.position:
            what = "the position is no series" if facts.position else "a number is the same for all"
            message = f"`rank(x)` compares what bars give of each symbol; {what}"
            return self._refuse(node.args[0], "wrong-arguments", message, "write `roc(close, 20)`")
        read = names_below(node.args[0], self._scope.indicators)
        unknown = sorted(read & {*FUTURES_SERIES, *self._scope.inputs})
        if unknown:
            message = f"`{unknown[0]}` is not known of the other symbols"
            help = "rank what bars give, as in `rank(roc(close, 20))`"
            return self._refuse(node.args[0], "wrong-arguments", message, help)
        return Facts(Kind.NUMBER, facts.lookback, facts.warmup)

    def _in_session(self, node: ast.expr) -> Facts:
        sessions = self._scope.sessions
        if isinstance(node, ast.Name) and node.id in sessions - OWN_NAMES:
            return Facts(Kind.TRUTH)
        written = quoted(ast.unparse(node))
        help = f"write one of {listed(sessions)}" if sessions else "declare it under `sessions:`"
        if isinstance(node, ast.Name) and sessions:
            help = suggestion(node.id, sessions) or help
        return self._refuse(node, "wrong-arguments", f"{written} is not a session", help[:300])

    def _at_entry(self, node: ast.expr) -> Facts:
        facts = self._facts(node)
        if facts.kind is Kind.OUTPUTS or facts.start is not None:
            facts = self._of_kind(node, Kind.NUMBER)
        if facts.kind is None:
            return UNKNOWN
        if facts.position:
            message = f"`x` of `{SPECIAL[AT_ENTRY]}` is of the signal bar, where no position is"
            return self._refuse(node, "wrong-arguments", message, "leave `at_entry` out")
        return Facts(facts.kind, facts.lookback, facts.warmup, position=True)

    def _applied(self, node: ast.Call, function: Function) -> Facts:
        before = len(self.problems)
        series: list[Facts] = []
        constants: list[float | str] = []
        for place, argument in zip(function.arguments, node.args, strict=True):
            if place.kind in (ArgumentKind.SERIES, ArgumentKind.VALUE):
                series.append(self._series(argument, place, function))
            elif place.kind is ArgumentKind.CONDITION:
                series.append(self._condition(argument, function))
            elif place.kind is ArgumentKind.BAR:
                self._of_bar(argument, place, function)
            elif place.kind is ArgumentKind.WORD:
                word = self._word(argument, place, function)
                constants += [word] if len(place.words) > 1 else []
            else:
                value = self._bounded(argument, place, function) or 0.0
                constants.append(int(value) if place.kind is ArgumentKind.LENGTH else value)
        if len(self.problems) > before:
            return UNKNOWN
        if not function.in_order(constants):
            low, high = function.ascending or ("", "")
            message = f"`{low}` must be below `{high}`"
            return self._refuse(node, "wrong-arguments", message, f"write `{function.signature}`")
        start, refused = of_call(function.name, [it.start for it in series])
        if refused is not None:
            return self._level(node, refused)
        if function.level is not None:
            start = Start(ast.dump(node), ast.unparse(node), function.level)
        inputs = joined(Kind.NUMBER, *series) if series else Facts(Kind.NUMBER)
        kind = Kind.TRUTH if function.gives is Gives.TRUTH else Kind.NUMBER
        return Facts(
            Kind.OUTPUTS if function.outputs else kind,
            inputs.lookback + function.lookback(*constants),
            plus(inputs.warmup, function.warmup(*constants) - 1),
            outputs=function.outputs,
            position=inputs.position,
            start=start,
        )

    def _condition(self, node: ast.expr, function: Function) -> Facts:
        facts = self._of_kind(node, Kind.TRUTH)
        return self._no_position(node, function) if facts.position else facts

    def _word(self, node: ast.expr, place: Argument, function: Function) -> str:
        """An argument that is one of a few names."""
        if isinstance(node, ast.Name) and node.id in place.words:
            self._called.add(node.id)
            return node.id
        message = f"`{function.name}` is known by the `{place.name}` only"
        help = f"write `{function.signature}`"
        if len(place.words) > 1:
            message = f"`{place.name}` of `{function.signature}` is the name of an average"
            help = f"write one of {listed(place.words)}"
        self._refuse(node, "wrong-arguments", message, help)
        return ""

    def _of_bar(self, node: ast.expr, place: Argument, function: Function) -> None:
        """A series that is defined at every bar."""
        if not isinstance(node, ast.Name) or node.id not in (*PRICES, "volume"):
            message = f"`{place.name}` of `{function.signature}` must be a series of the bars"
            help = f"write `{'volume' if place.name == 'volume' else 'close'}`"
            self._refuse(node, "wrong-arguments", message, help)

    def _no_position(self, node: ast.expr, function: Function) -> Facts:
        message = f"`{function.signature}` works on bars; the position is no series of them"
        help = f"write operators, comparisons or {listed(POSITION_FUNCTIONS)} around it"
        if function.name in ("crossover", "crossunder"):
            help = "write `>` or `<` for prices at this bar"
        return self._refuse(node, "wrong-arguments", message, help)

    def _series(self, node: ast.expr, place: Argument, function: Function) -> Facts:
        facts = self._moving(node, Kind.NUMBER)
        if facts.position and function.name not in POSITION_FUNCTIONS:
            return self._no_position(node, function)
        if place.kind is ArgumentKind.SERIES and facts.constant is not None:
            message = f"`{place.name}` of `{function.signature}` must change from bar to bar"
            return self._refuse(node, "wrong-arguments", message, "write a series, as in `close`")
        if function.name == "mod" and place.name == "b" and facts.constant == 0:
            message = "a division by zero is undefined at every bar"
            return self._refuse(node, "out-of-range", message, None)
        return facts

    def _bounded(self, node: ast.expr, place: Argument, function: Function) -> float | None:
        value = self._written(node)
        what = f"`{place.name}` of `{function.signature}`"
        if value is None:
            if isinstance(node, ast.Name) and node.id not in self._known_names():
                self._facts(node)  # says that it is unknown, and what may be meant
                return None
            message = f"{what} must be written out"
            self._refuse(node, "computed-length", message, "write a number or a param's name")
            return None
        whole = place.kind is ArgumentKind.LENGTH
        if (whole and value != int(value)) or not place.minimum <= value <= place.maximum:
            kind = "a whole number" if whole else "a number"
            bounds = f"from {place.minimum:.12g} to {place.maximum:.12g}"
            message = f"{what} must be {kind} {bounds}, not {value:.12g}"
            self._refuse(node, "out-of-range", message, None)
            return None
        return value
