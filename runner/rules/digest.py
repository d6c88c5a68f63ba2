"""A strategy's digest: one name for its meaning, whatever comments, spaces and folder it has."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from enum import Enum
from typing import Any

from runner.core.strategy import Strategy
from runner.language.parse import Expression
from runner.model.accounts import AccountDeclaration
from runner.model.digests import sha256

#: What a strategy is told apart by, but does not mean.
_NOT_MEANT = frozenset({"description", "digest", "functions", "path"})
#: The same of an account: a key that waits for its turn trades nothing else than the one before.
_NOT_MEANT_OF_ACCOUNTS = frozenset({"next"})


#: Of each param, by name: the least and the most that the file allows.
Bounds = Mapping[str, tuple[Decimal | None, Decimal | None]]


def digest_of(strategy: Strategy, bounds: Bounds) -> str:
    """SHA-256 in hex over every field, expressions by their tree and numbers by their value.

    `bounds` are part of what a file means: they say what may be set without a change of the file.
    """
    meant: dict[str, Any] = {
        name: _canonical(getattr(strategy, name))
        for name in strategy.__match_args__
        if name not in _NOT_MEANT
    }
    meant["bounds"] = {name: [_canonical(it) for it in both] for name, both in bounds.items()}
    text = json.dumps(meant, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    match value:
        case Expression():
            return ast.unparse(_Plain().visit(deepcopy(value.tree)))
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
    skipped = _NOT_MEANT_OF_ACCOUNTS if isinstance(value, AccountDeclaration) else frozenset()
    names = [name for name in value.__match_args__ if name not in skipped]
    return {name: _canonical(getattr(value, name)) for name in names}


class _Plain(ast.NodeTransformer):
    """Every number as a float: `70` and `70.0` are one."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Truths stay what they are."""
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node.value = float(node.value)
        return node
