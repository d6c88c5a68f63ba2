"""What a rule file's shape is made of, and the JSON Schema of it.

One structure of these values (rules/schema.py) is read twice: by `rules/check.py`, which judges
in our words, and here, for editors and other tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any

from runner.model.values import dataclass
from runner.rules.scalars import Refusal, resolve

_NOT_ZERO = r"^(?!0+(?:\.0+)?(?![0-9.]))"
_PARAM = r"^\$[a-z_][a-z0-9_]*$"
NAME = r"^[a-z_][a-z0-9_]{0,63}$"


@dataclass(frozen=True, slots=True)
class Form:
    """A single value. Text must match `pattern` (empty: no text); `number`: YAML numbers too.

    `meaning` completes "write …". A `secret` is never quoted. `param`: `$name` may stand here.
    `positive`: never zero, wherever it stands; the compiler says so in the words of the place.
    """

    name: str
    meaning: str
    pattern: str
    number: bool = False
    whole: bool = False
    secret: bool = False
    param: bool = False
    positive: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words. `later`: words that a later version will take; `never`: their codes."""

    values: tuple[str | int, ...]
    later: frozenset[str] = frozenset()
    never: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switch:
    """`true` or `false`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of at least `minimum` things of one shape."""

    item: Shape
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose keys are names that the file chooses; they match `keys`."""

    item: Shape
    doc: str
    example: str
    single: bool = False  # exactly one name
    keys: str = NAME


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record: its shape, what it means, and an example of its value."""

    shape: Shape
    doc: str
    example: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys. `later`: keys that a later version will take.

    `exactly_one`: one key of these must be there. `at_least_one`: one or more of these.
    `needs`: a key that needs another beside it.
    """

    fields: Mapping[str, Field]
    later: frozenset[str] = frozenset()
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = field(init=False)  # the keys whose field says so

    def __post_init__(self) -> None:
        names = tuple([name for name, known in self.fields.items() if known.required])
        object.__setattr__(self, "required", names)


@dataclass(frozen=True, slots=True)
class Either:
    """A shape for each way of writing: a single value, keys or a list; `None`: not this way."""

    scalar: Form | Choice | None = None
    mapping: Record | Named | None = None
    sequence: Listing | None = None


Shape = Form | Choice | Switch | Listing | Named | Record | Either


def json_schema(shape: Record, title: str, doc: str) -> dict[str, Any]:
    """The shape as JSON Schema, Draft 2020-12."""
    definitions: dict[str, Any] = {}
    body = _schema(shape, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": doc,
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    match shape:
        case Form():
            definitions[shape.name] = _form(shape)
            return {"$ref": f"#/$defs/{shape.name}"}
        case Choice():
            return {"enum": list(shape.values)}
        case Switch():
            return {"type": "boolean"}
        case Listing():
            items = _schema(shape.item, definitions)
            return {"type": "array", "items": items, "minItems": shape.minimum}
        case Named():
            return _named(shape, definitions)
        case Record():
            return _record(shape, definitions)
        case Either():
            ways = (shape.scalar, shape.mapping, shape.sequence)
            return {"anyOf": [_schema(way, definitions) for way in ways if way is not None]}


def _form(form: Form) -> dict[str, Any]:
    types = []
    if form.number:
        types.append("integer" if form.whole else "number")
    if form.pattern or form.param:
        types.append("string")
    schema: dict[str, Any] = {"description": form.meaning.replace("`", "")}
    schema["type"] = types if len(types) > 1 else types[0]
    if form.pattern or form.param:
        pattern = text_pattern(form.pattern, form.param)
        schema["pattern"] = f"{_NOT_ZERO}(?:{pattern})" if form.positive else pattern
    if form.number and form.positive:
        schema["minimum"] = 1
    return schema


def text_pattern(pattern: str, param: bool) -> str:
    """What a form's text must match; `$name` included where a param may stand."""
    patterns = [one for one in (pattern, _PARAM if param else "") if one]
    return "|".join(patterns) if len(patterns) > 1 else "".join(patterns)


def _named(shape: Named, definitions: dict[str, Any]) -> dict[str, Any]:
    item = _schema(shape.item, definitions)
    schema = {
        "type": "object",
        "patternProperties": {shape.keys: {"description": shape.doc} | item},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {**schema, "maxProperties": 1} if shape.single else schema


def _record(shape: Record, definitions: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {}}
    for name, known in shape.fields.items():
        described: dict[str, Any] = {"description": known.doc}
        if isinstance(known.shape, Form | Choice | Switch):
            described["examples"] = [_example(known.example)]
        schema["properties"][name] = {**described, **_schema(known.shape, definitions)}
    if shape.required:
        schema["required"] = list(shape.required)
    if shape.exactly_one:
        schema["oneOf"] = [{"required": [name]} for name in shape.exactly_one]
    if shape.at_least_one:
        schema["anyOf"] = [{"required": [name]} for name in shape.at_least_one]
    if shape.needs:
        schema["dependentRequired"] = {name: [other] for name, other in shape.needs.items()}
    return schema


def _example(text: str) -> str | int | float | bool | None:
    """What a reader of YAML makes of an example."""
    value = text.strip('"') if text.startswith('"') else resolve(text)
    match value:
        case Decimal():
            return float(value)
        case Refusal():
            raise AssertionError(f"the example `{text}` is read in two ways: quote it")
    return value
