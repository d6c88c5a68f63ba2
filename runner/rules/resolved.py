"""A rule file as it is in effect: every key with its value and where that comes from.

In: a file that is right. Out: a tree of the shape of the file, params inserted, defaults filled in;
and its lines as YAML that means the same as the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.values import dataclass
from runner.rules import nodes
from runner.rules.defaults import Path, Silence, default_of, is_block_of_defaults
from runner.rules.nodes import Node, Scalar, Value
from runner.rules.params import Param, ParamReader
from runner.rules.scalars import resolve
from runner.rules.schema import STRATEGY
from runner.rules.shape import Either, Listing, Named, Record, Shape
from runner.rules.source import Source, looks_secret

DEFAULT, SET = "default", "--set"

#: Text that no reader of YAML takes for anything else, where it holds no number or truth.
PLAIN = re.compile(r"(?:[A-Za-z0-9_(.]|-[0-9])[A-Za-z0-9_ ,./()<>=*+%-]*\Z")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value; `silent`: no value but words for its absence."""

    value: Value
    origin: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of YAML and the origin that stands beside it (empty on keys with parts)."""

    text: str
    origin: str
    silent: bool = False


Tree = Leaf | dict[str, "Tree"] | list["Tree"]


def resolved(
    strategy: Strategy, source: Source, root: nodes.Mapping, overrides: Mapping[str, Param]
) -> dict[str, Tree]:
    """Every key that the file has or could have, in the order of the schema."""
    reader = ParamReader(source, overrides)
    return _Resolver(strategy, reader).record(STRATEGY, reader.read(root), ())


class _Resolver:
    """Walks the shape beside the file."""

    def __init__(self, strategy: Strategy, reader: ParamReader) -> None:
        self.strategy = strategy
        self.reader = reader

    def tree(self, shape: Shape, node: Node, path: Path) -> Tree:
        """What is written, and what is not written below it."""
        match shape, node:
            case Either(), _:
                way = _way(shape, node)
                return self.leaf(node, path) if way is None else self.tree(way, node, path)
            case Record(), nodes.Mapping():
                return self.record(shape, node, path)
            case Named(), nodes.Mapping():
                return {
                    name: self.tree(shape.item, entry.value, (*path, name))
                    for name, entry in node.entries.items()
                }
            case Listing(), nodes.Sequence():
                return [
                    self.tree(shape.item, item, (*path, at)) for at, item in enumerate(node.items)
                ]
        return self.leaf(node, path)

    def record(self, shape: Record, node: nodes.Mapping | None, path: Path) -> dict[str, Tree]:
        """The keys of a block; those of which only one may stand are shown where they stand."""
        written = node.entries if node is not None else {}
        found: dict[str, Tree] = {}
        for name, known in shape.fields.items():
            below = (*path, name)
            if name in written:
                found[name] = self.tree(known.shape, written[name].value, below)
            elif name in shape.exactly_one or shape.needs.get(name, name) not in {name, *written}:
                continue
            elif is_block_of_defaults(below) and isinstance(known.shape, Record):
                block = self.record(known.shape, None, below)
                found.update({name: block} if block else {})
            else:
                found.update(self.absent(name, below))
        return found

    def absent(self, name: str, path: Path) -> dict[str, Tree]:
        """The default of a key, if the key means anything here."""
        match default_of(self.strategy, path):
            case None:
                return {}
            case Silence(words):
                return {name: Leaf(words, DEFAULT, silent=True)}
            case value:
                return {name: Leaf(value, DEFAULT)}

    def leaf(self, node: Node, path: Path) -> Leaf:
        """A value that is written, or set from outside."""
        if not isinstance(node, Scalar):
            raise AssertionError("a right file has its values where the schema has them")
        param = self.reader.params.get(str(path[1])) if path[0] == "params" else None
        is_value = path[2:] in ((), ("default",))
        if param is not None and is_value and param.name in self.reader.overrides:
            return Leaf(param.plain, SET)
        source = self.reader.source
        origin = f"{source.file}:{source.position(node.start)[0]}"
        if node.inserted:
            return Leaf(node.value, f"{origin}, {source.text[node.start : node.end].strip(_MARKS)}")
        return Leaf(node.value if _REFERENCES & set(path) else _shown(node.value), origin)


_MARKS = "'\""
_REFERENCES = frozenset({"credentials", "next"})


def _way(shape: Either, node: Node) -> Shape | None:
    match node:
        case Scalar():
            return shape.scalar
        case nodes.Mapping():
            return shape.mapping
        case nodes.Sequence():
            return shape.sequence


def _shown(value: Value) -> Value:
    """Without what looks like a key or a token; a reference to one is shown as it is."""
    if isinstance(value, str):
        for start, end in reversed(list(looks_secret(value))):
            value = f"{value[:start]}***{value[end:]}"
    return value


def leaves(tree: Tree, key: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every value with its keys: `entry.long.size.risk`, `symbols[0]`."""
    match tree:
        case Leaf():
            yield key, tree
        case dict():
            for name, below in tree.items():
                yield from leaves(below, f"{key}.{name}" if key else name)
        case list():
            for at, below in enumerate(tree):
                yield from leaves(below, f"{key}[{at}]")


def yaml_lines(tree: dict[str, Tree]) -> Iterator[Line]:
    """The tree as block YAML; what is silent stands in comments."""
    for name, below in tree.items():
        match below:
            case Leaf():
                text = str(below.value) if below.silent else scalar_text(below.value)
                mark = "# " if below.silent else ""
                yield Line(f"{mark}{scalar_text(name)}: {text}", below.origin, below.silent)
            case dict():
                inside = list(yaml_lines(below))
                silent = all(line.silent for line in inside)
                yield Line(f"{'# ' if silent else ''}{scalar_text(name)}:", "", silent)
                yield from (_deeper(line, "  ") for line in inside)
            case list():
                yield Line(f"{scalar_text(name)}:", "")
                for item in below:
                    yield from _item(item)


def _item(item: Tree) -> Iterator[Line]:
    if isinstance(item, Leaf):
        yield Line(f"  - {scalar_text(item.value)}", item.origin)
    elif isinstance(item, dict):
        lines = list(yaml_lines(dict(sorted(item.items(), key=_is_silent))))
        yield _deeper(lines[0], "  - ")
        yield from (_deeper(line, "    ") for line in lines[1:])


def _is_silent(entry: tuple[str, Tree]) -> bool:
    return isinstance(entry[1], Leaf) and entry[1].silent


def _deeper(line: Line, indent: str) -> Line:
    return Line(indent + line.text, line.origin, line.silent)


def scalar_text(value: Value) -> str:
    """A value as YAML that every reader understands alike.

    >>> scalar_text("close > open"), scalar_text("no"), scalar_text(True), scalar_text(12)
    ('close > open', '"no"', 'true', '12')
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
    if PLAIN.match(value) and value == value.strip() and resolve(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
