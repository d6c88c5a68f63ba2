"""The compiled core and the same files as plain Python agree to the last bit."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from runner.core import kernel
from tests.conftest import ROOT


def test_compiled_and_plain_agree_to_the_last_bit() -> None:
    if not kernel.__file__.endswith(tuple(EXTENSION_SUFFIXES)):
        pytest.skip("the core is not compiled here: there is nothing to compare")

    compiled = said_by("tests.core.fingerprint")
    plain = said_by("tests.core.plain", "tests.core.fingerprint")

    assert (compiled[0], plain[0]) == ("so", "py")
    assert compiled[1] == plain[1]


def said_by(*module: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", *module], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()
