"""The kinds of files, and which one is meant where a file does not say so rightly."""

from __future__ import annotations

from dataclasses import replace

from runner.rules.advice import about_key, meant_by
from runner.rules.bench import scalar
from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import Entry, Mapping, Node, Scalar, place
from runner.rules.schema import LATER_KINDS, STRATEGY
from runner.rules.schema_settings import SETTINGS
from runner.rules.schema_tests import TESTS
from runner.rules.shape import Record
from runner.rules.source import Source

#: By what each kind is judged.
SHAPES: dict[str, Record] = {"strategy": STRATEGY, "test": TESTS, "settings": SETTINGS}


def as_meant(source: Source, root: Node) -> tuple[Mapping | None, str, list[Diagnostic]]:
    """The file as one of the kind that is meant, so that all else wrong with it is found too.

    `None`: it is of no kind that can be judged. What says no kind at all is left to its shape.
    """
    if not isinstance(root, Mapping):
        message = "a rule file is keys with values"
        at = (root.start, min(root.end, root.start + 40))
        return None, "", [source.diagnostic(at, "R103", message, "begin with `version: 1`")]
    kind = scalar(root, "kind")
    if kind is None or kind.value is None or kind.refused:
        return root, _by_keys(root), []
    if kind.text in LATER_KINDS:
        message = f"not supported yet: `kind: {kind.text}`"
        told = source.diagnostic(place(kind), "R104", message, "write `kind: strategy`")
        return None, "", [told]
    meant = meant_by(kind.text, list(SHAPES)) or _by_keys(root)
    code, message, help = about_key(kind.text, "value", list(SHAPES), "kind")
    told = source.diagnostic(place(kind), code, message, help)
    return _with_kind(root, kind, meant), meant, [told]


def _by_keys(root: Mapping) -> str:
    """The kind that takes most of the keys; a rule file where several do."""
    return max(SHAPES, key=lambda kind: len(SHAPES[kind].fields.keys() & root.entries.keys()))


def _with_kind(root: Mapping, written: Scalar, kind: str) -> Mapping:
    entry = Entry(root.entries["kind"].key, replace(written, value=kind, text=kind))
    return replace(root, entries={**root.entries, "kind": entry})
