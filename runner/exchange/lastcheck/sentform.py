"""A signed request taken apart: what it says is asked for once, by name, and nothing is left over.

In: method, address and parameters as they would leave. Out: nothing, or `Halt`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from runner.model.errors import Halt

_PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


class SentForm:
    """A request taken apart; every parameter must be asked for once, by name."""

    def __init__(self, method: str, address: str, pairs: list[tuple[str, Any]]) -> None:
        self.method, self.address = method, address
        self.rest = dict(pairs)
        if len(self.rest) != len(pairs):
            raise Halt("an order has a parameter twice; nothing was sent")

    @staticmethod
    def of_query(method: str, address: str, text: str) -> SentForm:
        """Parameters as `name=value&…`."""
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        except ValueError:
            raise Halt("an order's parameters cannot be read; nothing was sent") from None
        return SentForm(method, address, pairs)

    @staticmethod
    def of_json(method: str, url: str, body: bytes | None) -> SentForm:
        """Parameters as one flat JSON object in the body; then the address has none."""
        return SentForm(method, url, _object(_parsed(body)))

    @staticmethod
    def of_json_list(method: str, url: str, body: bytes | None) -> SentForm:
        """The same as the only entry of a list."""
        entries = _parsed(body)
        if not isinstance(entries, list) or len(entries) != 1:
            raise Halt("an order's parameters are not a list of one; nothing was sent")
        return SentForm(method, url, _object(entries[0]))

    def goes(self, method: str, address: str) -> None:
        """Where to, exactly."""
        if (self.method, self.address) != (method, address):
            parts = urlsplit(self.address)
            where = f"{self.method} {parts.hostname}{parts.path}"
            raise Halt(f"an order would go to {where} instead of {method} {address}")

    def says(self, name: str, expected: str | bool | int) -> None:
        """The same value, of the same kind."""
        found = self.rest.pop(name, "")
        if found != expected or type(found) is not type(expected):
            raise Halt(
                f"an order's `{name}` is {found or 'absent'}, not {expected}; nothing was sent"
            )

    def counts(self, name: str, expected: Decimal | None) -> None:
        """The same number, as text in plain digits; `None`: there is no such parameter."""
        found = self.rest.pop(name, None)
        if found is None and expected is None:
            return
        plain = isinstance(found, str) and _PLAIN_NUMBER.fullmatch(found)
        if found is None or not plain or Decimal(found) != expected:
            told = "absent" if found is None else found
            raise Halt(f"an order's `{name}` is {told}, not {expected}; nothing was sent")

    def is_signed(self, name: str, form: re.Pattern[str]) -> None:
        """A signature of this form."""
        if not form.fullmatch(str(self.rest.pop(name, ""))):
            raise Halt("an order is not signed; nothing was sent")

    def ends(self) -> None:
        """Nothing else is said."""
        if self.rest:
            surplus = ", ".join(f"`{name}`" for name in sorted(self.rest))
            raise Halt(f"an order has parameters that nothing accounts for: {surplus}")


def _parsed(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"", object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise Halt("an order's parameters cannot be read; nothing was sent") from None


def _object(pairs: Any) -> list[tuple[str, Any]]:
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise Halt("an order's parameters are not one object; nothing was sent")
    return pairs


def of_headers(method: str, address: str, headers: Mapping[str, str]) -> SentForm:
    """Headers to be looked at like parameters; their names in lower case."""
    return SentForm(method, address, [(name.lower(), value) for name, value in headers.items()])
