"""What importing the rooms costs: neither pandas nor, for checking, numpy."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from runner.indicators import (
    arithmetic,
    bands,
    compute,
    cross,
    days,
    events,
    formulas,
    pairs,
    window,
)

ROOT = Path(__file__).resolve().parent.parent.parent


def run(code: str, path: Path = ROOT) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(path)!r}]; {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_talib_is_imported_without_pandas(tmp_path: Path) -> None:
    for name in ("pandas", "polars"):
        (tmp_path / f"{name}.py").write_text("loaded = True\n")

    code = (
        "import runner.indicators.compute; print('pandas' in sys.modules, 'polars' in sys.modules)"
    )

    assert run(code, tmp_path) == "False False"
    assert run("import runner.indicators.compute, pandas; print(pandas.loaded)", tmp_path) == "True"


def test_checking_an_expression_imports_nothing_heavy() -> None:
    code = (
        "from runner.language.parse import *; parse('ema(close, 9) > 1', Scope(), None); "
        "print([name for name in ('numpy', 'talib', 'simpleeval') if name in sys.modules])"
    )

    assert run(code) == "[]"


@pytest.mark.parametrize(
    "module", [arithmetic, bands, compute, cross, days, events, formulas, pairs, window]
)
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    import numpy as np

    failed, tried = doctest.testmod(module, extraglobs={"np": np})

    assert failed == 0
    assert tried > 0
