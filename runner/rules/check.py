"""Judges the shape of a rule file in our words.

In: a tree of nodes and the shape it should have. Out: the tree without what is wrong in it, so
that the compiler can go on and say everything else; and a diagnostic for each mistake.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

from runner.language.words import quoted
from runner.rules.advice import about_form, about_key, about_name, belongs, meant_by, wrapped
from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import Entry, Mapping, Node, Place, Scalar, Sequence, place
from runner.rules.shape import (
    Choice,
    Either,
    Form,
    Listing,
    Named,
    Record,
    Shape,
    Switch,
    text_pattern,
)
from runner.rules.source import Source
from runner.rules.symbols import Pair

_HARMLESS = re.compile(r"[a-z_]{1,16}\Z")  # a field's name; a pasted secret is longer or mixed


class Checker:
    """Holds what is found in one file."""

    def __init__(self, source: Source, root: Shape, pair: Pair) -> None:
        self.source = source
        self.root = root
        self.pair = pair  # what is traded, for the currencies in advice
        self.found: list[Diagnostic] = []

    def check(self, node: Node, shape: Shape, name: str, at: Place) -> Node | None:
        """The node without its mistakes; `None` when nothing of it can be used.

        `name` and `at`: the key that holds it, or the whole file.
        """
        if isinstance(shape, Either):
            shape = _way(shape, node) or shape
        if isinstance(node, Scalar):
            if node.refused:
                return None
            if isinstance(shape, Form):
                return self.scalar(node, shape, name, at)
            if isinstance(shape, Choice):
                return self.choice(node, shape, name, at)
            if isinstance(shape, Switch):
                return self.switch(node, name, at)
        elif isinstance(node, Mapping):
            if isinstance(shape, Record):
                return self.record(node, shape, name, at)
            if isinstance(shape, Named):
                return self.named(node, shape, name, at)
        elif isinstance(shape, Listing):
            return self.listing(node, shape, name, at)
        message = f"`{name}` must be {_kinds(shape)}, not {_kind(node)}"
        help = wrapped(shape, node, name) or self.example(name)
        self.report(_visible(node, at), "R103", message, help)
        return None

    def report(self, at: Place, code: str, message: str, help: str) -> None:
        """Notes a mistake."""
        self.found.append(self.source.diagnostic(at, code, message, help))

    def example(self, name: str) -> str:
        """How the key is written, where the shape of the file knows one of that name."""
        known = belongs(self.root, name)
        return f"write `{name}: {known.field.example}`" if known else ""

    def scalar(self, node: Scalar, form: Form, name: str, at: Place) -> Node | None:
        """A value of the form, or why it is not."""
        if _fits(node, form):
            return node
        code, message, help = about_form(form, node, name, self.pair.currency(name))
        self.report(_visible(node, at), code, message, help)
        return None

    def choice(self, node: Scalar, choice: Choice, name: str, at: Place) -> Node | None:
        """One of the words."""
        if node.value in choice.values and not isinstance(node.value, bool):
            return node
        if node.value in choice.later:
            help = "write " + " or ".join(f"`{value}`" for value in choice.values)
            self.report(place(node), "R104", f"not supported yet: `{name}: {node.text}`", help)
            return None
        if node.text in choice.never:
            message = f"`{node.text}` can never stand in `{name}`"
            self.report(place(node), choice.never[node.text], message, "remove it")
            return None
        code, message, help = about_key(node.text, "value", list(map(str, choice.values)), name)
        self.report(_visible(node, at), code, message, help)
        return None

    def switch(self, node: Scalar, name: str, at: Place) -> Node | None:
        """`true` or `false`, not quoted."""
        if isinstance(node.value, bool):
            return node
        code, message, help = about_key(node.text, "value", ["false", "true"], name)
        self.report(_visible(node, at), code, message, help)
        return None

    def listing(self, node: Sequence, shape: Listing, name: str, at: Place) -> Node | None:
        """Every item; the list is used only when all of them are right."""
        if len(node.items) < shape.minimum:
            self.report(at, "R108", f"`{name}` is empty", self.example(name))
            return None
        items = [self.check(item, shape.item, name, place(item)) for item in node.items]
        right = tuple(item for item in items if item is not None)
        return Sequence(right, node.start, node.end) if len(right) == len(items) else None

    def named(self, node: Mapping, shape: Named, name: str, at: Place) -> Node | None:
        """Names of the file's own choice; the wrong ones are left out."""
        if not node.entries or (shape.single and len(node.entries) > 1):
            message = f"`{name}` is empty" if not node.entries else "two names in one item"
            help = "begin each with `- `" if node.entries else f"write `{shape.example}`"
            self.report(at, "R108", message, help)
            return None
        entries = {}
        for key, entry in node.entries.items():
            if not _compiled(shape.keys).search(key):
                message = f"{quoted(key)} cannot be a name"
                self.report(place(entry.key), "R106", message, about_name(key))
            value = self.check(entry.value, shape.item, key, place(entry.key))
            if value is not None:
                entries[key] = entry if value is entry.value else Entry(entry.key, value)
        return Mapping(entries, node.start, node.end)

    def record(self, node: Mapping, shape: Record, name: str, at: Place) -> Node | None:
        """Known keys, the required ones among them; the wrong ones are left out."""
        fields, meant = shape.fields, node.entries
        if not meant.keys() <= fields.keys():
            meant = self.meant(node, shape, name)
        entries, same = {}, meant is node.entries
        for key, entry in meant.items():
            value = self.check(entry.value, fields[key].shape, key, place(entry.key))
            if value is entry.value:
                entries[key] = entry
                continue
            same = False
            if value is not None:
                entries[key] = Entry(entry.key, value)
        self.missing(meant, shape, name, at)
        return node if same else Mapping(entries, node.start, node.end)

    def meant(self, node: Mapping, shape: Record, name: str) -> dict[str, Entry]:
        """The entries by the keys that are meant, after reporting those that are none."""
        meant: dict[str, Entry] = {}
        for key, entry in node.entries.items():
            if key in shape.fields:
                meant[key] = entry
            else:
                self.unknown(entry.key, shape, name)
                guess = meant_by(key, list(shape.fields))
                if guess is not None and guess not in node.entries:
                    meant.setdefault(guess, entry)  # what it holds is looked at too
        return meant

    def unknown(self, key: Scalar, shape: Record, name: str) -> None:
        """A key that is not part of the record, or not yet."""
        if key.text in shape.later:
            self.report(place(key), "R104", f"not supported yet: `{key.text}`", "remove it")
            return
        secret = any(
            isinstance(known.shape, Form) and known.shape.secret for known in shape.fields.values()
        )
        if secret and not _HARMLESS.match(key.text):
            names = ", ".join(f"`{field}`" for field in sorted(shape.fields))
            self.report(place(key), "R302", f"an unknown field in `{name}`", f"allowed: {names}")
            return
        code, message, help = about_key(key.text, "key", [*shape.fields, *shape.later], name)
        if not help.startswith("did you") and (elsewhere := belongs(self.root, key.text)):
            help = f"it belongs under `{elsewhere.path}`" if elsewhere.path else "not indented"
        allowed = ", ".join(f"`{field}`" for field in sorted(shape.fields))
        self.report(place(key), code, message, help or f"allowed here: {allowed}")

    def missing(self, meant: dict[str, Entry], shape: Record, name: str, at: Place) -> None:
        """Keys that must be there, one of several, or beside another."""
        for key in shape.required:
            if key not in meant:
                known = shape.fields[key]
                where = f" in `{name}`" if name else ""
                help = f"write `{key}: {known.example}`"
                self.report(at, "R102", f"`{key}` is missing{where}", help)
        there = [key for key in shape.exactly_one if key in meant] if shape.exactly_one else [""]
        if len(there) != 1:
            choices = ", ".join(f"`{key}`" for key in sorted(shape.exactly_one))
            found = "none of them is there" if not there else f"{len(there)} of them are there"
            second = place(meant[there[1]].key) if there else at
            message = f"`{name}` takes exactly one of {choices}; {found}"
            self.report(
                second, "R107", message, "keep one" if there else f"write `{_first(shape)}`"
            )
        if shape.at_least_one and not any(key in meant for key in shape.at_least_one):
            choices = ", ".join(f"`{key}`" for key in shape.at_least_one)
            message = f"`{name}` takes at least one of {choices}; none of them is there"
            example = shape.fields[shape.at_least_one[0]].example
            self.report(at, "R102", message, f"write `{shape.at_least_one[0]}: {example}`")
        for key, other in shape.needs.items():
            if key in meant and other not in meant:
                message = f"`{key}` means nothing without `{other}`"
                example = f"write `{other}: {shape.fields[other].example}`"
                self.report(place(meant[key].key), "R102", message, example)


