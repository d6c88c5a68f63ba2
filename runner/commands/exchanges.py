"""`runner exchanges`: what is supported at each exchange, verified or refused, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.model.exchanges.support import ExchangeSupport, Offered
    from runner.model.markets import MarketKind

_WIDTH = 100


@click.command(name="exchanges")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(name: str | None, as_json: bool) -> None:
    """List the exchanges and how sure each feature is, or all that is known of one."""
    from runner.model.exchanges import AUDITED, CLOSED, NAMES, support_of

    if name is not None:
        _require_known(name)
    supports = [support_of(it) for it in (NAMES if name is None else (name,))]
    if as_json:
        found = [document(support) for support in supports]
        told = {"schema": 1, "exchanges": found, "audited": list(AUDITED), "closed": CLOSED}
        click.echo(json.dumps(told))
    elif name is None:
        click.echo("\n".join(overview(supports)))
    else:
        click.echo("\n".join(whole(supports[0])))


def _require_known(name: str) -> None:
    """UsageError for a name that is not traded at: closed, audited only, or unknown."""
    from runner.model.exchanges import AUDITED, CLOSED, NAMES

    if name in NAMES:
        return
    if name in CLOSED:
        raise click.UsageError(f"`{name}` has been closed since {CLOSED[name]}")
    known = ", ".join(f"`{it}`" for it in NAMES)
    if name in AUDITED:
        raise click.UsageError(
            f"`runner doctor` audits keys of `{name}`, and no orders are sent there; orders go to "
            f"{known}"
        )
    raise click.UsageError(f"`{name[:40]}` is not an exchange that runner knows; there is {known}")


def overview(supports: list[ExchangeSupport]) -> Iterator[str]:
    """One line for each kind of market, then the exchanges whose keys alone are known."""
    from runner.model.exchanges import AUDITED, CLOSED
    from runner.model.exchanges.support import Support

    rows = [("exchange", "market", "venues", *(it.value for it in Support))]
    for support in supports:
        venues = " ".join(support.venues)
        for kind, offered in support.kinds.items():
            found = [can.support for can in offered.features.values()]
            rows.append((support.name, kind, venues, *(str(found.count(it)) for it in Support)))
        rows += [(support.name, kind, "not traded", "–", "–", "–") for kind in support.absent]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip()
    yield f"`runner doctor` audits keys, orders are not sent: {', '.join(AUDITED)}"
    yield f"closed: {', '.join(f'{name} ({day})' for name, day in CLOSED.items())}"
    yield "`runner exchanges NAME` tells how each order is sent, and what is refused"


def whole(support: ExchangeSupport) -> Iterator[str]:
    """Each feature of each kind of market, wrapped beside how sure it is."""
    yield f"{support.name}: keys of {', '.join(support.venues)}"
    yield f"client order ids: {support.client_ids}"
    yield f"source: {support.source}"
    for kind, offered in support.kinds.items():
        yield from ("", _title(kind, offered))
        yield from _features(offered)
    for kind, why in support.absent.items():
        yield from ("", f"{kind}: not traded: {why}")


def _title(kind: MarketKind, offered: Offered) -> str:
    maker, taker = (f"{(fee * 100).normalize():f}" for fee in offered.fees)
    return f"{kind}: bars {' '.join(offered.timeframes)}; fees {maker} % maker, {taker} % taker"


def _features(offered: Offered) -> Iterator[str]:
    from textwrap import wrap

    names = max(len(feature) for feature in offered.features)
    for feature, can in offered.features.items():
        head = f"  {can.support.value:<12}{feature.value:<{names}}  "
        yield from wrap(
            can.how,
            _WIDTH,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_long_words=False,
            break_on_hyphens=False,
        )


def document(support: ExchangeSupport) -> dict[str, Any]:
    """One exchange as programs read it."""
    return {
        "name": support.name,
        "venues": list(support.venues),
        "client_ids": support.client_ids,
        "source": support.source,
        "markets": {
            kind.value: {
                "timeframes": list(offered.timeframes),
                "fees": {"maker": str(offered.fees[0]), "taker": str(offered.fees[1])},
                "most_leverage": offered.most_leverage,
                "features": {
                    feature.value: {"support": can.support.value, "how": can.how}
                    for feature, can in offered.features.items()
                },
            }
            for kind, offered in support.kinds.items()
        },
        "not_traded": {kind.value: why for kind, why in support.absent.items()},
    }
