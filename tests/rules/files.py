"""A rule file that is right, to be changed in one place."""

from __future__ import annotations

from collections.abc import Mapping

from runner.core.strategy import Strategy
from runner.rules.compile import Loaded, load_document
from runner.rules.document import read
from runner.rules.params import Param, param_of
from tests.conftest import ROOT

GOOD = (ROOT / "tests" / "golden" / "good.yaml").read_text(encoding="utf-8")


def a_file(*changes: tuple[str, str]) -> str:
    """The good file with one piece of text replaced by another, several times over."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def given(**params: int | str) -> dict[str, Param]:
    """Params as `--set` hands them on: a number, or text such as `2%`."""
    found = {name: param_of(value) for name, value in params.items()}
    return {name: param for name, param in found.items() if param is not None}


def loaded(text: str, overrides: Mapping[str, Param] | None = None) -> Loaded:
    return load_document(read("x.yaml", text.encode()), overrides or {})


def strategy_of(text: str, overrides: Mapping[str, Param] | None = None) -> Strategy:
    came = loaded(text, overrides)
    assert came.strategy is not None, came.diagnostics
    return came.strategy


def codes(text: str, overrides: Mapping[str, Param] | None = None) -> list[str]:
    return [found.code for found in loaded(text, overrides).diagnostics]
