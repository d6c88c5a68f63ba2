"""`symbols:` as ccxt writes them, and what other spellings probably mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runner.rules.bench import Bench, child
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place

_SPOT = re.compile(r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20})\Z")
_CONTRACT = re.compile(r"([A-Z0-9]{1,20}/[A-Z0-9]{1,20}):[A-Z0-9-]{1,40}\Z")
_SEPARATED = re.compile(r"([A-Za-z0-9]{1,20})[-_/ ]([A-Za-z0-9]{1,20})\Z")
# Longest first: BTCFDUSD ends with USD too.
_QUOTES = ("FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB")

#: Keys whose amount is in base currency; all others are in quote currency.
_IN_BASE = frozenset({"min_quantity", "quantity", "step"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A spot market's two currencies."""

    base: str
    quote: str

    def currency(self, key: str) -> str:
        """What the amount of a key is counted in."""
        return self.base if key in _IN_BASE else self.quote

    @property
    def symbol(self) -> str:
        """As ccxt writes it."""
        return f"{self.base}/{self.quote}"


def pair_of(root: Node) -> Pair | None:
    """The pair of the first symbol, if that is right; nothing is reported."""
    listed = child(root, "symbols")
    first = listed.items[0] if isinstance(listed, Sequence) and listed.items else None
    match = _SPOT.match(first.text) if isinstance(first, Scalar) else None
    return Pair(match[1], match[2]) if match else None


def compile_symbol(bench: Bench, root: Mapping) -> Pair | None:
    """The one symbol of the file."""
    listed = child(root, "symbols")
    if not isinstance(listed, Sequence):
        return None
    if len(listed.items) > 1:
        message = "not supported yet: a second symbol"
        bench.refuse(place(listed.items[1]), "R104", message, "write a file for each")
    spot = not bench.lost(root, "market")  # of another market that is reported already
    pairs = [_pair(bench, item, spot) for item in listed.items if isinstance(item, Scalar)]
    return pairs[0] if pairs else None


def _pair(bench: Bench, node: Scalar, spot: bool) -> Pair | None:
    match = _SPOT.match(node.text)
    if match:
        return Pair(match[1], match[2])
    contract = _CONTRACT.match(node.text)
    if contract and not spot:
        return None
    if contract:
        message = f"`{node.text}` is a contract; `market: spot` trades `{contract[1]}`"
        bench.refuse(place(node), "R403", message, f"write `{contract[1]}`")
        return None
    meant = _meant(node.text)
    help = f"did you mean `{meant}`?" if meant else "write base/quote, such as `BTC/USDT`"
    bench.refuse(place(node), "R403", "a symbol is written base/quote", help)
    return None


def _meant(text: str) -> str | None:
    separated = _SEPARATED.match(text)
    if separated:
        return f"{separated[1]}/{separated[2]}".upper()
    joined = text.upper()
    for quote in _QUOTES:
        if joined.endswith(quote) and joined.removesuffix(quote).isalnum():
            return f"{joined.removesuffix(quote)}/{quote}"
    return None
