"""A signed request taken apart: what it says is asked for once, by name, and nothing is left over.

In: method, address and parameters as they would leave. Out: nothing, or `Halt`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from runner.model.errors import Halt
from runner.model.orders import Pinned

_SIGNATURE = re.compile(
    r"[0-9a-f]{64}|[A-Za-z0-9+/]{86,700}={0,2}"
)  # HMAC hex; Ed25519, RSA base64
_PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


class SentForm:
    """A request taken apart; every parameter must be asked for once, by name."""

    def __init__(self, method: str, address: str, text: str) -> None:
        self.method, self.address = method, address
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        except ValueError:
            raise Halt("an order's parameters cannot be read; nothing was sent") from None
        self.rest = dict(pairs)
        if len(self.rest) != len(pairs):
            raise Halt("an order has a parameter twice; nothing was sent")

    def goes(self, method: str, address: str) -> None:
        """Where to, exactly."""
        if (self.method, self.address) != (method, address):
            parts = urlsplit(self.address)
            where = f"{self.method} {parts.hostname}{parts.path}"
            raise Halt(f"an order would go to {where} instead of {method} {address}")

    def says(self, name: str, expected: str) -> None:
        """The same text."""
        if (found := self.rest.pop(name, "")) != expected:
            raise Halt(
                f"an order's `{name}` is {found or 'absent'}, not {expected}; nothing was sent"
            )

    def counts(self, name: str, expected: Decimal | None) -> None:
        """The same number, in plain digits; `None`: there is no such parameter."""
        found = self.rest.pop(name, None)
        if found is None and expected is None:
            return
        if found is None or not _PLAIN_NUMBER.fullmatch(found) or Decimal(found) != expected:
            told = "absent" if found is None else found
            raise Halt(f"an order's `{name}` is {told}, not {expected}; nothing was sent")

    def signed(self, pinned: Pinned) -> None:
        """The pinned time, a signature, and nothing else."""
        self.says("timestamp", str(pinned.timestamp_ms))
        self.says("recvWindow", str(pinned.window_ms))
        if not _SIGNATURE.fullmatch(self.rest.pop("signature", "")):
            raise Halt("an order is not signed; nothing was sent")
        if self.rest:
            surplus = ", ".join(f"`{name}`" for name in sorted(self.rest))
            raise Halt(f"an order has parameters that nothing accounts for: {surplus}")
