"""The JSON Schema and the compiler: what an editor marks and what `validate` refuses are one.

The schema judges the form of each key and value. What needs more than that (other keys, an
expression, a database) is the compiler's alone; the codes of it are listed here.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.rules.check import Checker
from runner.rules.compile import load_document
from runner.rules.diagnostic import Severity
from runner.rules.document import Document, read
from runner.rules.nodes import Mapping, plain
from runner.rules.schema import STRATEGY, rule_schema
from runner.rules.symbols import Pair
from tests.conftest import ROOT
from tests.docs.pages import EVERY_BLOCK
from tests.rules.test_schema import as_json, parents

GOLDEN = ROOT / "tests" / "golden"
FILES = sorted([*(ROOT / "rules").glob("*.yaml"), *GOLDEN.glob("*.yaml")])
RULES = ("breakout", "ema-cross", "rsi-reversion", "turtle", "vwap-session")
GOOD = [
    *(GOLDEN / f"{name}.yaml" for name in ("all-the-rest", "complete", "good")),
    *(ROOT / "rules" / f"{name}.yaml" for name in RULES),
]
ORACLE = Draft202012Validator(rule_schema())

#: Codes of R1 that the compiler may give to a file whose form is right, and what it takes to know.
OUTSIDE = {
    "R101": "the value of another key, such as `type: market` beside `price`",
    "R102": "the market, or the value of another key",
    "R104": "the kind of a contract, or a function of the language",
    "R105": "the exchange and the bars it serves, or the time zones of the machine",
    "R108": "how much the core holds",
    "R109": "the unit of an expression",
    "R110": "the unit of an expression, or of another key",
    "R111": "the range that a number has at its place",
    "R112": "the params of the file",
}
#: Of R3 the schema knows one: a permission, or a field of credentials, is no known word.
WORDS_OF_R3 = {"R301", "R302", "R303"}


class Verdict:
    """What each of the readers says of a document."""

    def __init__(self, document: Document) -> None:
        assert isinstance(document.root, Mapping)
        checker = Checker(document.source, STRATEGY, Pair("BTC", "USDT"))
        checker.check(document.root, STRATEGY, "", (0, 0))
        errors = [
            found.code
            for found in load_document(document, {}).diagnostics
            if found.severity is Severity.ERROR
        ]
        self.form = not checker.found
        self.schema = bool(ORACLE.is_valid(as_json(plain(document.root))))
        self.compiler = not errors
        self.codes = set(errors)

    @property
    def disagreement(self) -> str:
        """Empty where all is well."""
        if self.schema and not self.form:
            return "the schema accepts what the check of the form refuses"
        if not self.schema and self.compiler:
            return "the schema refuses what compiles"
        shape = {code for code in self.codes if code.startswith("R1")}
        if self.schema and shape - set(OUTSIDE):
            return f"the schema accepts what has {shape - set(OUTSIDE)}"
        if not self.form and not shape and not self.codes & WORDS_OF_R3:
            return f"the form is refused, and the compiler has only {self.codes}"
        return ""


def verdict(file: str, text: str) -> Verdict | None:
    """`None` for what is no document."""
    document = read(file, text.encode())
    if not isinstance(document.root, Mapping) or document.diagnostics:
        return None
    kind = document.root.entries.get("kind")
    if kind is not None and getattr(kind.value, "text", "") not in {"strategy", ""}:
        return None  # another kind has another schema
    return Verdict(document)


def test_they_agree_on_every_file_there_is() -> None:
    texts = {str(path): path.read_bytes().decode(errors="replace") for path in FILES}
    texts |= {str(it.page): it.text for it in EVERY_BLOCK if it.is_whole_file}
    found = {name: verdict(name, text) for name, text in texts.items()}

    judged = {name: it for name, it in found.items() if it is not None}
    assert len(judged) > 150
    assert sum(it.compiler for it in judged.values()) >= 12
    assert {name: it.disagreement for name, it in judged.items() if it.disagreement} == {}


def places(value: Any) -> list[tuple[Any, Any]]:
    return list(parents(value))


def misspelt(key: str, chance: random.Random) -> str:
    at = chance.randrange(len(key))
    return chance.choice([key[:at] + key[at + 1 :], key + key[-1], key[:at] + "x" + key[at:]])


WRONG_TYPES: list[Any] = [None, True, 7, -1.5, "word", [], {}, ["word"], {"word": 1}]
WRONG_UNITS = [
    "1",
    "1%",
    "5 USDT",
    "5m",
    "3 bars",
    "2x",
    "2R",
    "1h",
    "13:30",
    "MON",
    "0.5 %",
    "x 1",
]
OUT_OF_RANGE: list[Any] = [0, -1, 10**9, "0%", "-1%", "1000%", "0 USDT", "0 bars", "0x", "500x"]


def delete(parent: Any, key: Any, chance: random.Random) -> None:
    del parent[key]


def misspell(parent: Any, key: Any, chance: random.Random) -> None:
    if isinstance(key, str):
        parent[misspelt(key, chance)] = parent.pop(key)


def wrong_type(parent: Any, key: Any, chance: random.Random) -> None:
    parent[key] = copy.deepcopy(chance.choice(WRONG_TYPES))


def wrong_unit(parent: Any, key: Any, chance: random.Random) -> None:
    parent[key] = chance.choice(WRONG_UNITS)


def out_of_range(parent: Any, key: Any, chance: random.Random) -> None:
    parent[key] = chance.choice(OUT_OF_RANGE)


def surplus(parent: Any, key: Any, chance: random.Random) -> None:
    if isinstance(parent, dict):
        parent[chance.choice(["unknown", "price", "at_most", "max", "close"])] = "1%"
    else:
        parent.append(copy.deepcopy(parent[0]))


FAULTS = [delete, misspell, wrong_type, wrong_unit, out_of_range, surplus]


@cache
def a_right_file(path: Path) -> Any:
    root = read(str(path), path.read_bytes()).root
    assert root is not None
    return as_json(plain(root))


def faulty(fault: Any, times: int) -> Iterator[tuple[str, Verdict]]:
    """Right files with one fault each."""
    chance = random.Random(fault.__name__)
    for _ in range(times):
        path = chance.choice(GOOD)
        document = copy.deepcopy(a_right_file(path))
        fault(*chance.choice(places(document)), chance)
        text = json.dumps(document)
        judged = verdict(str(path), text)
        if judged is not None:
            yield text, judged


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_they_agree_on_right_files_with_a_fault(fault: Any) -> None:
    judged = list(faulty(fault, 80))
    refused = Counter(it.schema for _, it in judged)

    assert len(judged) > 60
    assert refused[False] > 10
    assert [(it.disagreement, text) for text, it in judged if it.disagreement] == []


def defaults(schema: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    if isinstance(schema, dict):
        if "default" in schema:
            yield schema, schema["default"]
        for part in schema.values():
            yield from defaults(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from defaults(part)


def test_every_default_and_example_is_one_that_the_schema_takes() -> None:
    whole = rule_schema()
    found = list(defaults(whole["properties"]))

    assert len(found) >= 20
    for part, value in found:
        assert Draft202012Validator({**part, "$defs": whole["$defs"]}).is_valid(value), part
    for part in described(whole["properties"]):
        for example in part.get("examples", ()):
            assert Draft202012Validator({**part, "$defs": whole["$defs"]}).is_valid(example), part


def described(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "examples" in schema and ("$ref" in schema or "enum" in schema or "type" in schema):
            yield schema
        for part in schema.values():
            yield from described(part)
