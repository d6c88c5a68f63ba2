"""Runs a module with the core as plain Python: `python -m tests.core.plain MODULE [ARGUMENT …]`."""

from __future__ import annotations

import runpy
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

CORE = Path(__file__).resolve().parent.parent.parent / "runner" / "core"


class PlainCore:
    """Finds `runner.core.NAME` in its Python file, also where an extension lies beside it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """`None` for every other module."""
        package, _, module = name.rpartition(".")
        source = CORE / f"{module}.py"
        if package != "runner.core" or not source.exists():
            return None
        return spec_from_file_location(name, source, loader=SourceFileLoader(name, str(source)))


if __name__ == "__main__":
    sys.meta_path.insert(0, PlainCore())
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
