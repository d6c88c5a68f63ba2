"""Every case that was recorded at an exchange is run, or is a request that the door does not send.

A file, or a case in one, that no test accounts for fails here. How many there are:

exchange  run  not sent
binance    85         6
bybit      62         1
okx        54         2
deribit    39         7
bingx      46         4
bitget     57         4
bitmex      0        11

A case is an answer, an error, a key, a market or a list of markets. Run: through the real door to
a scripted exchange, by a test that says so (`recorded.draws`). BitMEX has closed: no door leads to
it.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from runner.exchange.client import Client
from runner.exchange.library import _row
from runner.exchange.permitted import require_permitted
from runner.exchange.sites import SITES
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt, Refused
from runner.model.exchanges import CLOSED, NAMES
from runner.model.markets import MarketKind
from tests.conftest import ROOT
from tests.exchange.okx.answers import ask, at, ok
from tests.exchange.recorded import Case, Key, bodies, draws, every, folder, run_by
from tests.exchange.refused_cases import REFUSED
from tests.exchange.scripted import NOW, door
from tests.rules.files import a_file, loaded

ALL = frozenset(Permission)
GONE = "bitmex"


def run(shared: Path) -> set[Key]:
    """What the tests of exchanges say that they run; each fails unless it does."""
    found: set[Key] = set()
    for file in sorted((ROOT / "tests" / "exchange").rglob("test_*.py")):
        if "\n@draws(" in file.read_text(encoding="utf-8"):
            module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            tests = [it for name, it in vars(module).items() if name.startswith("test_")]
            found = found.union(*(run_by(it, shared) for it in tests))
    return found


def left(shared: Path) -> list[Key]:
    """What nobody accounts for."""
    keys = {it.key for it in every(shared) if it.key.exchange != GONE}
    return sorted(keys - run(shared) - set(REFUSED))


def test_every_recorded_case_is_run_or_is_not_sent(shared: Path) -> None:
    recorded = [it.key for it in every(shared)]
    ran, kept = run(shared), set(REFUSED)
    gone = {key for key in recorded if key.exchange == GONE}

    assert len(recorded) == len(set(recorded))
    assert {key.exchange for key in recorded} == {*NAMES, GONE}
    assert left(shared) == []
    assert sorted((ran | kept) - set(recorded)) == []
    assert sorted(ran & kept) + sorted((ran | kept) & gone) == []
    counts = [Counter(key.exchange for key in keys) for keys in (ran, kept | gone)]
    told = [line.split() for line in str(__doc__).splitlines() if line.partition(" ")[0] in SITES]
    assert {name: (int(a), int(b)) for name, a, b in told} == {
        name: (counts[0][name], counts[1][name]) for name in NAMES
    }
    assert f"{GONE}      0        {len(gone)}" in str(__doc__)


def test_a_case_or_a_file_that_is_new_is_left(shared: Path, tmp_path: Path) -> None:
    for file in folder(shared).glob("*/*.json"):
        copy = folder(tmp_path) / file.parent.name / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    old = folder(tmp_path) / "okx" / "fetchPositions.json"
    document = json.loads(old.read_text(encoding="utf-8"))
    document["cases"].append(document["cases"][0] | {"id": "new"})
    old.write_text(json.dumps(document), encoding="utf-8")
    old.with_name("fetchStatus.json").write_text(json.dumps({"cases": [{"id": "up"}]}))

    assert left(tmp_path) == [Key("okx", "fetchPositions", "new"), Key("okx", "fetchStatus", "up")]


def test_a_test_that_says_more_than_it_runs_fails(shared: Path) -> None:
    @draws("okx", fetchTime=("",), fetchPositions=("swap",))
    def says_too_much(shared: Path) -> None:
        assert bodies(shared, "okx", "fetchTime")[""]
        assert [*bodies(shared, "okx", "fetchPositions")] == ["swap"]  # its answer is not looked at

    @draws("okx", fetchTime=("",))
    def asks_nothing(shared: Path) -> None:
        assert bodies(shared, "okx", "fetchTime")[""]

    @draws("okx", fetchTime=("",))
    def tells_another(shared: Path) -> None:
        assert bodies(shared, "okx", "fetchTime")[""]
        ask(lambda it: it.server_time(), at({"GET public/time": ok({"ts": "1700000000000"})}))

    with pytest.raises(AssertionError, match=r"never looked at: .*fetchPositions"):
        says_too_much(shared=shared)
    for test in (asks_nothing, tells_another):
        with pytest.raises(AssertionError, match="never told to the door"):
            test(shared=shared)


def asked(case: Case) -> tuple[str, str, str, dict[str, Any]]:
    """Method, address and body of a recorded request, and all its parameters."""
    [request] = case.get("http", [case])
    method, _, url = case.get("request", "  ").partition(" ")
    method, url = request.get("method", method), request.get("url", url)
    body = request.get("body") or ""
    said = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
    return method, url, body, dict(parse_qsl(urlsplit(url).query)) | said


@pytest.mark.parametrize("exchange", sorted({key.exchange for key in REFUSED}))
def test_what_is_not_asked_for_does_not_leave(exchange: str, shared: Path) -> None:
    """Whatever the file permits: each as it was recorded, and as the library would send it."""
    found = {it.key: it for it in every(shared)}

    async def act(key: Key, client: Client) -> None:
        endpoint, reason = REFUSED[key]
        method, url, body, said = asked(found[key])
        parts, entry = urlsplit(url), _row(type(client._library._ccxt), endpoint)
        words = f"{method} {parts.hostname}{parts.path} is no request that runner makes at `live`"
        assert (entry.method, parts.path.endswith(f"/{entry.path}")) == (method, True), endpoint
        assert reason
        with pytest.raises(Halt) as recorded:
            require_permitted(exchange, Venue.LIVE, ALL, method, url, {}, body.encode() or None)
        assert str(recorded.value) == f"{words}; nothing was sent"
        with pytest.raises(Halt) as asked_for:
            await client._library.call(Call("read", None), endpoint, said)
        if parts.hostname not in SITES[exchange][Venue.LIVE].hosts:
            words = f"the request {endpoint} cannot be built"  # the library has no such address
        assert str(asked_for.value) == f"{words}; nothing was sent"

    async def all_of_them() -> None:
        async with door({}, exchange=exchange, permissions=ALL) as (client, scripted):
            for key in REFUSED:
                if key.exchange == exchange:
                    await act(key, client)
            assert scripted.sent == []

    asyncio.run(all_of_them())


def test_nothing_of_an_exchange_that_has_closed_can_be_asked_for(shared: Path) -> None:
    """A rule file that names it is refused with the day, and there is no door to it."""
    asking = [it for it in every(shared) if it.key.exchange == GONE]
    trading = [it for it in asking if it.key.file == "markets"]
    requests = [it for it in asking if it.key.file != "markets"]

    for symbol in (it["parsed"]["symbol"] for it in trading):
        changes = ("exchange: binance", f"exchange: {GONE}"), ("[BTC/USDT]", f'["{symbol}"]')
        came = loaded(a_file(*changes))
        [told] = [it for it in came.diagnostics if it.code == "R304"]
        assert told.message == f"`{GONE}` has been closed since {CLOSED[GONE]}"
        assert came.strategy is None
    for case in requests:
        method, url, body, _ = asked(case)
        hosts = {host for sites in SITES.values() for site in sites.values() for host in site.hosts}
        assert urlsplit(url).hostname not in hosts
        for name in (GONE, *NAMES):
            with pytest.raises(Halt, match="is no request that runner makes at `live`"):
                require_permitted(name, Venue.LIVE, ALL, method, url, {}, body.encode() or None)
    with pytest.raises(Refused, match=f"not supported yet: `{GONE}`"):
        asyncio.run(_open(GONE))
    assert (len(trading), len(requests)) == (6, 5)
    assert CLOSED[GONE] == "2026-09-23"


async def _open(exchange: str) -> Client:
    kind = MarketKind.SPOT
    return await Client.public(exchange, kind, lambda: NOW, None, lambda _: None, None)
