"""Our `dataclass` is the library's, in all that a program can see."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from runner.model import values

Decorator = Callable[..., Callable[[type], type]]
MAKERS: list[Any] = [values.dataclass, dataclasses.dataclass]


def a_class(make: Decorator) -> Any:
    @make(frozen=True, slots=True)
    class Value:
        """A price, and more."""

        price: float
        name: str = "a"
        parts: tuple[int, ...] = ()

        @property
        def twice(self) -> float:
            return self.price * 2

        @staticmethod
        def of(price: float) -> Value:
            return Value(price)  # type: ignore[call-arg]

    return Value


@values.dataclass(frozen=True, slots=True)
class Kept:
    """One that pickle finds by its name."""

    price: float
    name: str = "a"


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1.0,), {}),
    ((1.0, "b"), {}),
    ((1.0, "b", (1,)), {}),
    ((1.0,), {"parts": (2,)}),
    ((), {"parts": (2,), "name": "c", "price": 3.0}),
]
WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1.0, "b", (), 4), {}),
    ((1.0,), {"price": 2.0}),
    ((1.0, "b", ()), {"price": 2.0}),
    ((1.0,), {"size": 2.0}),
    ((), {"name": "b", "parts": ()}),
    ((), {"price": 1.0, "name": "b", "size": 2.0}),
]


@pytest.mark.parametrize(("ordered", "named"), CALLS)
def test_every_way_to_construct_one(ordered: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, theirs = (a_class(make)(*ordered, **named) for make in MAKERS)

    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert hash(ours) == hash(theirs)


@pytest.mark.parametrize(("ordered", "named"), WRONG)
def test_wrong_calls_are_refused_in_the_same_words(
    ordered: tuple[Any, ...], named: dict[str, Any]
) -> None:
    said = []
    for make in MAKERS:
        with pytest.raises(TypeError) as refused:
            a_class(make)(*ordered, **named)
        said.append(str(refused.value).rpartition(".")[2])

    assert said[0] == said[1]


def test_the_thousandth_is_like_the_first() -> None:
    kind = a_class(values.dataclass)

    made = [kind(1.0, parts=(number,)) for number in range(2 * values.MANY)]

    assert [value.parts for value in made] == [(number,) for number in range(2 * values.MANY)]
    assert made[0] == kind(1.0, "a", (0,))
    assert made[-1] != made[0]
    with pytest.raises(TypeError):
        kind()


@pytest.mark.parametrize("make", MAKERS)
def test_what_holds_for_both(make: Decorator) -> None:
    kind, other = a_class(make), a_class(make)
    value: Any = kind(1.0)

    match value:
        case kind(price, name, parts=parts):
            assert (price, name, parts) == (1.0, "a", ())
    assert value == kind(1.0)
    assert value != kind(2.0)
    assert value != other(1.0)  # of another class
    assert value != (1.0, "a", ())
    assert {value: 1}[kind(1.0)] == 1
    assert value.twice == 2.0
    assert kind.of(3.0) == kind(3.0)
    assert kind.__doc__ == "A price, and more."
    assert not hasattr(value, "__dict__")
    assert dataclasses.replace(value, name="z") == kind(1.0, "z")
    assert [one.name for one in dataclasses.fields(value)] == ["price", "name", "parts"]
    assert dataclasses.astuple(value) == (1.0, "a", ())


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_changes_one(make: Decorator) -> None:
    value = a_class(make)(1.0)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'price'"):
        value.price = 2.0
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'price'"):
        del value.price
    with pytest.raises((AttributeError, TypeError)):
        value.more = 2.0


def test_copies_are_equal() -> None:
    value = Kept(1.0, "b")

    assert pickle.loads(pickle.dumps(value)) == copy.copy(value) == copy.deepcopy(value) == value


def test_a_single_field_and_none_at_all() -> None:
    @values.dataclass(frozen=True, slots=True)
    class One:
        x: int

    @values.dataclass(frozen=True, slots=True)
    class Empty:
        pass

    assert (repr(One(1)).rpartition(".")[2], One(1) == One(1)) == ("One(x=1)", True)
    assert Empty() == Empty()
    assert hash(Empty()) == hash(())


def test_more_than_names_and_defaults_is_the_librarys() -> None:
    @values.dataclass(frozen=True, slots=True)
    class Checked:
        x: int
        seen: dict[str, int] = field(default_factory=dict)

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("below zero")

    @values.dataclass(slots=True)
    class Changing:
        x: int

    changing = Changing(1)
    changing.x = 2
    assert changing == Changing(2)
    assert Checked(1).seen == {}
    with pytest.raises(ValueError, match="below zero"):
        Checked(-1)
