"""No secret of the other exchanges' keys in anything that any command shows or keeps.

The same journey as at Binance, with the credentials that each exchange takes; beside their forms,
an exchange that lists all keys of its account with their secrets.
"""

from __future__ import annotations

from itertools import cycle

import pytest

from runner.commands.main import BUG, USAGE
from runner.exchange.sites import SITES
from runner.model.exchanges import AUDITED
from tests.canaries.commands import COMMANDS
from tests.canaries.faults import SPEECHLESS
from tests.canaries.journey import Journey
from tests.canaries.keeping import KEEPERS
from tests.canaries.others import OTHERS
from tests.canaries.test_journeys import fails

FAULTS = {name: SPEECHLESS | other.refusals() for name, other in OTHERS.items()}
#: What each exchange is tried with in each run of the suite, at its order and one place more.
QUICK = ("an unknown error", "an escaped echo in every field", "500 with an echo")
#: Fault, place, provider: every fault at every place, one provider after another.
EVERY = [
    (name, fault, place, scheme)
    for name, other in OTHERS.items()
    for (fault, place), scheme in zip(
        [(fault, place) for fault in FAULTS[name] for place in ("", *other.places)],
        cycle(KEEPERS),
        strict=False,
    )
]


def in_turn() -> list[tuple[str, str, str, str]]:
    """One place after another; the last takes orders."""
    rows = []
    for turn, (name, other) in enumerate(OTHERS.items()):
        rows += [(name, QUICK[0], other.places[-1], "file")]
        rows += [(name, QUICK[1], other.places[turn % 5], "file")]
        rows += [(name, QUICK[2], "", "file")]
    return rows


def test_every_other_exchange_behind_the_door_has_its_journey() -> None:
    """Where no orders go there is none: `tests/exchange/untraded` and the doctor's tests search."""
    assert sorted([*OTHERS, "binance", *AUDITED]) == sorted(SITES)
    for name, other in OTHERS.items():
        assert other.answers.__name__.lower() == name


@pytest.mark.parametrize("exchange", OTHERS)
def test_every_command_keeps_the_keys_of(exchange: str, journey: Journey) -> None:
    journey.begin("file", exchange)
    assert journey.run() == 0
    order = OTHERS[exchange].places[-1]
    assert order in journey.exchange.paths

    for name, lines in COMMANDS.items():
        for words in lines:
            assert journey.runner(name, *words) not in (USAGE, BUG), (name, words)
    journey.look()

    assert journey.leaks() == []


@pytest.mark.soak
@pytest.mark.parametrize("exchange", OTHERS)
@pytest.mark.parametrize("scheme", KEEPERS)
def test_a_turn_keeps_the_keys_of_every_provider(
    scheme: str, exchange: str, journey: Journey
) -> None:
    journey.begin(scheme, exchange)

    assert journey.run() == 0
    assert OTHERS[exchange].places[-1] in journey.exchange.paths
    assert journey.leaks() == []


@pytest.mark.parametrize(("exchange", "fault", "place", "scheme"), in_turn())
def test_a_fault_shows_no_key(
    exchange: str, fault: str, place: str, scheme: str, journey: Journey
) -> None:
    journey.begin(scheme, exchange)
    journey.exchange.fault, journey.exchange.at = FAULTS[exchange][fault], place

    assert fails(journey) == []


@pytest.mark.soak
@pytest.mark.parametrize(("exchange", "fault", "place", "scheme"), EVERY)
def test_a_fault_shows_no_key_wherever_it_comes(
    exchange: str, fault: str, place: str, scheme: str, journey: Journey
) -> None:
    journey.begin(scheme, exchange)
    journey.exchange.fault, journey.exchange.at = FAULTS[exchange][fault], place

    assert fails(journey) == []
