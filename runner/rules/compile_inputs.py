"""`inputs:`: series of numbers from CSV files, which are opened when a run begins."""

from __future__ import annotations

from runner.core.strategy import InputFile
from runner.language.words import quoted
from runner.rules import units
from runner.rules.bench import Bench, child, scalar
from runner.rules.calendar import Unusable, beside
from runner.rules.nodes import Mapping, Node, Scalar, place


def compile_inputs(bench: Bench, root: Mapping) -> tuple[InputFile, ...]:
    """In file order; the wrong ones are remembered as failed."""
    node, written = child(root, "inputs"), child(bench.written, "inputs")
    found = []
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        one = _input(bench, name, entry.value)
        if bench.is_new(entry.key) and one is not None:
            bench.inputs.add(name)
            found.append(one)
    if isinstance(written, Mapping):
        bench.failed |= set(written.entries) - bench.inputs
    return tuple(found)


def _input(bench: Bench, name: str, node: Node) -> InputFile | None:
    file, column, lag = (scalar(node, key) for key in ("file", "column", "lag"))
    if file is None or column is None or lag is None:
        return None
    lag_ms = bench.unit(lag, units.duration_ms, "a duration, such as `1d`")
    if lag_ms is None or not _path_is_right(bench, file):
        return None
    return InputFile(name, file.text, column.text, lag_ms)


def _path_is_right(bench: Bench, node: Scalar) -> bool:
    """Relative to the rule file; that it is not there yet is worth a second look only."""
    try:
        path = beside(bench.source.file, node.text)
    except Unusable as why:
        bench.refuse(place(node), "R407", str(why), why.help)
        return False
    if not path.is_file():
        message = f"there is no file {quoted(node.text)} yet"
        bench.warn(place(node), "R507", message, "paths are relative to the rule file")
    return True
