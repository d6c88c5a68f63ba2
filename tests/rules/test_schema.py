"""The table of keys, the JSON Schema made from it, and our checker: one shape, three readers."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.rules.check import Checker
from runner.rules.compile import load_document
from runner.rules.document import read
from runner.rules.nodes import Mapping, plain
from runner.rules.schema import STRATEGY, rule_schema, rule_schema_text
from runner.rules.schema_settings import SETTINGS, schema_text_of_settings
from runner.rules.schema_tests import schema_text_of_tests
from runner.rules.shape import Record
from runner.rules.symbols import Pair
from tests.conftest import EXAMPLES, ROOT

FILE = ROOT / "schemas" / "rule.schema.json"
FILE_FOR_TESTS = ROOT / "schemas" / "test.schema.json"
FILE_FOR_SETTINGS = ROOT / "schemas" / "settings.schema.json"
ORACLE = Draft202012Validator(rule_schema())


def test_the_file_is_what_the_table_makes(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--accept"):
        FILE.write_text(rule_schema_text(), encoding="utf-8")

    assert FILE.read_text(encoding="utf-8") == rule_schema_text()


def test_the_file_for_tests_is_what_its_table_makes(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--accept"):
        FILE_FOR_TESTS.write_text(schema_text_of_tests(), encoding="utf-8")

    assert FILE_FOR_TESTS.read_text(encoding="utf-8") == schema_text_of_tests()


def test_the_file_for_settings_is_what_its_table_makes(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--accept"):
        FILE_FOR_SETTINGS.write_text(schema_text_of_settings(), encoding="utf-8")

    assert FILE_FOR_SETTINGS.read_text(encoding="utf-8") == schema_text_of_settings()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(rule_schema())
    Draft202012Validator.check_schema(json.loads(schema_text_of_settings()))
    Draft202012Validator.check_schema(json.loads(schema_text_of_tests()))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_tests_of_the_examples_are_of_their_schema(file: Path) -> None:
    root = read("x", file.with_suffix(".test.yaml").read_bytes()).root
    assert root is not None

    value = json.loads(json.dumps(plain(root), default=float))

    Draft202012Validator(json.loads(schema_text_of_tests())).validate(value)


@pytest.mark.parametrize(
    ("item", "fits"),
    [
        ({"count": {"order": {}}, "equals": 0}, True),
        ({"at": "bar 1", "order": {"side": "buy"}}, True),
        ({"at": "bar 1", "order": {}}, False),
        ({"at": "bar 1", "orders": [{}]}, False),
        ({"at": "bar 1", "position": {}}, False),
        ({"never": {"signal": "none"}}, False),
        ({"count": {"exit": "rule"}, "equals": "$n"}, False),
    ],
)
def test_an_editor_marks_what_wants_nothing(item: dict[str, Any], fits: bool) -> None:
    test = {"name": "x", "candles": "100x5", "expect": [item]}
    value = {"version": 1, "kind": "test", "strategy": "x.yaml", "tests": [test]}

    assert Draft202012Validator(json.loads(schema_text_of_tests())).is_valid(value) == fits


def described(schema: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    if isinstance(schema, list):
        for part in schema:
            yield from described(part, path)
    elif isinstance(schema, dict):
        for group in ("properties", "patternProperties"):
            for name, part in schema.get(group, {}).items():
                yield f"{path}/{name}", bool(part.get("description"))
                yield from described(part, f"{path}/{name}")
        for key, part in schema.items():
            if key not in {"properties", "patternProperties"}:
                yield from described(part, path)


def test_every_property_is_described() -> None:
    found = dict(described(rule_schema()))

    assert len(found) > 60
    assert [path for path, has_words in found.items() if not has_words] == []
    of_settings = dict(described(json.loads(schema_text_of_settings())))
    assert len(of_settings) > 12
    assert all(of_settings.values())


def we_accept(text: str, shape: Record = STRATEGY) -> bool | None:
    """Our verdict on the shape alone; `None` when the text is no document."""
    document = read("x", text.encode())
    if not isinstance(document.root, Mapping) or document.diagnostics:
        return None
    checker = Checker(document.source, shape, Pair("BTC", "USDT"))
    checker.check(document.root, shape, "", (0, 0))
    return not checker.found


def test_our_checker_and_jsonschema_agree_on_mutated_settings() -> None:
    chance = random.Random(2)
    root = read("x", (ROOT / "tests/golden/runs/settings/settings.yaml").read_bytes()).root
    assert root is not None
    good = as_json(plain(root)) | {"egress": {"addresses": ["203.0.113.7"]}, "digests": ["a" * 64]}
    oracle = Draft202012Validator(json.loads(schema_text_of_settings()))
    differ, refused = [], 0
    for _ in range(400):
        text = json.dumps(mutated(good, chance))
        ours = we_accept(text, SETTINGS)
        refused += ours is False
        if ours is not None and ours != oracle.is_valid(json.loads(text)):
            differ.append(text)

    assert refused > 100
    assert differ == []


def as_json(value: Any) -> Any:
    """Decimals as JSON has numbers."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


