"""`symbols:` as ccxt writes them, and what other spellings probably mean."""

from __future__ import annotations

import re
from typing import TypeGuard

from runner.language.words import quoted
from runner.model.markets import MarketKind
from runner.model.values import dataclass
from runner.rules.bench import Bench, child
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place

_SPOT = re.compile(r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20})\Z")
_CONTRACT = re.compile(r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20}):([A-Z0-9]{1,20})(-[A-Z0-9-]{1,30})?\Z")
_SEPARATED = re.compile(r"([A-Za-z0-9]{1,20})[-_/ ]([A-Za-z0-9]{1,20})\Z")
# Longest first: BTCFDUSD ends with USD too.
_QUOTES = ("FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB")

#: Keys whose amount is in base currency; all others are in quote currency.
_IN_BASE = frozenset({"min_quantity", "quantity", "step"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A market's two currencies; a `contract` is settled in the second."""

    base: str
    quote: str
    contract: bool = False

    def currency(self, key: str) -> str:
        """What the amount of a key is counted in."""
        return self.base if key in _IN_BASE else self.quote

    @property
    def symbol(self) -> str:
        """As ccxt writes it."""
        return f"{self.base}/{self.quote}" + (f":{self.quote}" if self.contract else "")


def pair_of(root: Node) -> Pair | None:
    """The pair of the first symbol, if that is right; nothing is reported."""
    listed = child(root, "symbols")
    first = listed.items[0] if isinstance(listed, Sequence) and listed.items else None
    match = _SPOT.match(first.text) or _CONTRACT.match(first.text) if _is_text(first) else None
    return Pair(match[1], match[2], match.re is _CONTRACT) if match else None


def compile_symbols(bench: Bench, root: Mapping) -> tuple[Pair, ...]:
    """The symbols of the file, each once and all in one quote currency."""
    listed = child(root, "symbols")
    found: list[Pair] = []
    for node in listed.items if isinstance(listed, Sequence) else ():
        pair = compile_symbol(bench, node) if isinstance(node, Scalar) else None
        if pair is None:
            continue
        if pair in found:
            bench.refuse(place(node), "R403", f"`{pair.symbol}` is there twice", "remove it")
        elif found and pair.quote != found[0].quote:
            message = (
                f"`{pair.symbol}` counts in {pair.quote}, `{found[0].symbol}` in {found[0].quote}"
            )
            bench.refuse(place(node), "R402", message, "write a file for each quote currency")
        else:
            found.append(pair)
    written = child(bench.written, "symbols")
    if isinstance(written, Sequence) and len(written.items) == len(found) > 1:
        bench.symbols = len(found)
    return tuple(found)


def compile_symbol(bench: Bench, node: Scalar) -> Pair | None:
    """One symbol of the file's kind of market; of another kind that is reported already, none."""
    spot, contract = _SPOT.match(node.text), _CONTRACT.match(node.text)
    if bench.kind is None and (spot or contract):
        return None
    match bench.kind:
        case MarketKind.SPOT if spot:
            return Pair(spot[1], spot[2])
        case MarketKind.FUTURES if contract:
            return _linear(bench, node, contract)
        case MarketKind.SPOT if contract:
            plain = f"{contract[1]}/{contract[2]}"
            message = f"`{node.text}` is a contract; `market: spot` trades `{plain}`"
            bench.refuse(place(node), "R403", message, f"write `{plain}`")
        case MarketKind.FUTURES if spot:
            message = f"`{node.text}` is a spot symbol; `market: futures` trades contracts"
            bench.refuse(place(node), "R403", message, f"write `{_linear_of(spot[1], spot[2])}`")
        case _:
            _refuse_spelling(bench, node)
    return None


def _linear(bench: Bench, node: Scalar, contract: re.Match[str]) -> Pair | None:
    """A contract without an end, settled in its quote currency."""
    base, quote, settle, date = contract.groups()
    if settle == quote and date is None:
        return Pair(base, quote, contract=True)
    what = f"a contract settled in {settle}"
    if date or settle == base:
        what = "a contract with an end" if date else "an inverse contract"
    message = f"not supported yet: {quoted(node.text)}, {what}"
    bench.refuse(place(node), "R104", message, f"write `{_linear_of(base, quote)}`")
    return None


def _linear_of(base: str, quote: str) -> str:
    """The contract that is meant; what counts in dollars is settled in a coin of theirs."""
    quote = "USDT" if quote == "USD" else quote
    return f"{base}/{quote}:{quote}"


def _refuse_spelling(bench: Bench, node: Scalar) -> None:
    spot = bench.kind is not MarketKind.FUTURES
    form = "base/quote" if spot else "base/quote:quote"
    meant = _meant(node.text)
    if meant and not spot:
        meant = _linear_of(*meant.split("/"))
    example = "BTC/USDT" if spot else "BTC/USDT:USDT"
    help = f"did you mean `{meant}`?" if meant else f"write {form}, such as `{example}`"
    bench.refuse(place(node), "R403", f"a symbol is written {form}", help)


def _is_text(node: Node | None) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar)


def _meant(text: str) -> str | None:
    separated = _SEPARATED.match(text)
    if separated:
        return f"{separated[1]}/{separated[2]}".upper()
    joined = text.upper()
    for quote in _QUOTES:
        if joined.endswith(quote) and joined.removesuffix(quote).isalnum():
            return f"{joined.removesuffix(quote)}/{quote}"
    return None
