"""The pages a reader meets first, taken apart into their blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.rules.compile import Loaded, load_document
from runner.rules.document import read
from runner.rules.params import Param
from tests.conftest import ROOT

README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guide"
REFERENCE = ROOT / "docs" / "reference"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def is_whole_file(self) -> bool:
        """A rule file, not a part of one."""
        if self.language != "yaml" or self.is_tests or self.is_settings:
            return False
        return re.search(r"^version:", self.text, re.M) is not None

    @property
    def is_tests(self) -> bool:
        """A file of `kind: test`."""
        return self.language == "yaml" and re.search(r"^kind: test$", self.text, re.M) is not None

    @property
    def is_settings(self) -> bool:
        """A file of `kind: settings`."""
        return (
            self.language == "yaml" and re.search(r"^kind: settings$", self.text, re.M) is not None
        )


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in _BLOCK.finditer(text)
    ]


EVERY_BLOCK = [block for page in PAGES for block in blocks(page)]
[FIRST_RULE] = [block.text for block in blocks(README) if block.is_whole_file]


def loaded(text: str, overrides: Mapping[str, Param] | None = None) -> Loaded:
    """What came of a rule file that stands in a page."""
    return load_document(read("rules/first-rule.yaml", text.encode()), overrides or {})
