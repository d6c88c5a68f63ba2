"""Imports one exchange of ccxt without its hundred siblings, and without its synchronous half.

`import ccxt` runs a package that imports every exchange: 0.4 to 0.8 s and 60 MB that one account
never uses. Two empty parents stand in while the one module loads, and are taken away again; so do
modules in the place of requests, which only synchronous exchanges send through
(docs/decisions/030-asked-before-imported.md).
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
_HASH = "ccxt.static_dependencies.keccak"

#: What ccxt's root of all exchanges takes from requests, as it is called there.
_REQUESTS = {
    "Session": ("requests", "Session"),
    "default_user_agent": ("requests.utils", "default_user_agent"),
    "HTTPError": ("requests.exceptions", "HTTPError"),
    "Timeout": ("requests.exceptions", "Timeout"),
    "TooManyRedirects": ("requests.exceptions", "TooManyRedirects"),
    "RequestException": ("requests.exceptions", "RequestException"),
    "requestsConnectionError": ("requests.exceptions", "ConnectionError"),
}


def async_exchange(name: str) -> Any:
    """ccxt's asynchronous class of one exchange."""
    if "ccxt" in sys.modules:
        return _class_of(name)
    try:
        with _stand_ins():
            return _class_of(name)
    except (ImportError, AttributeError):  # a later ccxt may want more of its parents
        _forget("ccxt")
        return getattr(import_module("ccxt.async_support"), name)


def error_class() -> Any:
    """The root of ccxt's errors, once an exchange is imported."""
    return sys.modules["ccxt.base.errors"].BaseError


def address_of(private_key: str) -> str:
    """The address of a wallet or its agent, once an exchange is imported; raises ValueError.

    ccxt imports what it hashes with when it first needs it, and all its exchanges on the way.
    """
    if "ccxt" in sys.modules or _HASH in sys.modules:
        import_module(_HASH)
    else:
        with _stand_ins():
            import_module(_HASH)
    root = sys.modules["ccxt.base.exchange"].Exchange
    address: str = root.eth_get_address_from_private_key(private_key)
    return address


def _class_of(name: str) -> Any:
    return getattr(import_module(f"ccxt.async_support.{name}"), name)


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Empty parents that know where their children lie; later imports get the real ones."""
    root = Path(_places("ccxt")[0])
    for parent in _PARENTS:
        sys.modules[parent] = stand_in = ModuleType(parent)
        stand_in.__path__ = [str(root.joinpath(*parent.split(".")[1:]))]
    try:
        with _without_requests():
            _lend_names(sys.modules["ccxt"])
        yield
    finally:
        for parent in _PARENTS:
            del sys.modules[parent]


@contextmanager
def _without_requests() -> Iterator[None]:
    """Modules in the place of those of requests, unless the real ones are there already."""
    if "requests" in sys.modules or "ccxt.base.exchange" in sys.modules:
        yield
        return
    lent = {module: ModuleType(module) for module, _ in _REQUESTS.values()}
    lent["requests"].__path__ = _places("requests")
    sys.modules.update(lent)
    try:
        said = f"python-requests/{import_module('requests.__version__').__version__}"
        for ours, (module, name) in _REQUESTS.items():
            setattr(lent[module], name, _in_place_of(ours, said))
        yield
    finally:
        _forget("requests")


def _in_place_of(name: str, said: str) -> Any:
    """Of the classes of errors an empty one; else a function that puts the real names there first.

    A synchronous exchange calls for its session when it is made, before it could catch anything.
    """
    match name:
        case "Session":
            return lambda: _real_requests()[name]()
        case "default_user_agent":
            return lambda: said  # as ccxt has always called itself
        case _:
            return type(name, (Exception,), {})


def _real_requests() -> dict[str, Any]:
    """The names of requests, from now on in ccxt's root of all exchanges too."""
    real = {
        ours: getattr(import_module(module), name) for ours, (module, name) in _REQUESTS.items()
    }
    vars(sys.modules["ccxt.base.exchange"]).update(real)
    return real


def _lend_names(parent: ModuleType) -> None:
    """What the children import from their parent: the errors and the root of all exchanges."""
    parent.Exchange = import_module("ccxt.base.exchange").Exchange  # type: ignore[attr-defined]
    errors = vars(import_module("ccxt.base.errors"))
    vars(parent).update((word, value) for word, value in errors.items() if isinstance(value, type))


def _places(package: str) -> list[str]:
    """Where its modules lie; it is not imported."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"{package} is not installed")
    return list(found.submodule_search_locations)


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
