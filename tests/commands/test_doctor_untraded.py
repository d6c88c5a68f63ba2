"""`runner doctor` where no orders are sent: the key is audited, everything else is refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.commands.main import run
from runner.commands.trading import clock
from runner.model.clock import machine_ms
from runner.model.exchanges import AUDITED
from tests.commands.test_doctor_online import served
from tests.exchange.key_answers import ADDRESS
from tests.exchange.scripted import Reply
from tests.exchange.untraded.test_secrets import echo, scanner
from tests.exchange.untraded.told import (
    AGENTS,
    KEYS,
    QUESTION,
    TIME,
    agents,
    key,
    time,
    told,
)
from tests.rules.files import a_file, loaded

WAIVED = {
    "coinbase": ("created", "expires", "ip_list"),
    "gate": ("expires",),
    "hyperliquid": ("created",),
}
PASSES = ("gate", "kraken", "kucoin")


def a_rule_file(exchange: str, *changes: tuple[str, str]) -> str:
    """The good file with an account there; its key is kept in the environment."""
    fields = ", ".join(f'{field}: "env:OF_{field.upper()}"' for field in KEYS[exchange])
    waivers = ", ".join(
        f'{{check: {check}, reason: s, until: "2999-01-01"}}' for check in WAIVED.get(exchange, ())
    )
    unverifiable = f"    unverifiable: [{waivers}]\n" if waivers else ""
    spot = exchange in ("gate", "kucoin")
    return a_file(
        ("exchange: binance", f"exchange: {exchange}"),
        ('{api_key: "env:KEY", api_secret: "env:SECRET"}', f"{{{fields}}}"),
        ("permissions: [read, spot]", f"permissions: [read, {'spot' if spot else 'trade_bundle'}]"),
        (
            "    limits:",
            f"    ip_allowlist: [{ADDRESS}]\n{unverifiable}    limits:",
        ),
        *changes,
    )


def right(exchange: str, answer: Any = None, **more: Any) -> dict[str, Reply]:
    """All right now, by the clock of this machine."""
    if answer is None and exchange == "kucoin":
        answer = key(exchange, ("data.permission", "General,Spot"))
    if answer is None and exchange == "gate":
        answer = key(exchange, ("0.perms", [{"name": "spot", "read_only": False}]))
    now = {TIME[exchange]: time(exchange, machine_ms())}
    if exchange == "hyperliquid":
        now[AGENTS] = Reply(agents(validUntil=machine_ms() + 10**10))
    return told(exchange, answer, now | more)


class Desk:
    """Runs the doctor on one file."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.file, self.patch, self.capsys = folder / "x.yaml", patch, capsys
        self.runs = 0

    def doctor(
        self,
        exchange: str,
        answers: Mapping[str, Any],
        *words: str,
        text: str | None = None,
    ) -> tuple[int, list[dict[str, str]], str]:
        """The exit code, the checks, and all that was printed."""
        for field, value in KEYS[exchange].items():
            self.patch.setenv(f"OF_{field.upper()}", value)
        self.file.write_text(a_rule_file(exchange) if text is None else text)
        self.runs += 1  # each with a state of its own: requests of one are counted together
        state = str(self.file.parent / f"state{self.runs}")
        with served(dict(answers)) as transport:
            self.patch.setattr(clock, "transport", lambda: transport)
            code = run(["doctor", str(self.file), "--json", "--state", state, *words])
        printed = self.capsys.readouterr()
        return code, json.loads(printed.out)["checks"], printed.out + printed.err


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def of(checks: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [it for it in checks if it["name"] == name]


@pytest.mark.parametrize("exchange", AUDITED)
def test_a_key_is_audited_and_orders_are_said_to_be_refused(exchange: str, desk: Desk) -> None:
    code, checks, _ = desk.doctor(exchange, right(exchange))

    [file] = of(checks, "file")
    assert file["verdict"] == "warning"
    assert f"R313: orders are not sent to `{exchange}`" in file["fact"]
    assert of(checks, "exchange")[0]["fact"] == "answers"
    assert of(checks, "clock")[0]["verdict"] == "ok"
    refused = [it["subject"] for it in checks if it["verdict"] == "refused"]
    if exchange in PASSES:
        assert (code, refused) == (0, [])
    else:
        assert code == 1
        assert "main ip_bound" in refused
    told_of = {it["subject"].rpartition(" ")[2] for it in of(checks, "key")}
    assert told_of >= {"withdraw", "transfer", "permissions", "ip_bound", "ip_list", "created"}
    calls = 5 if exchange == "hyperliquid" else 4
    assert of(checks, "audit")[0]["fact"] == f"{calls} calls logged, up to line {calls + 1}"
    assert not {"market", "data", "journal", "orders"} & {it["name"] for it in checks}


#: Exchange, what it answers, the exit code, the check, words of what is said.
CASES: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("kraken", {QUESTION["kraken"]: {"error": ["EAPI:Invalid key"]}}, 1, "key", "was deleted"),
    ("kraken", {QUESTION["kraken"]: Reply(act="drop")}, 3, "key", "dropped the connection"),
    ("kraken", {TIME["kraken"]: Reply(act="drop")}, 3, "exchange", "dropped the connection"),
    ("kraken", {QUESTION["kraken"]: key("kraken", ("result.permissions", ["withdraw-funds"]))}, 1,
     "key", "the key has the permission `withdraw`"),
    ("kucoin", {QUESTION["kucoin"]: Reply({"code": "400006", "msg": "x"}, 403)}, 1, "key",
     "this machine's address is not on the key's"),
    ("kucoin", {TIME["kucoin"]: {"code": "200000", "data": 1_790_000_000_000}}, 3, "clock",
     "this machine's clock is"),
    ("gate", {QUESTION["gate"]: Reply("<html>", 502)}, 3, "key", "try again later"),
    ("gate", {QUESTION["gate"]: Reply({"label": "FORBIDDEN"}, 403)}, 1, "key", "to read"),
    ("coinbase", {QUESTION["coinbase"]: Reply("Unauthorized", 401)}, 1, "key", "does not say why"),
    ("hyperliquid", {QUESTION["hyperliquid"]: {"role": "user"}}, 1, "key", "it can withdraw"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_each_kind_of_no_has_its_line_and_its_exit_code(
    case: tuple[str, dict[str, Any], int, str, str], desk: Desk
) -> None:
    exchange, answers, expected, name, words = case

    code, checks, printed = desk.doctor(exchange, right(exchange, **answers))

    assert code == expected
    assert any(words in it["fact"] for it in of(checks, name)), of(checks, name)
    assert scanner(exchange).found(printed) == []


@pytest.mark.parametrize("exchange", AUDITED)
def test_nothing_that_is_printed_or_logged_holds_a_credential(
    exchange: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    words = echo(exchange)
    answers = [
        Reply({"error": [words], "code": "400003", "label": words, "msg": words}, 400),
        Reply(words, 401),
        Reply({"role": words}),
    ]

    for answer in answers:
        _, _, printed = desk.doctor(exchange, right(exchange, **{QUESTION[exchange]: answer}))
        assert scanner(exchange).found(printed) == []

    assert scanner(exchange).found(caplog.text) == []
    kept = [it for it in desk.file.parent.rglob("*") if it.is_file()]
    assert [it for it in kept if scanner(exchange).found(it.read_bytes())] == []


def ended(words: list[str]) -> object:
    """The exit code of a command line."""
    try:
        return run(words)
    except SystemExit as end:
        return end.code


@pytest.mark.parametrize("exchange", AUDITED)
def test_everything_else_refuses_the_file_at_its_place(
    exchange: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(a_rule_file(exchange))
    state = ["--state", str(tmp_path / "state")]
    data = ["--data", "synthetic:1", *state]
    commands = [
        ["validate", str(file)],
        ["backtest", str(file), *data],
        ["run", str(file), "--environment", "live", *state],
        ["run", str(file), "--environment", "paper", *state],
        ["run", str(file), "--replay", "synthetic:1", *state],
    ]

    for words in commands:
        assert ended(words) == 1, words
        printed = capsys.readouterr()
        said = printed.out + printed.err
        assert f"x.yaml:6:15: R313 not-offered: orders are not sent to `{exchange}`" in said
    assert not (tmp_path / "state").exists()


def test_a_private_key_in_pem_is_read_from_its_file(desk: Desk) -> None:
    kept = desk.file.parent / "coinbase.pem"
    kept.write_text(KEYS["coinbase"]["api_secret"] + "\n")
    kept.chmod(0o600)
    text = a_rule_file("coinbase", ("env:OF_API_SECRET", "file:coinbase.pem"))

    code, checks, _ = desk.doctor("coinbase", right("coinbase"), text=text)

    assert code == 1
    refused = [it["subject"] for it in checks if it["verdict"] == "refused"]
    assert refused == ["main ip_bound"]


def test_any_other_mistake_comes_first_and_no_key_is_looked_up(desk: Desk) -> None:
    wrong = [("timeframe: 1h", "timeframe: 1x"), ("rsi(close, length)", "rsii(close, length)")]
    wrong += [("permissions: [read, trade_bundle]", "permissions: [read]")]

    for change in wrong:
        text = a_rule_file("kraken", change)
        code, checks, _ = desk.doctor("kraken", {}, text=text)
        assert code == 1
        assert of(checks, "file")[0]["verdict"] == "refused"
        assert of(checks, "key") == of(checks, "exchange") == []
        assert loaded(text).untraded is None


@pytest.mark.parametrize("exchange", AUDITED)
def test_without_the_exchange_what_is_known_of_its_keys_is_said(exchange: str, desk: Desk) -> None:
    code, checks, _ = desk.doctor(exchange, {}, "--offline")

    [row] = of(checks, "key")
    hopeless = exchange not in PASSES
    assert code == 0
    assert row["verdict"] == ("warning" if hopeless else "cannot_verify")
    assert row["fact"].startswith(
        "no key is accepted" if hopeless else "the key and its addresses are audited where"
    )


def test_a_venue_that_the_exchange_does_not_have_is_refused(desk: Desk) -> None:
    text = a_rule_file("kraken", ("venue: live", "venue: testnet"))

    code, checks, _ = desk.doctor("kraken", {}, text=text)

    assert code == 1
    assert of(checks, "key")[0]["fact"] == "runner knows no `venue: testnet` of kraken"
    assert of(checks, "key")[0]["help"] == "write `venue: live`"
    assert of(checks, "exchange") == []


def test_a_key_that_cannot_be_looked_up_leaves_the_world_not_ready(desk: Desk) -> None:
    text = a_rule_file("kraken", ("env:OF_API_KEY", "env:NOT_THERE"))

    code, checks, _ = desk.doctor("kraken", {}, text=text)

    assert code == 3
    assert of(checks, "key")[0]["verdict"] == "cannot_verify"


def test_the_operators_settings_hold_for_its_references_and_addresses(
    desk: Desk, tmp_path: Path
) -> None:
    settings = tmp_path / "ops.yaml"
    settings.write_text(
        "version: 1\nkind: settings\nenvironment: live\n"
        'references:\n  main: ["env:OF_API_KEY", "env:OF_API_SECRET"]\n'
        "egress: {addresses: [198.51.100.9]}\n"
    )
    settings.chmod(0o600)
    named = ["--settings", str(settings)]

    code, checks, _ = desk.doctor("kraken", right("kraken"), *named)
    assert code == 1
    assert "198.51.100.9, which is not in" in of(checks, "own_ip")[0]["fact"]

    text = a_rule_file("kraken", ("env:OF_API_KEY", "env:ELSEWHERE"))
    code, checks, _ = desk.doctor("kraken", {}, *named, text=text)
    assert code == 1
    assert of(checks, "file")[0]["verdict"] == "refused"
    assert of(checks, "key") == []


@pytest.mark.parametrize("exchange", AUDITED)
def test_what_to_tick_is_told_for_such_a_file(
    exchange: str, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file.write_text(a_rule_file(exchange))

    assert run(["doctor", "--setup", exchange, str(desk.file)]) == 0

    out = capsys.readouterr().out
    assert "for `market: spot`" in out
    assert out.count(ADDRESS) == 1
    assert f"no orders go to {exchange}: `runner doctor` audits its keys" in out
    assert ("no key of it is accepted" in out) is (exchange not in PASSES)
