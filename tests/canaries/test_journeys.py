"""No secret of two keys in anything that any command shows or keeps; none where all fails.

The search is that of scanner.py, what is searched that of journey.py.
"""

from __future__ import annotations

from itertools import cycle, product

import click
import pytest

from runner.commands.main import BUG, USAGE, command_line
from runner.model.secrets import SCHEMES
from tests.canaries.commands import COMMANDS
from tests.canaries.faults import ANSWERED, ORDER, PLACES, UNREACHED
from tests.canaries.journey import Journey
from tests.canaries.keeping import KEEPERS
from tests.journal.audited import bodies

#: Providers that every command is tried with in each run of the suite.
QUICK = ("env", "exec", "file")
#: A fault, where it comes, and who keeps the keys.
EVERY = [(*row, scheme) for row in product(ANSWERED, PLACES) for scheme in KEEPERS]


def in_turn() -> list[tuple[str, str, str]]:
    """Each fault at an order, and at one of the other places; one provider after another."""
    schemes, places = cycle(KEEPERS), cycle(place for place in PLACES if place != ORDER)
    return [
        (fault, place, next(schemes))
        for fault, other in zip(ANSWERED, places, strict=False)
        for place in (ORDER, other)
    ]


def test_every_command_and_every_provider_has_its_rows() -> None:
    context = click.Context(command_line)
    known = command_line.list_commands(context)
    audit = command_line.get_command(context, "audit")

    assert sorted(COMMANDS) == known
    assert sorted(KEEPERS) == sorted(SCHEMES)
    assert isinstance(audit, click.Group)
    assert {words[0] for words in COMMANDS["audit"]} == set(audit.commands)


@pytest.mark.parametrize(
    "scheme", [it if it in QUICK else pytest.param(it, marks=pytest.mark.soak) for it in KEEPERS]
)
def test_every_command_keeps_the_keys_of(scheme: str, journey: Journey) -> None:
    journey.begin(scheme)
    assert journey.run() == 0
    assert journey.exchange.paths[-1] == "POST /api/v3/orderList/oco"

    for name, lines in COMMANDS.items():
        for words in lines:
            assert journey.runner(name, *words) not in (USAGE, BUG), (name, words)
    assert len(bodies(journey.folder / "state" / "doctor" / "audit.jsonl")) > 10
    journey.look()

    assert journey.leaks() == []


def fails(journey: Journey) -> list[str]:
    """A run and a doctor while the fault lasts, what is then said, and a run after it."""
    journey.run()
    journey.runner("doctor", "probe.yaml", "--allow-exec", "--json", "--state", "state")
    journey.exchange.fault, journey.there = None, None
    journey.run()
    for words in (("status", "--json"), ("orders", "--json"), ("audit", "show", "--json")):
        journey.runner(*words, "--state", "state")
    assert BUG not in journey.codes
    return journey.leaks()


@pytest.mark.parametrize(("fault", "place", "scheme"), in_turn())
def test_a_fault_shows_no_key(fault: str, place: str, scheme: str, journey: Journey) -> None:
    journey.begin(scheme)
    journey.exchange.fault, journey.exchange.at = ANSWERED[fault], place

    assert fails(journey) == []


@pytest.mark.soak
@pytest.mark.parametrize(("fault", "place", "scheme"), EVERY)
def test_a_fault_shows_no_key_of_any_provider(
    fault: str, place: str, scheme: str, journey: Journey
) -> None:
    journey.begin(scheme)
    journey.exchange.fault, journey.exchange.at = ANSWERED[fault], place

    assert fails(journey) == []


@pytest.mark.parametrize(("fault", "scheme"), [*zip(UNREACHED, KEEPERS, strict=False)])
def test_an_exchange_that_is_not_reached_shows_no_key(
    fault: str, scheme: str, journey: Journey
) -> None:
    journey.begin(scheme)
    journey.there = UNREACHED[fault](journey.served)

    assert fails(journey) == []


def test_our_own_mistake_inside_of_the_door_shows_no_key(journey: Journey) -> None:
    journey.begin("file")
    journey.bug = "a mistake of ours"

    assert journey.run() == BUG
    assert any("a mistake of ours" in str(shown) for _, shown in journey.seen)
    assert journey.leaks() == []
