"""A process that has looked up a key leaves no core, and shows its memory to nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.secrets.kept import put

ROOT = Path(__file__).resolve().parents[2]

#: What the system allows before and after a key is looked up; a child's limit comes last.
LOOKS = """
import ctypes, resource, subprocess, sys
from pathlib import Path
from runner.secrets.reference import resolve

def told():
    return resource.getrlimit(resource.RLIMIT_CORE)[0] != 0, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)

resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
print(*told())
secret = resolve("file:key", Path("rules.yaml"), allow_exec=False)
print(*told())
print(subprocess.run(["/bin/sh", "-c", "ulimit -c"], capture_output=True, text=True).stdout)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks prctl(2)")
def test_no_core_and_no_look_into_memory_once_a_key_is_there(tmp_path: Path) -> None:
    put(tmp_path / "key", "7f3a9c51e2")

    words, own = [sys.executable, "-c", LOOKS], os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(words, cwd=tmp_path, env=own, stdout=subprocess.PIPE, text=True)

    before, after, child = said.stdout.split("\n")[:3]
    assert before in ("True 1", "False 1")  # where this machine allows no core at all
    assert (after, child) == ("False 0", "0")