def oracle_accepts(text: str) -> bool:
    root = read("x", text.encode()).root
    assert root is not None
    return bool(ORACLE.is_valid(as_json(plain(root))))


def they_agree(text: str, ours: bool) -> bool:
    """One verdict; that a value is zero where it never may be, we leave to the compiler."""
    if ours == oracle_accepts(text):
        return True
    found = load_document(read("x", text.encode()), {}).diagnostics if ours else ()
    return any(diagnostic.code == "R111" for diagnostic in found)


def test_our_checker_and_jsonschema_agree_on_all_cases() -> None:
    verdicts = {}
    for case in sorted((ROOT / "tests" / "golden").glob("*.yaml")):
        text = case.read_bytes().decode(errors="replace")
        if (ours := we_accept(text)) is not None:
            verdicts[case.stem] = they_agree(text, ours)

    assert len(verdicts) > 60
    assert [name for name, agreed in verdicts.items() if not agreed] == []


VALUES: list[Any] = [
    None,
    True,
    0,
    7,
    1.5,
    -1,
    "",
    " ",
    "x",
    "1%",
    "100 USDT",
    "5m",
    "3 bars",
    "2x",
]
VALUES += ["2R", "1h", "$length", "env:KEY", "close > open", [], ["read"], {}, {"all": ["x"]}]
VALUES += [{"value": "close"}, {"distance": "2R"}, {"min": 1}, ["BTC/USDT"], "market", "bar_close"]


def mutated(document: Any, chance: random.Random) -> Any:
    """The document with one value changed, one key added or one removed, somewhere."""
    result = copy.deepcopy(document)
    places = list(parents(result))
    parent, key = chance.choice(places)
    match chance.randint(0, 3):
        case 0 if isinstance(parent, dict):
            del parent[key]
        case 1 if isinstance(parent, dict):
            names = [
                "long",
                "short",
                "at",
                "close",
                "when",
                "at_most",
                "spend",
                "price",
                "unknown",
                "max",
                "every",
                "BAD",
            ]
            parent[chance.choice(names)] = chance.choice(VALUES)
        case _:
            parent[key] = copy.deepcopy(chance.choice(VALUES))
    return result


def parents(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from parents(value[key])


@pytest.mark.parametrize(
    ("name", "times"), [("good", 1500), ("complete", 300), ("all-the-rest", 300)]
)
def test_our_checker_and_jsonschema_agree_on_mutated_files(name: str, times: int) -> None:
    chance = random.Random(2)
    root = read("x", (ROOT / "tests" / "golden" / f"{name}.yaml").read_bytes()).root
    assert root is not None
    good = as_json(plain(root))
    differ, refused = [], 0
    for _ in range(times):
        text = json.dumps(mutated(good, chance))
        ours = we_accept(text)
        refused += ours is False
        if ours is not None and not they_agree(text, ours):
            differ.append(text)

    assert refused > times / 4
    assert differ == []
