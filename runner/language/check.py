"""Gives every node of a tree a kind, a lookback and a warm-up, or says why it has none.

Only the node kinds named here exist; every branch is visited, reached or not.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from runner.indicators.table import FUNCTIONS, MAX_LENGTH, Argument, ArgumentKind, Function, Gives
from runner.language.facts import MAX_LOOKBACK, Facts, calculated, latest, plus
from runner.language.later import LATER_NAMES
from runner.language.types import SERIES, Kind, Problem, Scope
from runner.language.words import depends_on_start, listed, quoted, suggestion

Place = Callable[[ast.AST], tuple[int, int]]

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


_UNKNOWN = Facts(None)


class Checker:
    """One walk over one tree, collecting problems."""

    def __init__(self, scope: Scope, place: Place) -> None:
        self.problems: list[Problem] = []
        self._scope = scope
        self._place = place
        self._called: set[str] = set()

    def wanted(self, tree: ast.expr, want: Kind | None) -> Facts:
        """Facts of the whole expression, which has to give `want`."""
        facts = self._facts(tree) if want is None else self._of_kind(tree, want)
        if facts.lookback > MAX_LOOKBACK:
            looks = f"the expression looks back {facts.lookback} bars"
            message = f"{looks}; at most {MAX_LOOKBACK} are allowed"
            self._refuse(tree, "out-of-range", message, None)
        return Facts(
            facts.kind,
            facts.lookback,
            facts.warmup,
            facts.constant,
            facts.outputs,
            frozenset(self._called),
        )

    def _refuse(self, node: ast.AST, name: str, message: str, help: str | None) -> Facts:
        self.problems.append(Problem(*self._place(node), name, message, help))
        return _UNKNOWN

    def _facts(self, node: ast.AST) -> Facts:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.UnaryOp():
                return self._sign(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.BoolOp():
                return self._joined(
                    Kind.TRUTH, *(self._of_kind(value, Kind.TRUTH) for value in node.values)
                )
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return self._choice(node)
            case ast.Subscript():
                return self._past(node)
            case ast.Attribute():
                return self._output(node)
            case ast.Call():
                return self._call(node)
        return self._refuse(node, "not-in-language", "this is not part of the language", None)

    def _of_kind(self, node: ast.AST, want: Kind) -> Facts:
        facts = self._facts(node)
        if facts.kind is want or facts.kind is None:
            return facts
        written = quoted(ast.unparse(node))
        if facts.kind is Kind.OUTPUTS:
            choices = listed(f"{ast.unparse(node)}.{output}" for output in facts.outputs)
            return self._refuse(
                node,
                "which-output",
                f"{written} has several outputs",
                f"write one of {choices}"[:300],
            )
        if want is Kind.TRUTH:
            help = "compare it, as in `rsi(close, 14) < 30`"
            return self._refuse(
                node, "not-a-condition", f"{written} is a number where a condition is needed", help
            )
        help = "write `1 if condition else 0` for a number"
        return self._refuse(
            node, "not-a-number", f"{written} is a condition where a number is needed", help
        )

    def _joined(self, kind: Kind, *parts: Facts) -> Facts:
        """What needs all of its parts at the same bar."""
        return Facts(
            kind if all(part.kind is not None for part in parts) else None,
            max(part.lookback for part in parts),
            latest(*(part.warmup for part in parts)),
        )

    def _constant(self, node: ast.Constant) -> Facts:
        if isinstance(node.value, bool):
            return Facts(Kind.TRUTH)
        if isinstance(node.value, int | float):
            return Facts(Kind.NUMBER, constant=float(node.value))
        return self._refuse(node, "not-in-language", "only numbers can be written out", None)

    def _name(self, node: ast.Name) -> Facts:
        if node.id in SERIES:
            return Facts(Kind.NUMBER)
        if node.id in self._scope.params:
            return Facts(Kind.NUMBER, constant=float(self._scope.params[node.id]))
        if node.id in self._scope.indicators:
            named = self._scope.indicators[node.id]
            return Facts(named.kind, named.lookback, named.warmup, named.constant, named.outputs)
        if node.id in FUNCTIONS:
            help = f"write `{FUNCTIONS[node.id].signature}`"
            return self._refuse(node, "wrong-arguments", f"{quoted(node.id)} is a function", help)
        return self._unknown(node, node.id)

    def _unknown(self, node: ast.AST, word: str) -> Facts:
        if word in LATER_NAMES:
            return self._later(node, word)
        known = (*SERIES, *self._scope.params, *self._scope.indicators, *FUNCTIONS)
        return self._refuse(
            node, "unknown-name", f"{quoted(word)} is not known here", suggestion(word, known)
        )

    def _later(self, node: ast.AST, word: str) -> Facts:
        help = depends_on_start(word) or "remove it"
        return self._refuse(node, "unsupported", f"not supported yet: `{word}`", help)

    def _sign(self, node: ast.UnaryOp) -> Facts:
        if isinstance(node.op, ast.Not):
            return self._joined(Kind.TRUTH, self._of_kind(node.operand, Kind.TRUTH))
        if not isinstance(node.op, ast.USub):
            return self._refuse(
                node,
                "not-in-language",
                "a plus sign stands only between two numbers",
                "leave it out",
            )
        facts = self._of_kind(node.operand, Kind.NUMBER)
        constant = None if facts.constant is None else -facts.constant
        return Facts(facts.kind, facts.lookback, facts.warmup, constant)

    def _arithmetic(self, node: ast.BinOp) -> Facts:
        if not isinstance(node.op, _ARITHMETIC):
            return self._refuse(
                node, "not-in-language", "this operator is not part of the language", None
            )
        left, right = self._of_kind(node.left, Kind.NUMBER), self._of_kind(node.right, Kind.NUMBER)
        if isinstance(node.op, ast.Div) and right.constant == 0:
            return self._refuse(
                node.right, "out-of-range", "a division by zero is undefined at every bar", None
            )
        joined = self._joined(Kind.NUMBER, left, right)
        if left.constant is None or right.constant is None:
            return joined
        constant = calculated(node.op, left.constant, right.constant)
        if not math.isfinite(constant):
            return self._refuse(node, "out-of-range", "this number is too large", None)
        return Facts(joined.kind, constant=constant)

    def _comparison(self, node: ast.Compare) -> Facts:
        operands = [node.left, *node.comparators]
        if not all(isinstance(operator, _COMPARISONS) for operator in node.ops):
            return self._refuse(
                node, "not-in-language", "this comparison is not part of the language", None
            )
        found = [self._facts(operand) for operand in operands]
        if any(part.kind is Kind.TRUTH for part in found):
            help = "join conditions with `and`, `or`, `not`"
            return self._refuse(node, "not-a-number", "conditions are not compared", help)
        return self._joined(
            Kind.TRUTH,
            *(part if part.kind is not Kind.OUTPUTS else self._of_kind(operand, Kind.NUMBER)
              for operand, part in zip(operands, found, strict=True)),
        )  # fmt: skip

    def _choice(self, node: ast.IfExp) -> Facts:
        test = self._of_kind(node.test, Kind.TRUTH)
        body = self._facts(node.body)
        if body.kind is Kind.OUTPUTS:
            body = self._of_kind(node.body, Kind.NUMBER)
        if body.kind is None:
            self._facts(node.orelse)
            return _UNKNOWN
        return self._joined(body.kind, test, body, self._of_kind(node.orelse, body.kind))

    def _past(self, node: ast.Subscript) -> Facts:
        facts = self._facts(node.value)
        bars = self._bars_back(node.slice)
        if facts.kind is Kind.OUTPUTS:
            output = facts.outputs[0]
            help = f"write `{ast.unparse(node.value)}.{output}[n]`"[:300]
            written = quoted(ast.unparse(node.value))
            return self._refuse(node, "which-output", f"{written} has several outputs", help)
        if facts.kind is None or bars is None:
            return _UNKNOWN
        if facts.constant is not None:
            return self._refuse(
                node, "not-in-language", "a constant has no past", "leave `[n]` out"
            )
        return Facts(facts.kind, facts.lookback + bars, plus(facts.warmup, bars))

    def _bars_back(self, node: ast.expr) -> int | None:
        help = "`x[n]` is the value n bars ago; n is a number or a param, 0 or more"
        value = self._written(node)
        if value is None:
            message = "a look-back is written out or a param"
            self._refuse(node, "computed-lookback", message, help)
            return None
        if value < 0:
            self._refuse(node, "negative-lookback", "there is no look into the future", help)
            return None
        if value != int(value) or value > MAX_LENGTH:
            message = f"a look-back is a whole number from 0 to {MAX_LENGTH}, not {value:.12g}"
            self._refuse(node, "out-of-range", message, help)
            return None
        return int(value)

    def _written(self, node: ast.expr) -> float | None:
        """A number that is written out or a param; the only form that bounds and windows take."""
        match node:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name) if name in self._scope.params:
                return float(self._scope.params[name])
            case ast.UnaryOp(op=ast.USub()):
                operand = self._written(node.operand)
                return None if operand is None else -operand
        return None

    def _output(self, node: ast.Attribute) -> Facts:
        facts = self._facts(node.value)
        if facts.kind is None:
            return _UNKNOWN
        if node.attr in facts.outputs:
            return Facts(Kind.NUMBER, facts.lookback, facts.warmup)
        written = quoted(ast.unparse(node.value))
        if not facts.outputs:
            return self._refuse(
                node,
                "unknown-output",
                f"{written} has no outputs",
                f"leave {quoted('.' + node.attr)} out",
            )
        message = f"{written} has no output {quoted(node.attr)}"
        return self._refuse(
            node, "unknown-output", message, f"write one of {listed(facts.outputs)}"
        )

    def _call(self, node: ast.Call) -> Facts:
        if not isinstance(node.func, ast.Name):
            return self._method(node)
        if node.func.id in LATER_NAMES:
            return self._later(node.func, node.func.id)
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            for argument in node.args:
                self._facts(argument)
            help = suggestion(node.func.id, FUNCTIONS)
            if node.func.id in (*SERIES, *self._scope.params, *self._scope.indicators):
                help = f"leave the brackets out, or write `{node.func.id}[n]` for n bars ago"
            message = f"{quoted(node.func.id)} is not a function"
            return self._refuse(node.func, "unknown-function", message, help)
        self._called.add(function.name)
        if node.keywords or len(node.args) != len(function.arguments):
            for argument in node.args:
                self._facts(argument)
            count = len(function.arguments)
            message = f"`{function.name}` takes {count} argument{'s' * (count != 1)} by position"
            return self._refuse(node, "wrong-arguments", message, f"write `{function.signature}`")
        return self._applied(node, function)

    def _method(self, node: ast.Call) -> Facts:
        """`ta.sma(…)`, `close.mean()`: a function may be meant, but never an object's own."""
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word in LATER_NAMES:
            return self._later(node.func, word)
        function = FUNCTIONS.get(word)
        help = suggestion(word, FUNCTIONS) if function is None else f"write `{function.signature}`"
        message = "only functions can be called, by their plain names"
        return self._refuse(node.func, "not-in-language", message, help if word else None)

    def _applied(self, node: ast.Call, function: Function) -> Facts:
        before = len(self.problems)
        series: list[Facts] = []
        lengths: list[int] = []
        for place, argument in zip(function.arguments, node.args, strict=True):
            if place.kind in (ArgumentKind.SERIES, ArgumentKind.VALUE):
                series.append(self._series(argument, place, function))
            else:
                value = self._bounded(argument, place, function)
                if place.kind is ArgumentKind.LENGTH and value is not None:
                    lengths.append(int(value))
        if len(self.problems) > before:
            return _UNKNOWN
        if function.ascending and lengths[0] >= lengths[1]:
            names = f"`{function.arguments[1].name}` must be below `{function.arguments[2].name}`"
            return self._refuse(node, "wrong-arguments", names, f"write `{function.signature}`")
        inputs = self._joined(Kind.NUMBER, *series) if series else Facts(Kind.NUMBER)
        kind = Kind.TRUTH if function.gives is Gives.TRUTH else Kind.NUMBER
        return Facts(
            Kind.OUTPUTS if function.outputs else kind,
            inputs.lookback + function.lookback(*lengths),
            plus(inputs.warmup, function.warmup(*lengths) - 1),
            outputs=function.outputs,
        )

    def _series(self, node: ast.expr, place: Argument, function: Function) -> Facts:
        facts = self._of_kind(node, Kind.NUMBER)
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
