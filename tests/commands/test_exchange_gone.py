"""An exchange process that dies under a run, or that belongs to another folder."""

from __future__ import annotations

import shutil
import signal
from typing import Any

from tests.commands.desk import HOLDING, LIFE_S, Desk, asked
from tests.commands.test_bad_state import LEDGER, folded, journal_of


def test_an_exchange_that_died_is_started_again(desk: Desk, whole: Any) -> None:
    life = desk.frozen(*HOLDING)
    desk.end_exchanges()

    life.send_signal(signal.SIGCONT)
    _, err = life.communicate(timeout=LIFE_S)

    assert (life.returncode, err) == (0, f"new run: {journal_of(desk)}\n")
    assert desk.run("--json").result() == whole


def test_an_exchange_that_cannot_come_back_ends_the_run_until_it_can(
    desk: Desk, whole: Any
) -> None:
    life = desk.frozen(*HOLDING)
    desk.end_exchanges()
    ledger, kept = desk.run_folder() / LEDGER, desk.folder / "kept.db"
    folded(desk.run_folder())
    ledger.rename(kept)
    ledger.mkdir()

    life.send_signal(signal.SIGCONT)
    _, err = life.communicate(timeout=LIFE_S)

    assert life.returncode == 3
    assert len(err.splitlines()) == 2, err
    assert "error: the embedded exchange did not start; see `" in err
    assert desk.run().refusal(3).startswith("the embedded exchange did not start; see `")
    ledger.rmdir()
    kept.rename(ledger)
    assert desk.run("--json").result() == whole


def test_a_copied_run_does_not_trade_at_the_exchange_of_the_other(desk: Desk, whole: Any) -> None:
    life = desk.frozen(*HOLDING)
    shutil.copytree(desk.state, desk.folder / "copy")
    words = ("run", "probe.yaml", "--replay", "bars.csv", "--state", "copy", "--json")
    before = asked(desk.state)

    assert desk.runner(*words).result() == whole

    assert asked(desk.state) == before
    life.send_signal(signal.SIGCONT)
    life.communicate(timeout=LIFE_S)
    assert life.returncode == 0
