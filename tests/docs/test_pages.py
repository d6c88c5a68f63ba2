"""The pages name what exists: keys, functions, commands, files, targets."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from runner.commands.main import command_line
from runner.indicators.table import FUNCTIONS
from runner.rules.schema import rule_schema
from tests.conftest import EXAMPLES, ROOT
from tests.docs.pages import GUIDE, PAGES, README, REFERENCE

TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
README_TEXT, RULES = TEXTS[README], TEXTS[GUIDE / "rules.md"]

_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_PATH = re.compile(r"\b(?:bench|docs|rules|runner|schemas|tests)/[\w./-]*\w")
_OF_A_MACHINE = re.compile(r"/(?:work|tmp|root|home|Users|opt)/\S*|[A-Z]:\\")
_WRITTEN_BY_THE_READER = {"rules/first-rule.yaml", "rules/both-ways.yaml"}


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.path.insert(0, str(ROOT / "docs"))  # as `python docs/generate.py` finds its neighbors
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


def test_the_generated_parts_are_up_to_date(generate: ModuleType) -> None:
    assert generate.main(["--check"]) == 0, "run `python docs/generate.py`"


def test_a_part_that_is_not_is_noticed_and_written(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(GUIDE, tmp_path / "guide")
    monkeypatch.setattr(generate, "GUIDE", tmp_path / "guide")
    page = tmp_path / "guide" / "rules.md"
    page.write_text(
        "\n".join(line for line in RULES.split("\n") if "limits.max_order`" not in line)
    )

    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert page.read_text(encoding="utf-8") == RULES


def test_every_part_stands_in_a_page(generate: ModuleType) -> None:
    text = "".join(TEXTS[page] for page in (README, *GUIDE.glob("*.md"), *REFERENCE.glob("*.md")))

    assert [name for name in generate.PARTS if f"<!-- generated: {name} -->" not in text] == []


def keys_of(schema: Any) -> Iterator[str]:
    """Names of all properties in a JSON Schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        for part in schema.values():
            yield from keys_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys_of(part)


def test_every_key_of_a_rule_file_is_explained() -> None:
    explained = {
        path.rpartition(".")[2] for path in re.findall(r"^\| `([\w.]+)` \|", RULES, re.MULTILINE)
    }

    assert set(keys_of(rule_schema())) - explained == set()


def test_every_function_is_explained() -> None:
    text = TEXTS[GUIDE / "expressions.md"]

    assert [name for name, it in FUNCTIONS.items() if f"| `{it.signature}`" not in text] == []


def test_every_command_is_in_the_table() -> None:
    named = re.findall(r"^\| `runner (\w+)", README_TEXT, re.MULTILINE)

    assert sorted(set(named)) == command_line.list_commands(click.Context(command_line))


def test_init_names_every_example() -> None:
    command = command_line.get_command(click.Context(command_line), "init")
    assert command is not None
    examples = {file.stem for file in EXAMPLES}

    assert examples - set(re.findall(r"[\w-]+", command.help or "")) == set()
    assert examples == set(re.findall(r"^\| \[([\w-]+)\]\(rules/", README_TEXT, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, part in _LINK.findall(TEXTS[page]):
        if "://" in target:
            continue
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), target
        assert not part or part in headings(file), f"{target}#{part}"


def headings(page: Path) -> set[str]:
    """Anchors of a page."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


@pytest.mark.parametrize("page", [README, *sorted(GUIDE.glob("*.md"))], ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = set(_PATH.findall(TEXTS[page])) - _WRITTEN_BY_THE_READER

    assert [path for path in sorted(named) if not any(found(page, path))] == []


def found(page: Path, path: str) -> Iterator[bool]:
    yield (ROOT / path).exists()
    yield (page.parent / path).exists()
    yield (ROOT / "docs" / path).exists()  # a link from one page to another


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_the_machine_it_was_written_on(page: Path) -> None:
    assert _OF_A_MACHINE.findall(TEXTS[page]) == []


def test_targets_of_make_exist_and_the_tests_are_those_of_continuous_integration() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)$|`make ([a-z]+)`", README_TEXT, re.MULTILINE))

    for target in {"".join(names) for names in named}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "\nmake test\n" in README_TEXT
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text()
