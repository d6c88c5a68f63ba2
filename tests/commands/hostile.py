"""A rule file and settings as a hostile pull request meets them, and what it may not reach."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from runner.commands import main
from runner.commands.trading import clock
from runner.engine.beginning import Run
from runner.exchange.transport import Transport
from runner.model.accounts import Egress
from runner.secrets.reference import PROVIDERS
from tests.commands.desk import PROBE

SETTINGS = """\
version: 1
kind: settings
environment: live
references: ["env:PROBE_KEY", "env:PROBE_SECRET", "file:KEPT/*"]
limits:
  "*": {max_order: 1000 USDT, max_orders_per_minute: 5}
egress: {addresses: [203.0.113.7]}
"""
CANARY = "canary-7f3a9c51e2"


class Seen:
    """What a run has touched, and what it was about to trade."""

    def __init__(self) -> None:
        self.resolved: list[str] = []
        self.hosts: list[str] = []
        self.runs: list[Run] = []
        self.egress: list[Egress] = []


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen()

    class NoNames(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
            seen.hosts.append(host)
            raise OSError("there is no network")

        async def close(self) -> None: ...

    def canary(scheme: str) -> Callable[[str, Path], str]:
        def read(name: str, rule_file: Path) -> str:
            seen.resolved.append(f"{scheme}:{name}")
            return CANARY

        return read

    async def trade(run: Run, *rest: object, egress: Egress, **more: object) -> None:
        seen.runs.append(run)
        seen.egress.append(egress)

    for scheme in PROVIDERS:
        monkeypatch.setitem(PROVIDERS, scheme, canary(scheme))
    transport = Transport(NoNames(), ssl.create_default_context())
    monkeypatch.setattr(clock, "transport", lambda: transport)
    monkeypatch.setattr(clock, "run_live", trade)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").mkdir()
    return seen


def code_of(*words: str) -> int:
    """What `runner WORDS` ends with."""
    try:
        return main.run([*words])
    except SystemExit as end:
        return int(str(end.code))


def run(text: str, *words: str, settings: str = SETTINGS, environment: str = "live") -> int:
    """`runner run` of a rule file with this text, held to these settings."""
    folder = Path.cwd()
    (folder / "probe.yaml").write_text(text)
    (folder / "ops.yaml").write_text(settings.replace("KEPT", str(folder / "kept")))
    (folder / "ops.yaml").chmod(0o600)
    asked = ["--environment", environment, "--settings", "ops.yaml", "--state", "state"]
    return code_of("run", "probe.yaml", *asked, *words)


def changed(*changes: tuple[str, str]) -> str:
    text = PROBE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


KEYS = 'credentials: {api_key: "env:PROBE_KEY", api_secret: "env:PROBE_SECRET"}'
SPARE = """\
  spare:
    exchange: binance
    venue: live
    credentials: CREDENTIALS
    permissions: [read, spot]
account: main
"""


def keys(api_key: str) -> tuple[str, str]:
    return "env:PROBE_KEY", api_key


def spare(credentials: str) -> tuple[str, str]:
    return "account: main\n", SPARE.replace("CREDENTIALS", credentials)
