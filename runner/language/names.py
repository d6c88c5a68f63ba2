"""What a plain name means, or why it means nothing in this place."""

from __future__ import annotations

import ast
from dataclasses import replace

from runner.indicators.table import FUNCTIONS
from runner.language.facts import Facts
from runner.language.later import LATER_NAMES
from runner.language.types import FUTURES_SERIES, POSITION, SERIES, Expression, Kind
from runner.language.walk import SPECIAL, Walk
from runner.language.words import quoted, suggestion

#: Where the position is known; for every name and function that reads it.
WHERE_POSITION = "the position is known in the conditions of `exit` and of `add` only"


class Names(Walk):
    """Facts of names."""

    def _name(self, node: ast.Name) -> Facts:
        name, scope = node.id, self._scope
        if name in POSITION:
            return self._of_position(node)
        if name in FUTURES_SERIES:
            return self._of_futures(node)
        if name in SERIES or name in scope.inputs:
            return Facts(Kind.NUMBER)
        if name in scope.params:
            return Facts(Kind.NUMBER, constant=float(scope.params[name]))
        if name in scope.indicators:
            named = scope.indicators[name]
            return self._of_indicator(name, named)
        if name in FUNCTIONS or name in SPECIAL or name in scope.functions:
            own = scope.functions.get(name)
            signature = own.signature if own else SPECIAL.get(name) or FUNCTIONS[name].signature
            message = f"{quoted(name)} is a function"
            return self._refuse(node, "wrong-arguments", message, f"write `{signature}`")
        return self._unknown(node)

    def _of_indicator(self, name: str, named: Expression) -> Facts:
        start = named.start
        if start is not None and named.elsewhere:  # other bars start elsewhere
            start = replace(start, key=name)
        facts = Facts(named.kind, named.lookback, named.warmup, named.constant, named.outputs)
        return facts if start is None else replace(facts, start=start)

    def _reads_position(self) -> bool:
        """Whether there is a position in this place."""
        return self._scope.position and not self._scope.elsewhere

    def _of_position(self, node: ast.Name) -> Facts:
        if self._reads_position():
            return Facts(Kind.NUMBER, position=True)
        message = f"{quoted(node.id)} is not known here"
        return self._refuse(node, "unknown-name", message, WHERE_POSITION)

    def _of_futures(self, node: ast.Name) -> Facts:
        if self._scope.futures:
            return Facts(Kind.NUMBER)
        message = f"{quoted(node.id)} is known on futures only"
        instead = "write `close`" if node.id == "mark" else "remove it"
        return self._refuse(node, "unknown-name", message, f"{instead}, or trade `market: futures`")

    def _unknown(self, node: ast.Name) -> Facts:
        word = node.id
        if word in LATER_NAMES:
            return self._later(node, word)
        if word in self._scope.sessions:
            message = f"{quoted(word)} is a session where a value is needed"
            return self._refuse(node, "unknown-name", message, f"write `in_session({word})`")
        help = suggestion(word, (*self._known_names(), *self._known_functions()))
        return self._refuse(node, "unknown-name", f"{quoted(word)} is not known here", help)

    def _known_names(self) -> tuple[str, ...]:
        """Names of values here, for suggestions."""
        scope = self._scope
        return (
            *SERIES,
            *(FUTURES_SERIES if scope.futures else ()),
            *(POSITION if self._reads_position() else ()),
            *scope.params,
            *scope.indicators,
            *sorted(scope.inputs),
        )
