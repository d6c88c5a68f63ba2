"""What is traded and by whom: account, symbol, timeframe, capital."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from runner.model.accounts import AccountDeclaration
from runner.model.bars import Timeframe
from runner.model.markets import MarketKind
from runner.rules.bench import Bench, scalar, word
from runner.rules.compile_account import account_in_use, compile_accounts, declaration, money
from runner.rules.nodes import Mapping, Scalar, place
from runner.rules.symbols import Pair, compile_symbol

#: Bar lengths that Binance serves.
TIMEFRAMES = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")


@dataclass(frozen=True, slots=True)
class Traded:
    """What a file trades; `None` where it is not right."""

    account: AccountDeclaration | None
    kind: MarketKind
    pair: Pair | None
    timeframe: Timeframe | None
    capital: Decimal | None


def compile_market(bench: Bench, root: Mapping) -> Traded:
    """Every part on its own, so that all mistakes are found."""
    pair = compile_symbol(bench, root)
    quote = pair.quote if pair else None
    accounts = compile_accounts(bench, root, word(root, "market"))
    node = account_in_use(bench, root, accounts)
    account = declaration(bench, word(root, "account") or "", node, quote)
    timeframe = _timeframe(bench, scalar(root, "timeframe"))
    capital = money(bench, scalar(root, "capital"), quote)
    return Traded(account, MarketKind.SPOT, pair, timeframe, capital)


def _timeframe(bench: Bench, node: Scalar | None) -> Timeframe | None:
    """A bar length that the exchange serves."""
    timeframe = Timeframe.parse(node.text) if node else None
    if node is None or timeframe is None or node.text in TIMEFRAMES:
        return timeframe
    same = [known for known in TIMEFRAMES if _ms(known) == timeframe.ms]
    help = f"write `{same[0]}`" if same else f"allowed: {', '.join(TIMEFRAMES)}"
    bench.refuse(place(node), "R105", f"Binance serves no bars of `{node.text}`", help)
    return None


def _ms(text: str) -> int:
    timeframe = Timeframe.parse(text)
    return timeframe.ms if timeframe else 0