def _first(shape: Record) -> str:
    name = shape.exactly_one[0]
    return f"{name}: {shape.fields[name].example}"


def _fits(node: Scalar, form: Form) -> bool:
    value = node.value
    if isinstance(value, str):
        fits = _fits_text if form.secret else _kept_fit
        return fits(form.pattern, form.param, value)
    if isinstance(value, bool) or value is None:
        return False
    whole = isinstance(value, int) or (isinstance(value, Decimal) and value == int(value))
    return form.number and (whole or not form.whole)


def _fits_text(pattern: str, param: bool, text: str) -> bool:
    pattern = text_pattern(pattern, param)
    return bool(pattern) and _compiled(pattern).search(text) is not None


_kept_fit = lru_cache(4096)(_fits_text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """As JSON Schema reads it, whose `$` is the end and not before a last line break."""
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern))


def _way(shape: Either, node: Node) -> Shape | None:
    if isinstance(node, Scalar):
        return shape.scalar
    return shape.mapping if isinstance(node, Mapping) else shape.sequence


def _visible(node: Node, at: Place) -> Place:
    """The value's place, or the key's when there is no value."""
    if node.end <= node.start:
        return at
    return place(node) if isinstance(node, Scalar) else at


def _kind(node: Node) -> str:
    match node:
        case Mapping():
            return "keys with values"
        case Sequence():
            return "a list"
        case _:
            return "nothing" if node.value is None else "a single value"


def _kinds(shape: Shape) -> str:
    match shape:
        case Form():
            return shape.meaning
        case Choice():
            return "one of " + ", ".join(f"`{value}`" for value in shape.values)
        case Listing():
            return "a list"
        case Named() | Record():
            return "keys with values"
        case Switch():
            return "`true` or `false`"
        case Either():
            ways = (shape.scalar, shape.mapping, shape.sequence)
            return " or ".join(_kinds(way) for way in ways if way is not None)
