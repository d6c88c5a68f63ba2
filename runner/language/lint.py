"""Warnings: what is in the language but cannot be meant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Set

from runner.indicators.table import FUNCTIONS
from runner.indicators.talib_candles import GIVEN
from runner.language.always import (
    constant_of,
    decided,
    function_of,
    is_always,
    is_never,
    meaning,
    origin,
)
from runner.language.trees import names_below, nodes, same
from runner.language.types import POSITION_PRICES, PRICES, RANK, Problem, Scope

Place = Callable[[ast.AST], tuple[int, int]]

#: Functions whose values are few, so that `==` can hold.
_STEPPED = frozenset({"mod", "sign"})

#: What gives one of the numbers it is made of, and may so equal another to the last bit.
_SELECTING = frozenset({"clamp", "donchian", "heikin_ashi", "highest", "lowest", "max", "min"})

#: The output of `donchian` that is the highest or lowest.
_CHANNEL = {"highest": "upper", "lowest": "lower"}

_PRICES = ("price", "prices")  # units


def warnings(tree: ast.expr, scope: Scope, place: Place) -> Iterator[Problem]:
    """Everything worth a warning in a checked tree, by no particular order."""
    looked_at = [it for it in nodes(tree) if isinstance(it, ast.Compare | ast.Call)]
    found = [it for node in looked_at for it in _of_node(node, scope, place)]
    if not any(it.name in ("always-true", "never-true") for it in found):
        found += _joined(tree, scope, place)
    yield from found


def _joined(tree: ast.expr, scope: Scope, place: Place) -> Iterator[Problem]:
    """The largest condition that no bar changes though each of its parts may change."""
    for node in nodes(tree):
        if isinstance(node, ast.BoolOp) and not any(map(_has_constant, node.values)):
            if isinstance(node.op, ast.And) and is_never(node, scope):
                message = "these exclude each other: they are never true at one bar"
                yield Problem(*place(node), "never-true", message, "change one of them")
                return
            if isinstance(node.op, ast.Or) and is_always(node, scope):
                message = "one of these is true at every bar"
                yield Problem(*place(node), "always-true", message, "change one of them")
                return
    match tree:
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.IfExp() | ast.Constant(value=bool()):
            yield from _fixed(tree, scope, place)


def _has_constant(node: ast.expr) -> bool:
    constants = [each for each in nodes(node) if isinstance(each, ast.Constant)]
    return any(isinstance(each.value, bool) for each in constants)


def _of_node(node: ast.AST, scope: Scope, place: Place) -> Iterator[Problem]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        found: list[Problem] = []
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            found += _comparison(left, operator, right, node, scope, place)
        yield from found
        if not any(it.name == "never-true" for it in found):
            yield from _fixed(node, scope, place)
        return
    match node:
        case ast.Call(func=ast.Name(id="crossover" | "crossunder" as name), args=[one, other]):
            above, below = (one, other) if name == "crossover" else (other, one)
            breakouts = list(_breakout(above, below, node, scope, place))
            yield from breakouts or _fixed(node, scope, place)


def _fixed(node: ast.expr, scope: Scope, place: Place) -> Iterator[Problem]:
    """A condition that no bar changes."""
    truth = decided(node, scope)
    if truth is None:
        return
    name, word = ("always-true", "is always true") if truth else ("never-true", "can never be true")
    reason, help = ", whatever the market does", "remove it"
    if scope.symbols is not None and RANK in names_below(node, scope.indicators):
        reason = f": `rank` goes from 1 to {scope.symbols}, the number of `symbols`"
        help = "compare it with another number, or remove it"
    yield Problem(*place(node), name, f"this {word}{reason}", help)


def _comparison(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.expr, scope: Scope, place: Place
) -> Iterator[Problem]:
    match operator:
        case ast.Gt():
            yield from _breakout(left, right, node, scope, place)
        case ast.Lt():
            yield from _breakout(right, left, node, scope, place)
        case ast.Eq() if name := _patterned(left, right, scope) or _patterned(right, left, scope):
            *most, last = map(str, GIVEN[name])
            message = f"this can never be true: `{name}` gives {', '.join(most)} or {last}"
            ways = [way for way, end in (("`> 0`", 100), ("`< 0`", -100)) if end in GIVEN[name]]
            yield Problem(*place(node), "never-true", message, f"write {' or '.join(ways)}")
        case ast.Eq() | ast.NotEq() if _priced(left, scope) or _priced(right, scope):
            if not (_stepped(left, scope) or _stepped(right, scope)) and not (
                _selected(left, scope) and _selected(right, scope)
            ):
                message = "prices are hardly ever exactly equal"
                yield Problem(
                    *place(node),
                    "equal-prices",
                    message,
                    "compare with `<=` or `>=`, or a difference",
                )


def _breakout(
    above: ast.expr, below: ast.expr, node: ast.expr, scope: Scope, place: Place
) -> Iterator[Problem]:
    """`above > below` where one of them is a window that holds the other."""
    for window, other, name, bound in (
        (below, above, "highest", "high"),
        (above, below, "lowest", "low"),
    ):
        match meaning(window, scope):
            case ast.Call(func=ast.Name(id=called), args=[source, _]) if called == name:
                held = _inside(meaning(other, scope), meaning(source, scope), bound)
            case ast.Attribute(value=called_with, attr=output) if output == _CHANNEL[name]:
                held = _is_call(meaning(called_with, scope), {"donchian"}) and _inside(
                    meaning(other, scope), ast.Name(bound, ast.Load()), bound
                )
            case _:
                held = False
        if held:
            written = ast.unparse(window)
            message = "this can never be true: the window includes the current bar"
            yield Problem(*place(node), "never-true", message, f"write `{written}[1]`"[:300])


def _inside(value: ast.expr, source: ast.expr, bound: str) -> bool:
    """Whether `value` never leaves the window of `source`."""
    if same(value, source):
        return True
    return (
        isinstance(source, ast.Name)
        and source.id == bound
        and isinstance(value, ast.Name)
        and value.id in PRICES
    )


def _priced(node: ast.expr, scope: Scope) -> bool:
    """Whether the value moves with a price; looks once at each part, however often it is named."""
    waiting, seen = [node], set[ast.expr]()
    while waiting:
        part = origin(waiting.pop(), scope)
        if part in seen:
            continue
        seen.add(part)
        match part:
            case ast.Name(id=name):
                if name in (*PRICES, *POSITION_PRICES, "mark"):
                    return True
            case ast.Call(func=ast.Name(id=name), args=arguments):
                unit = FUNCTIONS[name].unit if name in FUNCTIONS else ""
                of_argument = "of source" in unit or unit in ("of a", "of x")
                if unit in _PRICES or (of_argument and not arguments):
                    return True
                waiting += arguments[:1] if of_argument else []
            case _:
                children = ast.iter_child_nodes(part)
                waiting += [child for child in children if isinstance(child, ast.expr)]
    return False


def _patterned(node: ast.expr, other: ast.expr, scope: Scope) -> str | None:
    """The candle pattern that is compared with what it never gives."""
    name, value = function_of(node, scope), constant_of(other, scope)
    is_never = name in GIVEN and value is not None and value not in GIVEN[name]
    return name if is_never else None


def _selected(node: ast.expr, scope: Scope) -> bool:
    """Whether the value is a bar's own price, or picked from some: those are often equal."""
    node = meaning(node, scope)
    match node:
        case ast.Subscript(value=inner):
            return _selected(inner, scope)
        case ast.Name(id=name):
            return name in ("open", "high", "low", "close")
        case ast.Attribute(value=call):
            return _is_call(meaning(call, scope), _SELECTING)
    return _is_call(node, _SELECTING)


def _is_call(node: ast.expr, names: Set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in names
    return False


def _stepped(node: ast.expr, scope: Scope) -> bool:
    match origin(node, scope):
        case ast.Call(func=ast.Name(id=name)):
            return name in _STEPPED
    return False
