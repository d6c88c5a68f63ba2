"""The other exchanges behind the door: what a rule file says of each, and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.canaries.answers import BingX, Bitget, Bybit, Deribit, Okx
from tests.canaries.faults import Refusals
from tests.exchange.bingx import told as bingx_told
from tests.exchange.bitget import answers as bitget_told
from tests.exchange.bybit import told as bybit_told
from tests.exchange.deribit import told as deribit_told
from tests.exchange.okx import answers as okx_told
from tests.exchange.scripted import Reply


@dataclass(frozen=True, slots=True)
class Other:
    """An exchange behind the door: what a rule file says of it, and where its requests go.

    `places`: where a fault comes; the last one takes orders. `no` is how it refuses with a code
    and words; `codes` are of an unknown key, a wrong time, no money, too many requests.
    """

    answers: type[Bybit | Okx | BingX | Bitget | Deribit]
    symbol: str
    size: str
    permissions: str
    account: str
    places: tuple[str, ...]
    no: Callable[[int, str], Any]
    codes: tuple[int, int, int, int]

    def rule_file(self, text: str) -> str:
        """One of Binance as one of this exchange: a market order, and no stop, which some lack."""
        exit_ = text.index("exit:\n")
        text = text[:exit_] + text[exit_:].replace(
            "  stop_loss: {distance: 0.006 * close}\n  take_profit: {distance: 1.5R}\n", ""
        )
        return (
            text.replace("exchange: binance", f"exchange: {self.answers.__name__.lower()}")
            .replace("permissions: [read, spot]", f"permissions: {self.permissions}{self.account}")
            .replace("size: {risk: 0.3%}", f"size: {self.size}")
            .replace("BTC/USDT", self.symbol)
            .replace(" USDT", f" {self.symbol.partition('/')[2]}")
        )

    def refusals(self) -> Refusals:
        """By what is refused: an answer with an echo."""
        words = ("no such key", "no such time", "not enough money", "too many")
        known = dict(zip(words, self.codes, strict=True))
        known |= {"an unknown error": -9999}
        return {word: partial(self._refused, code) for word, code in known.items()}

    def _refused(self, code: int, good: Any, echo: str) -> Reply:
        told = self.no(code, echo)
        return told if isinstance(told, Reply) else Reply(told)


WAIVED = '\n    unverifiable: [{check: expires, reason: "it does not tell", until: "2999-01-01"}]'
CREATED = f'\n    created: "2026-09-21"{WAIVED}'
OTHERS = {
    "bybit": Other(
        Bybit, "BTC/USDT", "{spend: 1200 USDT}", "[read, spot]", "",
        ("market/time", "user/query-api", "market/instruments-info", "wallet-balance",
         "market/kline", "order/realtime", "POST /v5/order/create"),
        bybit_told.bad, (10003, 10002, 170131, 10006),
    ),
    "okx": Other(
        Okx, "BTC/USDT", "{spend: 1200 USDT}", "[read, trade_bundle]", CREATED,
        ("public/time", "account/config", "public/instruments", "account/balance",
         "market/candles", "GET /api/v5/trade/order", "POST /api/v5/trade/order"),
        lambda code, words: okx_told.no(str(code), words), (50111, 50102, 51008, 50011),
    ),
    "bingx": Other(
        BingX, "BTC/USDT", "{spend: 1200 USDT}", "[read, spot]", WAIVED,
        ("server/time", "apiPermissions", "common/symbols", "account/balance",
         "market/kline", "trade/query", "POST /openApi/spot/v1/trade/order"),
        bingx_told.bad, (100413, 100421, 100202, 100410),
    ),
    "bitget": Other(
        Bitget, "BTC/USDT", "{spend: 1200 USDT}", "[read, spot]", CREATED,
        ("public/time", "account/info", "public/symbols", "account/assets",
         "market/candles", "trade/orderInfo", "POST /api/v2/spot/trade/place-order"),
        lambda code, words: bitget_told.no(str(code), words), (40006, 40008, 43012, 429),
    ),
    "deribit": Other(
        Deribit, "BTC/USDC", "{notional: 1200 USDC}", "[read, trade_bundle]", WAIVED,
        ("get_time", "list_api_keys", "get_instruments", "account_summaries",
         "chart_data", "state_by_label", "GET /api/v2/private/buy"),
        deribit_told.no, (13004, 13009, 10009, 10028),
    ),
}  # fmt: skip
