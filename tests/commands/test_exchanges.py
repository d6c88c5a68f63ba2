"""`runner exchanges`: every exchange, every feature, and names that are not traded at."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from runner.commands.main import command_line
from runner.model.exchanges import AUDITED, CLOSED, NAMES, support_of


def said(*arguments: str) -> Result:
    return CliRunner().invoke(command_line, ["exchanges", *arguments])


def test_the_overview_names_every_exchange_and_kind() -> None:
    told = said()

    assert told.exit_code == 0
    for name in NAMES:
        for kind in support_of(name).kinds:
            assert any(
                line.split()[:2] == [name, kind.value] for line in told.output.splitlines()
            ), (name, kind)
    assert all(f"{name} ({day})" in told.output for name, day in CLOSED.items())
    line = "`runner doctor` audits keys, orders are not sent: coinbase, gate, hyperliquid, kraken"
    assert line in told.output


@pytest.mark.parametrize("name", NAMES)
def test_one_exchange_tells_how_everything_is_sent(name: str) -> None:
    told = said(name)

    assert told.exit_code == 0
    assert max(map(len, told.output.splitlines()[3:])) <= 120
    for offered in support_of(name).kinds.values():
        for feature, can in offered.features.items():
            assert feature.value in told.output
            assert can.how.split()[0] in told.output


def test_the_document_holds_the_same() -> None:
    [found] = json.loads(said("binance", "--json").output)["exchanges"]

    features = found["markets"]["spot"]["features"]
    assert features["stop order"] == {"support": "documented", "how": "STOP_LOSS"}
    whole = json.loads(said("--json").output)
    assert [it["name"] for it in whole["exchanges"]] == list(NAMES)
    assert whole["audited"] == list(AUDITED)


@pytest.mark.parametrize(
    ("name", "words"),
    [("ftx", "closed since 2022-11-11"), ("kraken", "audits keys"), ("mtgox", "not an exchange")],
)
def test_a_name_that_is_not_traded_at_is_said_to_be_so(name: str, words: str) -> None:
    told = said(name)

    assert told.exit_code == 2
    assert words in told.output
