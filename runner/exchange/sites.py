"""Where an exchange answers at each venue: the hosts that anything else is derived from.

The last check before the socket has a list of its own (`lastcheck/`), so that no single mistake
leads a key to a host of another venue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.model.accounts import Venue
from runner.model.markets import MarketKind


@dataclass(frozen=True, slots=True)
class Site:
    """One exchange at one venue; `tells_keys`: it can be asked there what a key may do.

    `mark`: header and value of every request, where the venue has no host of its own.
    """

    spot: str
    futures: str
    tells_keys: bool
    mark: Mapping[str, str] = field(default_factory=dict)

    def host(self, kind: MarketKind) -> str:
        """Where markets of this kind are traded."""
        return self.futures if kind is MarketKind.FUTURES else self.spot

    @property
    def hosts(self) -> tuple[str, str]:
        """Both."""
        return self.spot, self.futures


def _one(host: str, tells_keys: bool = True, mark: Mapping[str, str] | None = None) -> Site:
    return Site(host, host, tells_keys, mark or {})


#: Source: github binance/binance-spot-api-docs, testnet and demo-mode; for all others, and for
#: futures, the addresses of ccxt 4 (`urls`). Binance's `/sapi`, which tells of keys, is served to
#: live keys only. OKX and Bitget tell demo keys by a header (ccxt, `set_sandbox_mode`).
SITES: dict[str, dict[Venue, Site]] = {
    "binance": {
        Venue.LIVE: Site("api.binance.com", "fapi.binance.com", True),
        Venue.TESTNET: Site("testnet.binance.vision", "testnet.binancefuture.com", False),
        Venue.DEMO: Site("demo-api.binance.com", "demo-fapi.binance.com", False),
    },
    "bingx": {
        Venue.LIVE: _one("open-api.bingx.com"),
        Venue.TESTNET: _one("open-api-vst.bingx.com", tells_keys=False),  # contracts alone
    },
    "bitget": {
        Venue.LIVE: _one("api.bitget.com"),
        Venue.DEMO: _one("api.bitget.com", mark={"PAPTRADING": "1"}),
    },
    "okx": {
        Venue.LIVE: _one("www.okx.com"),
        Venue.DEMO: _one("www.okx.com", mark={"x-simulated-trading": "1"}),
    },
    "bybit": {
        Venue.LIVE: _one("api.bybit.com"),
        Venue.TESTNET: _one("api-testnet.bybit.com"),
        Venue.DEMO: _one("api-demo.bybit.com", tells_keys=False),  # not in v5/demo's list
    },
    "deribit": {
        Venue.LIVE: _one("www.deribit.com"),
        Venue.TESTNET: _one("test.deribit.com"),
    },
    # Keys alone are asked about there (model/exchanges, `AUDITED`).
    "coinbase": {Venue.LIVE: _one("api.coinbase.com")},
    "gate": {Venue.LIVE: _one("api.gateio.ws")},
    "hyperliquid": {
        Venue.LIVE: _one("api.hyperliquid.xyz"),
        Venue.TESTNET: _one("api.hyperliquid-testnet.xyz"),
    },
    "kraken": {Venue.LIVE: _one("api.kraken.com")},
    "kucoin": {Venue.LIVE: _one("api.kucoin.com")},
}

#: Headers by which any exchange tells venues apart on one host: sent where they are a site's
#: `mark`, and nowhere else.
MARKS = frozenset({"x-simulated-trading", "paptrading"})
