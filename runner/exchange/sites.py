"""Where an exchange answers at each venue: the hosts that anything else is derived from.

The last check before the socket has a list of its own (`lastcheck.py`), so that no single mistake
leads a key to a host of another venue.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.model.accounts import Venue
from runner.model.markets import MarketKind


@dataclass(frozen=True, slots=True)
class Site:
    """One exchange at one venue; `tells_keys`: it can be asked there what a key may do."""

    spot: str
    futures: str
    tells_keys: bool

    def host(self, kind: MarketKind) -> str:
        """Where markets of this kind are traded."""
        return self.futures if kind is MarketKind.FUTURES else self.spot

    @property
    def hosts(self) -> tuple[str, str]:
        """Both."""
        return self.spot, self.futures


#: Source: github binance/binance-spot-api-docs, testnet and demo-mode; for futures the addresses of
#: ccxt 4 (`urls`). `/sapi`, which tells of keys, is served to live keys only.
SITES: dict[str, dict[Venue, Site]] = {
    "binance": {
        Venue.LIVE: Site("api.binance.com", "fapi.binance.com", True),
        Venue.TESTNET: Site("testnet.binance.vision", "testnet.binancefuture.com", False),
        Venue.DEMO: Site("demo-api.binance.com", "demo-fapi.binance.com", False),
    }
}
