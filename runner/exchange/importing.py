"""Imports one exchange of ccxt without its hundred siblings.

`import ccxt` runs a package that imports every exchange: 0.4 to 0.8 s and 60 MB that one account
never uses. Two empty parents stand in while the one module loads, and are taken away again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_PARENTS = ("ccxt", "ccxt.async_support")


def async_exchange(name: str) -> Any:
    """ccxt's asynchronous class of one exchange."""
    if "ccxt" in sys.modules:
        return _class_of(name)
    try:
        with _stand_ins():
            return _class_of(name)
    except (ImportError, AttributeError):  # a later ccxt may want more of its parents
        _forget_ccxt()
        return getattr(import_module("ccxt.async_support"), name)


def error_class() -> Any:
    """The root of ccxt's errors, once an exchange is imported."""
    return sys.modules["ccxt.base.errors"].BaseError


def _class_of(name: str) -> Any:
    return getattr(import_module(f"ccxt.async_support.{name}"), name)


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Empty parents that know where their children lie; later imports get the real ones."""
    found = find_spec("ccxt")
    if found is None or not found.submodule_search_locations:
        raise ImportError("ccxt is not installed")
    root = Path(found.submodule_search_locations[0])
    for parent in _PARENTS:
        sys.modules[parent] = stand_in = ModuleType(parent)
        stand_in.__path__ = [str(root.joinpath(*parent.split(".")[1:]))]
    try:
        _lend_names(sys.modules["ccxt"])
        yield
    finally:
        for parent in _PARENTS:
            del sys.modules[parent]


def _lend_names(parent: ModuleType) -> None:
    """What the children import from their parent: the errors and the root of all exchanges."""
    parent.Exchange = import_module("ccxt.base.exchange").Exchange  # type: ignore[attr-defined]
    errors = vars(import_module("ccxt.base.errors"))
    vars(parent).update((word, value) for word, value in errors.items() if isinstance(value, type))


def _forget_ccxt() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "ccxt"]:
        del sys.modules[name]
