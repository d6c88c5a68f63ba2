"""`runner doctor --setup EXCHANGE`: which boxes to tick, from the table that the audit reads by."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from runner.commands.checks.setup import forms_of
from runner.commands.main import run
from runner.exchange.keys.audit import BOXES, EXCHANGES
from runner.exchange.keys.told import Told
from runner.model.accounts import Permission
from tests.conftest import ROOT
from tests.exchange.key_answers import ANSWERS

GOOD = ROOT / "tests" / "golden" / "good.yaml"
NEVER = {Permission.WITHDRAW, Permission.TRANSFER}


@pytest.mark.parametrize("exchange", sorted(EXCHANGES))
def test_exactly_what_the_file_declares_is_ticked_and_nothing_that_moves_money(
    exchange: str,
) -> None:
    for form in forms_of(exchange, None):
        ticked = {box.permission for box in form.boxes if box.ticked}

        assert ticked <= set(form.permissions)
        assert not ticked & NEVER
        assert bool(form.boxes) is not (exchange == "hyperliquid")  # an agent has no form


@pytest.mark.parametrize("case", sorted(ANSWERS))
def test_every_box_that_an_answer_tells_of_is_in_the_form(case: str) -> None:
    module = import_module(f"runner.exchange.keys.{case.partition(' ')[0]}")
    told = module.read(ANSWERS[case])
    assert isinstance(told, Told)
    known = {(grant.box, grant.permission) for grant in BOXES[told.exchange.name]}

    assert {(it.box, it.permission) for it in told.grants if it.permission} <= known


def test_a_person_reads_what_to_tick_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--setup", "binance", str(GOOD)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "make the key at Binance → API Management → Edit restrictions",
        "",
        "for `market: spot`, `permissions: [read, spot]`:",
        "  tick       Enable Reading                        read",
        "  tick       Enable Spot & Margin Trading          spot",
    ]
    assert "  leave off  Enable Withdrawals                    withdraw" in lines
    assert lines[-2].startswith("tick `Restrict access to trusted IPs only` and enter")
    assert "write in the account `unverifiable: [{check: ip_list" in lines[-1]


def test_a_program_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--setup", "okx", str(GOOD), "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    [key] = document["keys"]
    assert key["permissions"] == ["read", "trade_bundle"]
    assert {"name": "Trade", "permission": "trade_bundle", "tick": True} in key["boxes"]
    assert not any("no orders go to okx" in note for note in document["notes"])


def test_what_is_chosen_before_the_boxes_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--setup", "bybit"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "choose `Read-Write`"

    assert run(["doctor", "--setup", "bybit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["choice"] == "Read-Write"


def test_what_no_key_of_an_exchange_has_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--setup", "kraken"]) == 0

    assert "  no key made there has `futures`" in capsys.readouterr().out


def test_used_wrongly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--setup", "ftx"]) == 1
    assert "nothing is known of keys of `ftx`; there is `binance`" in capsys.readouterr().err
    assert run(["doctor"]) == 2
    assert "name a rule file, or `--setup EXCHANGE`" in capsys.readouterr().err
