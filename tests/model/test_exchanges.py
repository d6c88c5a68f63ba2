"""The tables of what is supported: whole, and in words."""

from __future__ import annotations

from pkgutil import iter_modules

import pytest

from runner.exchange.sites import SITES
from runner.model import exchanges
from runner.model.accounts import CREDENTIALS
from runner.model.exchanges.support import OF_FUTURES, Feature, Support
from runner.model.markets import MarketKind

NAMES = sorted(exchanges.NAMES)


def test_every_exchange_behind_the_door_has_its_table() -> None:
    assert sorted(SITES) == sorted([*NAMES, *exchanges.AUDITED])
    assert sorted({it.name for it in iter_modules(exchanges.__path__)} - {"support"}) == NAMES
    assert sorted(CREDENTIALS) == sorted([*NAMES, *exchanges.AUDITED])


@pytest.mark.parametrize("name", NAMES)
def test_a_table_says_something_of_every_feature_and_kind(name: str) -> None:
    support = exchanges.support_of(name)

    assert support.name == name
    assert support.venues == tuple(SITES[name])
    assert {*support.kinds, *support.absent} == set(MarketKind)
    for kind, offered in support.kinds.items():
        wanted = set(Feature) - (OF_FUTURES if kind is MarketKind.SPOT else set())
        assert set(offered.features) == wanted
        assert all(can.how for can in offered.features.values())
        assert offered.features[Feature.MARKET_ORDER].support is not Support.REFUSED
