"""The strict loader: what it refuses, what values mean, and where they stand."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runner.commands.main import run
from runner.rules.compile import load
from runner.rules.document import MOST_BYTES, MOST_NODES, read
from runner.rules.inside import stretch
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, Style, plain
from tests.conftest import ROOT

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]


def same(found: object, wanted: object) -> bool:
    """Numbers by their exact value, a decimal also as the text of it, `True` never as 1."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, dict) and isinstance(wanted, dict):
        return list(found) == list(wanted) and all(same(found[key], wanted[key]) for key in found)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, int | Decimal) and isinstance(wanted, str | int | float):
        return Decimal(found) == Decimal(str(wanted))
    return type(found) is type(wanted) and found == wanted


def index(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "index.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("loader", LOADERS, ids=["libyaml", "pure"])
def test_hostile_files_are_refused_or_read_right(shared: Path, loader: Any) -> None:
    folder = shared / "facts" / "hostile" / "yaml"
    wrong, judged = [], 0
    for case in index(folder):
        if case["level"] != "loader":
            continue
        judged += 1
        began = time.process_time()
        document = read(case["file"], (folder / case["file"]).read_bytes(), loader)
        seconds = time.process_time() - began
        value = None if document.root is None else plain(document.root)
        right = same(value, case["value"]) if "value" in case else False
        fits = {
            "accept": not document.diagnostics and right,
            "reject": bool(document.diagnostics),
            "reject_or_value": bool(document.diagnostics) or right,
        }[case["expect"]]
        one_line = all(found.message.isprintable() for found in document.diagnostics)
        if not (fits and one_line and seconds < 1):
            wrong.append((case["file"], value, document.diagnostics))

    assert judged > 100
    assert wrong == []


def test_hostile_files_never_become_a_strategy(shared: Path) -> None:
    folder = shared / "facts" / "hostile" / "yaml"

    became = [case["file"] for case in index(folder) if load(folder / case["file"]).strategy]

    assert became == []


def test_validate_says_of_a_hostile_file_in_one_line_where_it_is_wrong(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared / "facts" / "hostile" / "yaml"
    refused = [case for case in index(folder) if case["expect"] == "reject"]
    assert len(refused) >= 80

    for case in refused:
        path = folder / case["file"]
        assert run(["validate", str(path)]) == 1, path
        first, *_ = capsys.readouterr().out.splitlines()
        place = re.match(rf"{re.escape(str(path))}:([0-9]+):([0-9]+): R[0-9]{{3}} ", first)
        assert place is not None, first
        assert first.isprintable()
        assert int(place[1]) <= path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 1


def mutations(seed: int, count: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    cases = sorted((ROOT / "tests" / "golden").glob("*.yaml"))
    pieces = [b"\t", b" ", b"\n", b": ", b":", b",", b"- ", b"[", b"]", b"{", b"}", b'"', b"'"]
    pieces += [
        b"#",
        b" #",
        b"&a ",
        b"*a",
        b"!",
        b"|",
        b">",
        b"?",
        b"? ",
        b"%",
        b"---",
        b"\r",
        b"\\",
    ]
    texts = [case.read_bytes() for case in cases]
    small = [text for text in texts if len(text) < 2000]
    for _ in range(count):
        text = bytearray(chance.choice(small))
        for _ in range(chance.randint(1, 3)):
            at = chance.randint(0, len(text))
            text[at : at + chance.randint(0, 2)] = chance.choice(pieces)
        yield bytes(text)


def shape_of(node: Node | None) -> object:
    match node:
        case Mapping():
            items = [
                (shape_of(entry.key), shape_of(entry.value)) for entry in node.entries.values()
            ]
            return node.start, node.end, items
        case Sequence():
            return node.start, node.end, [shape_of(item) for item in node.items]
        case Scalar():
            return node.start, node.end, node.text, node.style
    return None


def test_both_parsers_read_the_same_values_at_the_same_places() -> None:
    differ: list[object] = []
    accepted = 0
    for text in mutations(seed=1, count=1500):
        first, second = (read("x", text, loader) for loader in LOADERS)
        accepted += not first.diagnostics
        if bool(first.diagnostics) != bool(second.diagnostics):
            differ.append((text, first.diagnostics, second.diagnostics))
        elif not first.diagnostics and shape_of(first.root) != shape_of(second.root):
            differ.append((text, shape_of(first.root), shape_of(second.root)))

    assert accepted > 100
    assert differ == []


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60),
    st.sampled_from(["'", '"', "|", ">"]),
    st.integers(min_value=10, max_value=40),
)
def test_each_visible_character_is_found_where_it_stands(text: str, style: str, width: int) -> None:
    dumped = yaml.dump({"k": text}, default_style=style, width=width, allow_unicode=True)

    document = read("x", dumped.encode())
    node = document.root.entries["k"].value if isinstance(document.root, Mapping) else None
    if not isinstance(node, Scalar) or document.diagnostics or node.text != text:
        return
    for at, character in enumerate(text):
        start, end = stretch(document.source.text, node, at, at + 1)
        source = document.source.text[start:end]
        if not character.isspace():
            assert source in {character, "''"} or source.startswith("\\")


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("k: one two", Style.PLAIN),
        ("k: one\n  two", Style.PLAIN),
        ("k: 'one\n\n  two'", Style.SINGLE),
        ('k: "one \\\n  two"', Style.DOUBLE),
        ("k: |\n  one\n  two\n", Style.LITERAL),
        ("k: >- # a comment\n   one\n   two\n", Style.FOLDED),
    ],
)
def test_a_word_is_underlined_in_every_style(text: str, style: Style) -> None:
    document = read("x", text.encode())
    assert isinstance(document.root, Mapping)
    node = document.root.entries["k"].value
    assert isinstance(node, Scalar)

    at = node.text.index("two")
    start, end = stretch(text, node, at, at + 3)

    assert node.style is style
    assert text[start:end] == "two"


