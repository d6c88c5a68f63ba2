"""A request as it arrived, its parameters, and whether the key's owner signed it.

Source of rules and texts: Binance spot API docs, rest-api.md "Request security" and errors.md.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from urllib.parse import parse_qsl

from runner.exchange.replay.access import Access
from runner.exchange.replay.refusal import Refusal, illegal, mandatory, not_permitted

_INTEGER, _DECIMAL = r"^[0-9]{1,20}$", r"^([0-9]{1,25})(\.[0-9]{1,20})?$"
_CLIENT_ID = r"^[a-zA-Z0-9-_]{1,36}$"
_API_KEY = re.compile(r"[a-zA-Z0-9]{64}\Z")
_LARGEST_INTEGER = 2**63 - 1  # Binance's LONG, and SQLite's
DEFAULT_WINDOW_MS, LARGEST_WINDOW_MS, AHEAD_MS = 5000, 60_000, 1000
SIGNED = ("timestamp", "recvWindow", "signature")


@dataclass(frozen=True, slots=True)
class Request:
    """`query` and `body` exactly as sent: the signature is over these bytes."""

    method: str
    path: str
    query: str
    body: bytes
    api_key: str


class Parameters:
    """What was sent by name; each reader checks the form of one value."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    @staticmethod
    def of(request: Request) -> Parameters:
        """From query and form body together."""
        if not request.query.isascii() or not request.body.isascii():
            raise Refusal(-1100, "Illegal characters found in a parameter.")
        try:
            body = request.body.decode("ascii")
            pairs = [
                pair
                for text in (request.query, body)
                for pair in parse_qsl(text, keep_blank_values=True, max_num_fields=64)
            ]
        except ValueError:
            raise Refusal(-1100, "Illegal characters found in a parameter.") from None
        values = dict(pairs)
        if len(values) != len(pairs):
            raise Refusal(-1101, "Duplicate values for a parameter detected.")
        return Parameters(values)

    def expect(self, needed: tuple[str, ...], allowed: tuple[str, ...]) -> None:
        """Nothing is missing, empty or unknown."""
        known = [name for name in self._values if name in needed or name in allowed]
        if len(known) != len(self._values):
            raise Refusal(
                -1104,
                f"Not all sent parameters were read; read '{len(known)}' parameter(s) but was "
                f"sent '{len(self._values)}'.",
            )
        for name in needed:
            self.text(name)
        for name, value in self._values.items():
            if not value:
                raise Refusal(-1105, f"Parameter '{name}' was empty.")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> str | None:
        """The text, or `None` where it was not sent."""
        return self._values.get(name)

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self._values.get(name)
        if not value:
            raise mandatory(name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self._matching(name, _INTEGER)
        if value is not None and int(value) > _LARGEST_INTEGER:
            raise Refusal(-1108, f"Parameter '{name}' overflowed.")
        return None if value is None else int(value)

    def decimal(self, name: str) -> Decimal:
        """A number in plain digits that must be there."""
        self.text(name)
        return Decimal(self._matching(name, _DECIMAL) or "0")

    def client_id(self, name: str) -> str | None:
        """An id that the client chose."""
        return self._matching(name, _CLIENT_ID)

    def limit(self, otherwise: int) -> int:
        """How many rows are wanted, at most 1000."""
        wanted = self.integer("limit")
        return min(otherwise if wanted is None else max(wanted, 1), 1000)

    def _matching(self, name: str, pattern: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not re.fullmatch(pattern, value, re.ASCII):
            raise illegal(name, pattern)
        return value


def authorize(request: Request, parameters: Parameters, access: Access) -> None:
    """The key is the issued one, and its owner signed exactly these bytes."""
    if not _API_KEY.match(request.api_key):
        raise Refusal(-2014, "API-key format invalid.", 401)
    if not hmac.compare_digest(request.api_key.encode(), access.api_key.encode()):
        raise not_permitted()
    signature = parameters.text("signature")
    payload = _unsigned(request.query) + _unsigned(request.body.decode("ascii"))
    expected = hmac.new(access.api_secret.encode(), payload.encode(), sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise Refusal(-1022, "Signature for this request is not valid.")


def check_window(parameters: Parameters, now_ms: int) -> None:
    """The request is neither late nor from the future, by the exchange's clock."""
    parameters.text("timestamp")
    timestamp = parameters.integer("timestamp") or 0
    window = parameters.integer("recvWindow")
    window = DEFAULT_WINDOW_MS if window is None else window
    if window > LARGEST_WINDOW_MS:
        raise Refusal(-1131, f"recvWindow must be less than {LARGEST_WINDOW_MS}.")
    if timestamp >= now_ms + AHEAD_MS:
        raise Refusal(
            -1021, f"Timestamp for this request was {AHEAD_MS}ms ahead of the server's time."
        )
    if now_ms - timestamp > window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def _unsigned(text: str) -> str:
    return "&".join(part for part in text.split("&") if not part.startswith("signature="))
