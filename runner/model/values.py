"""`dataclass` for values, without the half millisecond a class that the library's own costs.

The library writes and compiles six methods for every class while it is imported; with a hundred
classes that is half of the time `runner validate` takes. Here frozen classes of plain fields share
their methods: same constructor, equality, hash, text and matching. What is rare (`replace`,
`fields`, a wrong call) is done by the library's methods, made when they are first needed. A class
with many objects gets a constructor of its own, three times as fast as the library's. A class with
more than names and defaults is the library's at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Never

__all__ = ["dataclass"]

#: Objects of one class from which a quicker constructor is worth being compiled.
MANY = 100

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`."""

        def build(cls: type) -> type:
            if frozen and slots and _is_plain(cls):
                return _built(cls)
            return dataclasses.dataclass(frozen=frozen, slots=slots)(cls)

        return build


def _is_plain(cls: type) -> bool:
    """Annotated names and defaults, nothing inherited, nothing of `dataclasses` own."""
    own = vars(cls)
    return (
        cls.__bases__ == (object,)
        and "__post_init__" not in own
        and not any(isinstance(default, dataclasses.Field) for default in own.values())
        and not any("ClassVar" in str(kind) for kind in cls.__annotations__.values())
    )


def _built(cls: type) -> type:
    """The class again, with slots and the shared methods."""
    names = tuple(cls.__annotations__)
    own = {name: what for name, what in vars(cls).items() if name not in _NOT_KEPT}
    defaults = {name: own.pop(name) for name in names if name in own}
    own = {**_SHARED, **own, "__slots__": names, "__match_args__": names}
    own["__qualname__"] = cls.__qualname__
    built = type(cls)(cls.__name__, (), own)
    library: Callable[[], type] = cache(lambda: dataclasses.dataclass(frozen=True)(cls))
    built.__init__ = _constructor(built, names, defaults, library)  # type: ignore[misc]
    built._values = property(_getter(names))  # type: ignore[attr-defined]
    built.__dataclass_fields__ = _Fields(cls)  # type: ignore[attr-defined]
    return built


def _constructor(
    built: type, names: tuple[str, ...], defaults: dict[str, object], library: Callable[[], type]
) -> Callable[..., None]:
    setters = [vars(built)[name].__set__ for name in names]
    calls = 0

    def construct(self: object, *values: object, **named: object) -> None:
        nonlocal calls
        calls += 1
        if calls == MANY:
            built.__new__ = _quick(names, defaults)  # type: ignore[method-assign]
            type.__delattr__(built, "__init__")
        if named or len(values) != len(names):
            given = {**defaults, **dict(zip(names, values, strict=False)), **named}
            right = len(values) <= len(names) == len(given)
            if not right or not named.keys() <= set(names[len(values) :]):
                library().__init__(self, *values, **named)  # type: ignore[misc]  # raises
            values = tuple([given[name] for name in names])
        for put, value in zip(setters, values, strict=True):
            put(self, value)

    return construct


def _quick(names: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., Any]:
    """Fills an object of a class that refuses nothing, which then becomes one of ours.

    Passing by our `__setattr__` for each field is what makes frozen classes slow to construct.
    """
    space: dict[str, Any] = {
        "__make": object.__new__,
        "__twin": type("_Open", (), {"__slots__": names}),
        "__become": vars(object)["__class__"].__set__,
        "__defaults": defaults,
    }
    given = [f"{name}=__defaults[{name!r}]" if name in defaults else name for name in names]
    fill = [f"    __self.{name} = {name}" for name in names]
    lines = (
        f"def __new__(__cls, {', '.join(given)}):",
        "    __self = __make(__twin)",
        *fill,
        "    __become(__self, __cls)",
        "    return __self",
    )
    exec("\n".join(lines), space)
    made: Callable[..., Any] = space["__new__"]
    return made


def _getter(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """From an object to its values."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple([getattr(self, name) for name in names])


class _Fields:
    """`__dataclass_fields__`, as the library makes them, when they are first asked for."""

    def __init__(self, written: type) -> None:
        self.written = written

    def __get__(self, _: object, built: type) -> object:
        bare: type = dataclasses.dataclass(init=False, repr=False, eq=False)(self.written)
        fields = vars(bare)["__dataclass_fields__"]
        built.__dataclass_fields__ = fields  # type: ignore[attr-defined]
        return fields


def _text(self: Any) -> str:
    shown = [f"{name}={value!r}" for name, value in zip(self.__slots__, self._values, strict=True)]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equal(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self._values == other._values


def _hash(self: Any) -> int:
    return hash(self._values)


def _copied(self: Any) -> tuple[type, tuple[object, ...]]:
    return type(self), self._values


def _refuse_set(_: object, name: str, __: object) -> Never:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(_: object, name: str) -> Never:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_NOT_KEPT = frozenset({"__dict__", "__weakref__"})
_SHARED = {
    "__repr__": _text,
    "__eq__": _equal,
    "__hash__": _hash,
    "__reduce__": _copied,
    "__setattr__": _refuse_set,
    "__delattr__": _refuse_delete,
}
