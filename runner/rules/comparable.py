"""A rule file in a form in which it can be laid beside another: one way to write each thing.

In: a right file. Out: its resolved tree; conditions are one value, sets of words are one value,
protections lie below their kind, waivers below their check, and what may be a list or a single
thing is numbered from 0.
"""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.values import dataclass
from runner.rules.in_words import DAYS
from runner.rules.meaning import Meanings
from runner.rules.nodes import Mapping
from runner.rules.quantity import Quantity, quantity
from runner.rules.resolved import DEFAULT, Leaf, Tree, resolved, scalar_text
from runner.rules.risk import Value
from runner.rules.source import Source

Key = str | int
Path = tuple[Key, ...]

#: Keys whose values are expressions, wherever they stand.
_EXPRESSIONS = frozenset(
    ("distance", "equity", "notional", "prefer", "price", "quantity", "risk", "spend")
)
#: Blocks that may be one thing or a list of such.
_SEVERAL = (("exit", "take_profit"), ("exit", "long"), ("exit", "short"), ("blackout",))


@dataclass(frozen=True, slots=True)
class Item:
    """One value. `meaning` is equal for equal values; `is_default`: nobody wrote it."""

    shown: str
    value: Value
    meaning: object
    is_default: bool


Side = Item | dict[Key, "Side"]


@dataclass(frozen=True, slots=True)
class Comparable:
    """A right file, ready to be compared."""

    strategy: Strategy
    root: dict[Key, Side]


def comparable(strategy: Strategy, source: Source, root: Mapping) -> Comparable:
    """The whole file."""
    tree = resolved(strategy, source, root, {})
    made = _Maker(strategy, Meanings(tree, strategy)).side(tree, ())
    if not isinstance(made, dict):
        raise AssertionError("a rule file is keys with values")
    return Comparable(strategy, made)


class _Maker:
    """Holds what values mean in one file."""

    def __init__(self, strategy: Strategy, meanings: Meanings) -> None:
        self.strategy = strategy
        self.meanings = meanings

    def side(self, tree: Tree, path: Path) -> Side:
        """What stands at a path."""
        last = path[-1] if path else ""
        if last == "when":
            return self.condition(tree)
        if path[:1] == ("sessions",) and last == "days":
            return self.days(path)
        if path in _SEVERAL and isinstance(tree, dict):
            return {0: self.side(tree, (*path, 0))}
        match tree:
            case Leaf():
                return self.leaf(tree, path)
            case dict():
                return {name: self.side(below, (*path, name)) for name, below in tree.items()}
        if path == ("protections",):
            return self.protections(tree)
        if last == "unverifiable":
            return self.waivers(tree, path)
        if all(isinstance(item, Leaf) for item in tree):
            return _words([str(item.value) for item in tree if isinstance(item, Leaf)])
        return {at: self.side(item, (*path, at)) for at, item in enumerate(tree)}

    def leaf(self, leaf: Leaf, path: Path) -> Side:
        """A value; a short form is written out."""
        if len(path) == 2 and path[0] in {"params", "indicators"}:
            key = "default" if path[0] == "params" else "value"
            return {key: self.leaf(leaf, (*path, key))}
        if path == ("position", "max_open") and leaf.silent:
            return self.one_per_symbol(leaf)
        is_default = leaf.origin == DEFAULT
        if leaf.silent:
            return Item(str(leaf.value), None, None, is_default)
        bar_ms = self.strategy.timeframe.ms
        found = quantity(leaf.value, bar_ms)
        text = leaf.value if isinstance(leaf.value, str) else scalar_text(leaf.value)
        if found is not None:
            return Item(text, found, found, is_default)
        shown = " ".join(text.split())
        meant = self.meanings.of(text) if path[-1] in _EXPRESSIONS else shown
        return Item(shown, shown, meant, is_default)

    def one_per_symbol(self, leaf: Leaf) -> Item:
        """What `max_open` is where nobody wrote it."""
        most = Quantity("", Decimal(len(self.strategy.symbols)))
        return Item(str(leaf.value), most, most, is_default=True)

    def condition(self, tree: Tree) -> Item:
        """One condition, or all of a list, with their names."""
        listed = tree.get("all", []) if isinstance(tree, dict) else [tree]
        named: list[tuple[str, str]] = []
        for item in listed if isinstance(listed, list) else []:
            if isinstance(item, Leaf):
                named.append(("", str(item.value)))
            elif isinstance(item, dict):
                named += [
                    (name, str(it.value)) for name, it in item.items() if isinstance(it, Leaf)
                ]
        texts = [" ".join(f"{name}: {text}".lstrip(": ").split()) for name, text in named]
        meaning = tuple((name, self.meanings.of(text)) for name, text in named)
        return Item("; ".join(texts), "; ".join(texts), meaning, is_default=False)

    def days(self, path: Path) -> Item:
        """Weekdays one by one."""
        session = next(it for it in self.strategy.sessions if it.name == path[1])
        return _words([DAYS[day] for day in sorted(session.days)])

    def protections(self, listed: list[Tree]) -> Side:
        """Each below its kind, numbered in the order of the file."""
        found: dict[Key, dict[Key, Side]] = {}
        for item in listed:
            for kind, below in item.items() if isinstance(item, dict) else ():
                same = found.setdefault(kind, {})
                same[len(same)] = self.side(below, ("protections", kind, len(same)))
        return dict(found)

    def waivers(self, listed: list[Tree], path: Path) -> Side:
        """Each below the check that it waives: no file has two of one."""
        found: dict[Key, Side] = {}
        for item in listed:
            side = self.side(item, (*path, 0))
            check = side.pop("check", None) if isinstance(side, dict) else None
            if isinstance(check, Item):
                found[check.shown] = side
        return found


def _words(words: list[str]) -> Item:
    return Item(", ".join(words), tuple(words), tuple(words), is_default=False)
