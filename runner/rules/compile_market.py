"""What is traded and by whom: account, symbols, timeframe, capital, leverage."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import AccountDeclaration
from runner.model.bars import Timeframe
from runner.model.exchanges import NAMES, support_of
from runner.model.markets import MarketKind
from runner.model.values import dataclass
from runner.rules import units
from runner.rules.bench import Bench, scalar, word
from runner.rules.compile_account import (
    account_in_use,
    compile_accounts,
    count,
    declaration,
    money,
)
from runner.rules.nodes import Mapping, Node, Scalar, place
from runner.rules.symbols import Pair, compile_symbols

#: Bars of a file whose exchange is not right.
_ANYWHERE = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")
#: On any contract of any exchange.
_MOST_ANYWHERE = 200


@dataclass(frozen=True, slots=True)
class Traded:
    """What a file trades; `None` or empty where it is not right."""

    account: AccountDeclaration | None
    kind: MarketKind | None
    pairs: tuple[Pair, ...]
    timeframe: Timeframe | None
    capital: Decimal | None
    leverage: Decimal
    max_open: int | None

    @property
    def pair(self) -> Pair | None:
        """The first one: its quote currency is that of all."""
        return self.pairs[0] if self.pairs else None

    @property
    def quote(self) -> str | None:
        """What prices and amounts are in."""
        return self.pairs[0].quote if self.pairs else None


def compile_market(bench: Bench, root: Mapping) -> Traded:
    """Every part on its own, so that all mistakes are found."""
    market = word(root, "market")
    kind = bench.kind = MarketKind(market) if market else None
    pairs = compile_symbols(bench, root)
    quote = pairs[0].quote if pairs else None
    accounts = compile_accounts(bench, root, market)
    node = account_in_use(bench, root, accounts)
    _offered(bench, root, node)
    account = declaration(bench, word(root, "account") or "", node, quote)
    timeframe = compile_timeframe(bench, scalar(root, "timeframe"))
    capital = money(bench, scalar(root, "capital"), quote)
    leverage = _leverage(bench, scalar(root, "position", "leverage"), account)
    futures_only(bench, root, "position", "margin_mode")
    futures_only(bench, root, "position", "position_mode")
    max_open = count(bench, scalar(root, "position", "max_open"), "2")
    return Traded(account, kind, pairs, timeframe, capital, leverage, max_open)


def compile_timeframe(bench: Bench, node: Scalar | None) -> Timeframe | None:
    """A bar length that the exchange serves."""
    timeframe = Timeframe.parse(node.text) if node else None
    served = bench.offered.timeframes if bench.offered else _ANYWHERE
    if node is None or timeframe is None or node.text in served:
        return timeframe
    same = [known for known in served if _ms(known) == timeframe.ms]
    help = f"write `{same[0]}`" if same else f"allowed: {', '.join(served)}"
    exchange = bench.exchange or "no exchange"
    bench.refuse(place(node), "R105", f"{exchange} serves no bars of `{node.text}`", help)
    return None


def _offered(bench: Bench, root: Mapping, account: Node | None) -> None:
    """What the account's exchange has of this kind of market; refused where it has nothing."""
    name, kind = word(account, "exchange") or "", bench.kind
    if name not in NAMES or kind is None:
        return
    support = support_of(name)
    bench.exchange, bench.offered = name, support.kinds.get(kind)
    node = scalar(root, "market")
    if bench.offered is None and node is not None:
        message = f"runner does not trade {kind} at {name}: {support.absent[kind]}"
        bench.refuse(place(node), "R313", message, "choose another market or exchange")


def futures_only(bench: Bench, root: Mapping, *path: str) -> None:
    """Refuses on spot what only contracts have."""
    node = scalar(root, *path)
    if node is not None and bench.kind is MarketKind.SPOT:
        message = f"`{path[-1]}` is of contracts; this file has `market: spot`"
        bench.refuse(place(node), "R404", message, "remove it, or write `market: futures`")


def whole_bars(bench: Bench, node: Scalar | None, traded: Traded, example: str) -> int | None:
    """`3 bars`, or a duration of whole bars; at least one."""
    if node is None or traded.timeframe is None:
        return None
    number = units.whole_bars(node.text, traded.timeframe.ms)
    if number is None:
        message = f"`{node.text}` is not a whole number of bars of `{traded.timeframe.text}`"
        bench.refuse(place(node), "R111", message, f"write bars: `{example}`")
    elif number == 0:
        bench.refuse(place(node), "R111", f"`{node.text}` is no time at all", f"write `{example}`")
    return number or None


def _ms(text: str) -> int:
    timeframe = Timeframe.parse(text)
    return timeframe.ms if timeframe else 0


def _most_leverage(bench: Bench) -> int:
    return bench.offered.most_leverage if bench.offered else _MOST_ANYWHERE


def _leverage(bench: Bench, node: Scalar | None, account: AccountDeclaration | None) -> Decimal:
    """What is set at the exchange, within the account's limit; 1 where nothing is written."""
    multiple = bench.unit(node, units.leverage, "a multiple, such as `2x`") if node else None
    if node is None or multiple is None:
        return Decimal(1)
    highest = _most_leverage(bench)
    if bench.kind is MarketKind.SPOT and multiple != 1:
        message = f"spot has no leverage; `{node.text}` would never act"
        bench.refuse(place(node), "R404", message, "remove it, or write `market: futures`")
    elif multiple != int(multiple) or not 1 <= multiple <= highest:
        message = f"`{node.text}` is not a whole multiple from 1x to {highest}x"
        bench.refuse(place(node), "R111", message, "write `2x`")
    elif account is not None and multiple > (most := account.limits.max_leverage or Decimal(1)):
        named = (
            "`limits.max_leverage` is" if account.limits.max_leverage else "without a limit it is"
        )
        message = f"leverage would be {node.text}; {named} {most:f}x"
        help = f"write `{most:f}x`, or raise `max_leverage` in `limits`"
        bench.refuse(place(node), "R405", message, help)
    return multiple
