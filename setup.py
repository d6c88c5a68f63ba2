"""Compiles the core where a compiler is at hand; everything else is in pyproject.toml.

Each `runner/core/NAME.py` with a `NAME.pxd` beside it becomes an extension of the same name. They
call each other's C functions, so either all of them are built or none is: then the same files run
as Python.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = Path("runner/core")
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "annotation_typing": False,  # the .pxd files give the types
}
# No fused multiply-add: compiled and plain must agree to the last bit.
FLAGS = ["-O3", "-ffp-contract=off", "-g0"]


def core_extensions() -> list[Extension]:
    """What Cython makes of the core; empty without Cython or when it refuses a file."""
    names = sorted(file.stem for file in CORE.glob("*.pxd"))
    extensions = [
        Extension(f"runner.core.{name}", [str(CORE / f"{name}.py")], extra_compile_args=FLAGS)
        for name in names
    ]
    try:
        from Cython.Build import cythonize

        return cythonize(extensions, build_dir="build/cython", compiler_directives=DIRECTIVES)
    except Exception as reason:
        uncompiled(reason)
        return []


def uncompiled(reason: Exception) -> None:
    """Say so, and leave nothing of an older build that would run in place of the Python files."""
    print(f"warning: the core runs uncompiled: {reason}")
    for pattern in ("*.so", "*.pyd"):
        for stale in CORE.glob(pattern):
            stale.unlink()


class BuildCore(build_ext):
    """Uses every core of the machine; a failed build is a warning."""

    def initialize_options(self) -> None:
        super().initialize_options()
        self.parallel = True

    def run(self) -> None:
        try:
            super().run()
        except Exception as reason:
            uncompiled(reason)
            self.extensions = []
            self.distribution.ext_modules = []


setup(ext_modules=core_extensions(), cmdclass={"build_ext": BuildCore})
