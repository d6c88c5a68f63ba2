"""The generated parts of pages about exchanges."""

from __future__ import annotations

from tables import listed, table

from runner.exchange.keys.asked import ASKED
from runner.exchange.keys.audit import EXCHANGES as EXCHANGES_OF_KEYS
from runner.exchange.permitted import requests_of
from runner.exchange.sites import SITES
from runner.model.accounts import BUNDLES, CREDENTIALS
from runner.model.bars import Timeframe
from runner.model.exchanges import AUDITED, CLOSED, NAMES, support_of
from runner.model.exchanges.support import ExchangeSupport
from runner.model.markets import MarketKind


def timeframes() -> list[str]:
    """Bars that any exchange serves, shortest first."""
    kinds = [kind for name in NAMES for kind in support_of(name).kinds.values()]
    known = {text: Timeframe.parse(text) for kind in kinds for text in kind.timeframes}
    return sorted(known, key=lambda text: it.ms if (it := known[text]) else 0)


def exchanges() -> str:
    """What is supported at each exchange, by kind of market."""
    return "\n".join(section(support_of(name)) for name in NAMES)


def section(support: ExchangeSupport) -> str:
    """One exchange."""
    text = f"## {support.name}\n\nVenues: {listed(support.venues)}. Client order ids: "
    text += f"{support.client_ids}. Source: {support.source}.\n"
    for kind, offered in support.kinds.items():
        maker, taker = (f"{(fee * 100).normalize():f}" for fee in offered.fees)
        text += f"\n### {support.name}: {kind}\n\nBars: {listed(offered.timeframes)}. Fees: "
        text += f"maker {maker} %, taker {taker} %."
        if kind is MarketKind.FUTURES:
            text += f" Leverage: at most {offered.most_leverage}x."
        rows = ((it.value, can.support.value, can.how) for it, can in offered.features.items())
        text += "\n\n" + table(("what", "how sure", "how, or why not"), rows)
    for kind, why in support.absent.items():
        text += f"\n### {support.name}: {kind}\n\nNot traded: {why}.\n"
    return text


def closed() -> str:
    """Exchanges that are gone."""
    return table(("exchange", "closed"), CLOSED.items())


def audited() -> str:
    """Exchanges whose keys are audited and to which no orders are sent."""
    return table(
        ("exchange", "venues", "all that is sent", "what comes of it"),
        (
            (
                name,
                listed(SITES[name]),
                "<br>".join(
                    f"`{method} {host}{path}`"
                    for venue in SITES[name]
                    for method, host, path in requests_of(name, venue)
                ),
                _comes_of(name),
            )
            for name in AUDITED
        ),
    )


def _comes_of(name: str) -> str:
    """Whether any key can pass."""
    why = EXCHANGES_OF_KEYS[name].never
    return f"every key is refused: {why}" if why else "a key that is as declared passes"


def audits() -> str:
    """What each exchange tells of a key, as its audit reads it."""
    return table(
        ("exchange", "`credentials`", "`trade_bundle` covers", "does not tell", "asked at"),
        (
            (
                name,
                listed(CREDENTIALS[name]),
                listed(sorted(BUNDLES[name])) if name in BUNDLES else "–",
                listed(known.silent_on) or "–",
                "<br>".join(f"`{it.method} {it.path}`" for it in ASKED[name]),
            )
            for name, known in EXCHANGES_OF_KEYS.items()
        ),
    )