def test_a_place_counts_lines_and_columns_from_one() -> None:
    document = read("x.yaml", "a: 1\r\né:\r  - [no]\n".encode())

    (found,) = document.diagnostics
    assert (found.line, found.column, found.end_line, found.end_column) == (3, 6, 3, 8)


def test_a_block_mapping_ends_with_its_last_value() -> None:
    document = read("x", b"a:\n  b: 1\n\n# far below\nc: 2\n")

    assert isinstance(document.root, Mapping)
    value = document.root.entries["a"].value
    assert document.source.position(value.end) == (2, 7)


def test_a_file_of_more_than_a_mebibyte_is_refused() -> None:
    (found,) = read("x", b"#" * (MOST_BYTES + 1)).diagnostics

    assert found.code == "R002"


def test_too_many_values_are_refused() -> None:
    (found,) = read("x", b"a: [" + b"1," * MOST_NODES + b"1]").diagnostics

    assert found.code == "R002"


def test_the_largest_file_is_read_within_a_second() -> None:
    began = time.process_time()

    read("x", b"# " + b"api_key " * 120_000 + b"\na: 1\n")
    read("x", b"a: &a" + b" " * 900_000 + b"1\n")
    read("x", b"a: '" + b"\t" * 900_000 + b"'\n")

    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("0x1F", 31),
        ("0.10", Decimal("0.10")),
        (".5", Decimal("0.5")),
        ("1.5e-3", Decimal("0.0015")),
        ("12345678901234567.89", Decimal("12345678901234567.89")),
        ("TRUE", True),
        ("~", None),
        ("tRuE", "tRuE"),
        ("1,000", "1,000"),
        ("1%", "1%"),
        ("2R", "2R"),
        ("3 bars", "3 bars"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_plain_scalar_means(text: str, value: object) -> None:
    document = read("x", f"k: {text}".encode())

    assert document.diagnostics == ()
    assert isinstance(document.root, Mapping)
    found = plain(document.root.entries["k"].value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("y", "No", "ON", "off", "010", "08", "-00", "0o10", "0b1", "1_000", "12:30", "1:30.5"),
        *("2026-11-22", "2026-11-22T10:00:00Z", "1e3", "1.5e3", "1e-4", ".nan", "-.INF", "1e400"),
        *("1.0e-400", "9" * 61, "1.0e+9999999999999999999", "-0.0e-9999999999999999999"),
    ],
)
def test_a_plain_scalar_that_readers_understand_differently_is_refused(text: str) -> None:
    document = read("x", f"k: {text}".encode())

    assert [found.code for found in document.diagnostics] in (["R012"], ["R013"])
    assert read("x", f'k: "{text}"'.encode()).diagnostics == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_line_break(ending: str) -> None:
    text = ending.join(["a: 1", "", "b: no", ""])

    found = read("x.yaml", text.encode()).diagnostics

    assert [(it.line, it.column, it.code) for it in found] == [(3, 4, "R012")]
