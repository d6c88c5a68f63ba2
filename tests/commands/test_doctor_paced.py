"""`runner doctor` counts together with the runs: a ban is heeded, and told to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.commands.checks.verdict import Verdict, exit_code_of
from runner.exchange.budget.closings import closings
from tests.commands.answering import RIGHTS, TIME, Standing, answers, asked, rows
from tests.exchange.scripted import Reply


@pytest.mark.parametrize(
    ("name", "reply", "words"),
    [
        (
            "rights",
            Reply("", 418, {"Retry-After": "7200"}),
            "binance has banned this address until",
        ),
        ("rights", Reply("<html>", 403), "binance takes nothing from this address until"),
        (
            "time",
            Reply("", 429, {"Retry-After": "600"}),
            "binance takes nothing from this address until",
        ),
    ],
)
def test_nothing_is_asked_after_the_exchange_says_stop_and_the_runs_hear_of_it(
    name: str, reply: Reply, words: str, tmp_path: Path
) -> None:
    seen, exchange = asked(answers(**{name: reply}), budgets=tmp_path)

    assert exchange.paths[-1] == {"rights": RIGHTS, "time": TIME}[name]
    assert exit_code_of(seen.checks) == 3
    assert closings(tmp_path, Standing())[0].startswith(words)


def test_a_ban_that_a_run_met_is_heeded(tmp_path: Path) -> None:
    asked(answers(time=Reply("", 418, {"Retry-After": "7200"})), budgets=tmp_path)

    seen, exchange = asked(answers(), budgets=tmp_path)

    assert exchange.paths == []
    (row,) = seen.checks
    assert row.verdict is Verdict.CANNOT_VERIFY
    assert "binance has banned this address until" in row.fact


def test_all_questions_fit_into_what_one_account_may_ask(tmp_path: Path) -> None:
    seen, _ = asked(answers(), budgets=tmp_path)

    assert exit_code_of(seen.checks) == 0
    assert rows(seen, "data")[0].verdict is Verdict.OK
    assert (tmp_path / "binance-live-spot.address").is_file()
