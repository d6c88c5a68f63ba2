"""Params: numbers that a file declares by name, and where `$name` stands for one of them.

In: the tree of a file, and what the caller sets. Out: the params with their values, and the tree
with each `$name` replaced by the value, as if it were written there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Overrides
from dataclasses import replace
from decimal import Decimal

from runner.model.values import dataclass
from runner.rules.advice import meant_by, percent_meant
from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import Entry, Mapping, Node, Scalar, Sequence, Value, place
from runner.rules.scalars import Refusal
from runner.rules.source import Source, may_be_secret
from runner.rules.units import percentage

_INSERTED = re.compile(r"\$([a-z_][a-z0-9_]*)\Z")


@dataclass(frozen=True, slots=True)
class Param:
    """One param and its bounds; all are fractions when the file writes them in percent."""

    name: str
    value: Decimal
    percent: bool
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def text(self) -> str:
        """As it would be written in the place of `$name`."""
        return f"{(self.value * 100).normalize():f}%" if self.percent else f"{self.value:f}"

    @property
    def plain(self) -> int | Decimal | str:
        """The YAML value of `text`."""
        if self.percent:
            return self.text
        return int(self.value) if self.value == self.value.to_integral_value() else self.value


class ParamReader:
    """Holds what is found while reading the params of one file."""

    def __init__(self, source: Source, overrides: Overrides[str, Param]) -> None:
        self.source = source
        self.overrides = overrides
        self.found: list[Diagnostic] = []
        self.params: dict[str, Param] = {}
        self.declared: set[str] = set()
        self.inserted: set[str] = set()

    def read(self, root: Mapping) -> Mapping:
        """Fills `params` and returns the tree with every `$name` replaced."""
        block = root.entries.get("params")
        if block is not None and isinstance(block.value, Mapping):
            self.declared = set(block.value.entries)
            for name, entry in block.value.entries.items():
                self.declare(name, entry)
        self.refuse_unknown_overrides(root)
        if "$" not in self.source.text and "\\" not in self.source.text:
            return root  # no `$name`, not even as an escape
        kept = {
            name: entry if name == "params" else Entry(entry.key, self.insert(entry.value))
            for name, entry in root.entries.items()
        }
        return Mapping(kept, root.start, root.end)

    def declare(self, name: str, entry: Entry) -> None:
        """One entry of `params:`; what is not a number is left to the check of the shape."""
        parts = entry.value.entries if isinstance(entry.value, Mapping) else {"default": entry}
        default = param_in(parts.get("default"))
        if default is None:
            return
        bounds = {bound: param_in(parts.get(bound)) for bound in ("min", "max")}
        for bound, written in bounds.items():
            if written is not None and written.percent != default.percent:
                message = f"`{bound}` and `default` of `{name}` have different units"
                self.refuse(parts[bound].value, "R110", message, "write both alike")
                return
        self.bound(name, parts["default"].value, default, bounds)
        given = self.overrides.get(name)
        if given is not None and given.percent != default.percent:
            self.refuse_unit(name, entry.key, given)
        elif given is not None:
            default = replace(default, value=given.value)
            self.bound(name, entry.key, default, bounds)
        low, high = (it.value if it else None for it in (bounds["min"], bounds["max"]))
        self.params[name] = replace(default, name=name, low=low, high=high)

    def refuse_unit(self, name: str, node: Node, given: Param) -> None:
        """What the caller sets is in percent where the file is, and nowhere else."""
        secret = may_be_secret(name)
        if given.percent:
            words = "a percentage" if secret else given.text
            help = "write a number without `%`, or declare it in percent"
            self.refuse(node, "R110", f"`{name}` is a bare number, and is set to {words}", help)
            return
        message = f"`{name}` is in percent, and is set to a bare number"
        help = "write the percent sign" if secret else percent_meant(given.value)
        self.refuse(node, "R109", message, help)

    def bound(self, name: str, node: Node, given: Param, bounds: dict[str, Param | None]) -> None:
        """A value lies within what the file allows."""
        low, high = bounds["min"], bounds["max"]
        low_text = low.text if low else "any"
        high_text = high.text if high else "any"
        if (low is None or low.value <= given.value) and (
            high is None or given.value <= high.value
        ):
            return
        message = f"`{name}` is {given.text}; the file allows {low_text} to {high_text}"
        if may_be_secret(name):
            message = f"`{name}` is outside of its bounds"
        self.refuse(node, "R111", message, "change the value or its bounds")

    def refuse_unknown_overrides(self, root: Mapping) -> None:
        """What the caller sets must be declared."""
        for name in sorted(set(self.overrides) - self.declared):
            help = self.allowed(name)
            message = f"`{name}` is set, but the file declares no such param"
            self.found.append(
                self.source.diagnostic((root.start, root.start), "R112", message, help)
            )

    def allowed(self, name: str) -> str:
        """What may have been meant by an undeclared name."""
        meant = meant_by(name, sorted(self.declared))
        if meant:
            return f"did you mean `{meant}`?"
        names = ", ".join(f"`{declared}`" for declared in sorted(self.declared))
        return f"declared: {names}" if names else f"declare it: `params: {{{name}: 10}}`"

    def insert(self, node: Node) -> Node:
        """The tree below a node with params in the place of `$name`; secrets are not looked at."""
        match node:
            case Mapping():
                entries = {
                    name: entry
                    if may_be_secret(name)
                    else Entry(entry.key, self.insert(entry.value))
                    for name, entry in node.entries.items()
                }
                return Mapping(entries, node.start, node.end)
            case Sequence():
                return Sequence(tuple(map(self.insert, node.items)), node.start, node.end)
            case Scalar():
                match = _INSERTED.match(node.text)
                return self.inserted_at(node, match[1]) if match else node

    def inserted_at(self, node: Scalar, name: str) -> Scalar:
        """The param's value with the place of `$name`."""
        self.inserted.add(name)
        param = self.params.get(name)
        if param is not None:
            return replace(node, value=param.plain, text=param.text, inserted=True)
        if name not in self.declared:
            self.refuse(node, "R112", f"`${name}` is not a param", self.allowed(name))
        return replace(node, refused=True)

    def refuse(self, node: Node, code: str, message: str, help: str) -> None:
        """Notes a mistake."""
        self.found.append(self.source.diagnostic(place(node), code, message, help))


def params_of(
    source: Source, root: Node | None, overrides: Overrides[str, Param]
) -> dict[str, Param]:
    """The params of a file that is right, in the order of the file."""
    reader = ParamReader(source, overrides)
    if isinstance(root, Mapping):
        reader.read(root)
    return reader.params


def param_in(entry: Entry | None) -> Param | None:
    """A number or a percentage; `None` when it is neither, or not there."""
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.refused:
        return None
    return param_of(entry.value.value)


def param_of(value: Value | Refusal) -> Param | None:
    """The same of what a plain scalar means."""
    if isinstance(value, str):
        fraction = percentage(value)
        return None if fraction is None else Param("", fraction, percent=True)
    if isinstance(value, bool | Refusal) or value is None:
        return None
    return Param("", Decimal(value), percent=False)
