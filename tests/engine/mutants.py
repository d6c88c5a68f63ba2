"""Rule files with one comparison turned around, and whether the tests beside them notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.commands.files import inputs_for, markets_for
from runner.engine.proving import prove
from runner.model.proofs import Outcome
from runner.rules.cases import Suite
from runner.rules.compile import load

_COMPARISON = re.compile(r"[<>]=?")
_COMMENT = re.compile(r"#.*")

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
#: The other side of the very boundary.
MOVED = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}


@dataclass(frozen=True)
class Mutant:
    """The text of a rule file after one change, and where the change is."""

    place: str
    text: str

    def __str__(self) -> str:
        return self.place


def mutants(file: Path, changes: Mapping[str, str]) -> Iterator[Mutant]:
    """One for each comparison of the file's expressions."""
    text = file.read_text(encoding="utf-8")
    bare = _COMMENT.sub(lambda comment: " " * len(comment[0]), text)
    for found in _COMPARISON.finditer(bare):
        changed = text[: found.start()] + changes[found[0]] + text[found.end() :]
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        yield Mutant(f"{file.stem}:{line}:{column}", changed)


def suite_of(path: Path) -> Suite:
    """The tests of a file that is right."""
    loaded = load(path)
    assert loaded.suite is not None, loaded.diagnostics
    return loaded.suite


def outcomes(suite: Suite) -> Iterator[Outcome]:
    """One test after the other."""
    rule_file = Path(suite.strategy.path)
    inputs = inputs_for(suite.strategy)
    for case in suite.cases:
        yield prove(case, markets_for(case.strategy, rule_file), inputs, None)


def survives(mutant: Mutant, file: Path, folder: Path) -> bool:
    """No test beside the file fails on it."""
    (folder / file.name).write_text(mutant.text, encoding="utf-8")
    tests = file.with_suffix(".test.yaml")
    (folder / tests.name).write_bytes(tests.read_bytes())
    loaded = load(folder / tests.name)
    if loaded.suite is None:
        return False  # the loader itself refuses it
    return not any(outcome.failures for outcome in outcomes(loaded.suite))
