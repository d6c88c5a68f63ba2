"""A rule file that is right, to be changed in one place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.rules.compile import Loaded, load_document
from runner.rules.document import read
from tests.conftest import ROOT

GOOD = (ROOT / "tests" / "golden" / "good.yaml").read_text(encoding="utf-8")


def a_file(*changes: tuple[str, str]) -> str:
    """The good file with one piece of text replaced by another, several times over."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def loaded(text: str, overrides: Mapping[str, Decimal] | None = None) -> Loaded:
    return load_document(read("x.yaml", text.encode()), overrides or {})


def strategy_of(text: str, overrides: Mapping[str, Decimal] | None = None) -> Strategy:
    came = loaded(text, overrides)
    assert came.strategy is not None, came.diagnostics
    return came.strategy


def codes(text: str, overrides: Mapping[str, Decimal] | None = None) -> list[str]:
    return [found.code for found in loaded(text, overrides).diagnostics]
