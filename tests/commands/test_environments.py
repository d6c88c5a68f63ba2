"""Where the journals of each environment lie, and which of them a person's word goes to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from runner.commands import main
from runner.commands.trading import clock
from runner.engine.beginning import Run
from runner.engine.live import Outside
from runner.exchange.budget.limits import scopes_of
from runner.exchange.budget.tallyfile import TallyFile
from runner.journal.mailbox import Mailbox
from runner.model.clock import MachineClock
from runner.model.orders import OrderState
from tests.commands.asking import Ask, ask
from tests.commands.desk import probe
from tests.journal.values import PINNED, a_journal, a_request, checked, filled, news
from tests.rules.files import GOOD

__all__ = ["ask"]  # a fixture

#: By how much is at stake.
ENVIRONMENTS = ("live", "demo", "testnet", "paper", "replay")


def a_run(state: Path, environment: str) -> Path:
    """An unfinished run that holds one BTC/USDT."""
    folder = state / environment / "probe"
    if environment == "replay":
        folder = state / environment / "probe-0123456789ab" / "1"
    folder.mkdir(parents=True)
    path = folder / "journal.db"
    with a_journal(path) as journal:
        journal.identify({"name": "probe", "environment": environment})
        journal.intended([checked("a")])
        journal.sending(["a"], PINNED, journal.epoch())
        journal.settled_all([news(a_request("a"), OrderState.FILLED, filled("1"))])
    return path


def said(capsys: pytest.CaptureFixture[str], state: Path, *words: str) -> Any:
    """The document that a command prints."""
    assert main.run([*words, "--json", "--state", str(state)]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("verb", ["halt", "resume", "flatten", "close"])
def test_a_persons_word_goes_to_the_run_with_most_at_stake(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {environment: a_run(tmp_path, environment) for environment in reversed(ENVIRONMENTS)}
    words = [verb, "BTC/USDT", "probe"] if verb == "close" else [verb, "probe"]

    for environment in ENVIRONMENTS:
        if verb == "resume":
            said(capsys, tmp_path, "halt", "probe")
        told = said(capsys, tmp_path, *words)

        assert told["journal"] == str(paths[environment])
        assert [one.verb for one in Mailbox(paths[environment]).waiting()][-1] == verb
        shutil.rmtree(paths[environment].parent)


@pytest.mark.parametrize("command", ["status", "orders"])
def test_each_environments_run_is_shown(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [a_run(tmp_path, environment) for environment in ENVIRONMENTS]

    shown = said(capsys, tmp_path, command, "probe")["runs"]

    assert sorted(run["journal"] for run in shown) == sorted(map(str, paths))


def test_the_status_tells_which_exchange_takes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_run(tmp_path, "live")
    scope = next(one for one in scopes_of("binance") if one.name == "spot")
    path = tmp_path / "budgets" / "binance-live-spot.address"
    file = TallyFile(path, scope.address, lambda: round(MachineClock().monotonic_s() * 1000))
    assert said(capsys, tmp_path, "status", "probe")["closed"] == []
    with file.held() as held:
        held.tally = held.tally.closed(3_600_000, 418)

    [closed] = said(capsys, tmp_path, "status", "probe")["closed"]
    assert main.run(["status", "probe", "--state", str(tmp_path)]) == 0

    assert closed.startswith("binance has banned this address until 2")
    assert closed.endswith("Z (HTTP 418)")
    assert "binance has banned this address until" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("venue", ["live", "testnet", "demo"])
def test_a_journal_lies_in_the_folder_of_its_environment(
    venue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBE_KEY", "k" * 64)
    monkeypatch.setenv("PROBE_SECRET", "s" * 64)
    file, found = tmp_path / "probe.yaml", []
    file.write_text(probe(venue=venue))

    async def trade(
        run: Run, keys: object, outside: Outside, *rest: object, **more: object
    ) -> None:
        assert run.budgets == tmp_path / "budgets"
        found.append(run.folder.relative_to(tmp_path))

    monkeypatch.setattr(clock, "run_live", trade)

    assert main.run(["run", str(file), "--environment", venue, "--state", str(tmp_path)]) == 0
    assert found == [Path(venue, "probe")]


@pytest.mark.parametrize("venue", ["testnet", "demo"])
def test_doctor_warns_that_a_key_of_a_test_venue_is_not_audited(ask: Ask, venue: str) -> None:
    code, found = ask(GOOD.replace("venue: live", f"venue: {venue}"))

    assert code == 0
    assert found["key"][0] == {
        "name": "key",
        "subject": "main",
        "verdict": "warning",
        "fact": f"binance does not tell at `{venue}` what a key may do: neither its permissions "
        "nor its addresses are audited",
        "help": f"use a key that was made for `{venue}`",
    }


@pytest.mark.parametrize("is_set", [True, False])
def test_the_next_key_is_looked_up_too_and_is_no_reason_not_to_start(
    is_set: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("PROBE_KEY", "PROBE_SECRET", *(["NEW_KEY", "NEW_SECRET"] if is_set else [])):
        monkeypatch.setenv(name, name.ljust(64, "k"))
    file, found = tmp_path / "probe.yaml", []
    waits = 'next: {api_key: "env:NEW_KEY", api_secret: "env:NEW_SECRET"}'
    file.write_text(probe().replace("    permissions:", f"    {waits}\n    permissions:"))

    async def trade(run: Run, keys: object, *rest: object, waiting: Any, **more: object) -> None:
        found.append(waiting)

    monkeypatch.setattr(clock, "run_live", trade)

    assert main.run(["run", str(file), "--environment", "live", "--state", str(tmp_path)]) == 0
    told = "probe: the key in `next` does not take over: "
    assert [sorted(one or {}) for one in found] == [["api_key", "api_secret"] if is_set else []]
    assert (told in capsys.readouterr().err) is not is_set
