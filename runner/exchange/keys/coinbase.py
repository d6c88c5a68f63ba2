"""What a Coinbase key may do, from `GET /api/v3/brokerage/key_permissions`.

`can_trade` covers spot and futures: `trade_bundle`. `can_transfer` moves funds, also out. Whether a
key is bound to addresses is not told, so that none of Coinbase can be used: that is never waived.
Source: github tiagosiebler/coinbase-api, types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.exchange.keys.finding import Finding
from runner.exchange.keys.reading import mapping, strangers, switch, unclear
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "coinbase",
    "Coinbase → Developer Platform → API keys",
    "enter this machine's address as `IP allowlist` at",
    silent_on=("created", "expires", "ip_bound", "ip_list"),
)
_P = Permission
#: Field → our words, the name of its box.
_BOXES: dict[str, tuple[tuple[Permission, ...], str]] = {
    "can_view": ((_P.READ,), "View"),
    "can_trade": ((_P.TRADE_BUNDLE,), "Trade"),
    "can_transfer": ((_P.WITHDRAW, _P.TRANSFER), "Transfer"),
}
_OTHERS = ("portfolio_uuid", "portfolio_type")


def boxes() -> tuple[Grant, ...]:
    """All boxes of a key's form."""
    return tuple(_boxes({}))


def read(facts: object) -> Told | Finding:
    """The answer in our words, or that it is none."""
    answer = mapping(facts)
    if answer is None or not set(_BOXES) & set(answer):
        return unclear(EXCHANGE, facts)
    grants = (*_boxes(answer), *strangers(answer, (*_BOXES, *_OTHERS)))
    return Told(EXCHANGE, grants, bound=None)


def _boxes(answer: Mapping[str, object]) -> Iterator[Grant]:
    for field, (permissions, box) in _BOXES.items():
        for permission in permissions:
            yield Grant(permission, field, box, switch(answer.get(field)))
