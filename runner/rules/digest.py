"""A strategy's digest: one name for its meaning, whatever comments, spaces and folder it has."""

from __future__ import annotations

import ast
import json
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from runner.core.strategy import Strategy
from runner.language.parse import Expression

#: What a strategy is told apart by, but does not mean.
_NOT_MEANT = frozenset({"description", "digest", "path"})


def digest_of(strategy: Strategy) -> str:
    """SHA-256 in hex over every field, expressions by their tree and numbers by their value."""
    meant = {
        field.name: _canonical(getattr(strategy, field.name))
        for field in fields(strategy)
        if field.name not in _NOT_MEANT
    }
    text = json.dumps(meant, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    match value:
        case Expression():
            return ast.unparse(value.tree)
        case Enum():
            return value.value
        case Decimal():
            return f"{value.normalize():f}"
        case float():
            return repr(value)
        case None | bool() | int() | str():
            return value
        case frozenset():
            return sorted(_canonical(item) for item in value)
        case tuple():
            return [_canonical(item) for item in value]
    return {field.name: _canonical(getattr(value, field.name)) for field in fields(value)}
