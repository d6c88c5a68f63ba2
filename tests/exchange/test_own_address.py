"""From where this machine calls: what the operator says, against both lists of the key."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.ownaddress import own_addresses
from runner.exchange.transport import Transport
from runner.model.accounts import Egress, Venue
from tests.exchange.key_answers import ADDRESS, ANSWERS, NOW, changed, declared

OTHER, SIX = "203.0.113.8", "2001:db8::7"
OK, REFUSED, UNKNOWN = Verdict.OK, Verdict.REFUSED, Verdict.CANNOT_VERIFY


def own_ip(case: str, own: tuple[str, ...], *listed: str, answer: object = None) -> list[Finding]:
    declaration = replace(declared(case), ip_allowlist=listed)
    facts = answer or ANSWERS[case]
    verdict = audit(declaration.exchange, Venue.LIVE, facts, declaration, NOW, own)
    found = verdict.findings if isinstance(verdict, AuditedKey) else verdict
    return [finding for finding in found if finding.name == "own_ip"]


@pytest.mark.parametrize(
    ("case", "own", "listed", "verdicts", "fact"),
    [
        ("binance", (ADDRESS,), (ADDRESS,), [OK], "which is in `ip_allowlist`"),
        ("binance", (ADDRESS,), ("203.0.113.0/24",), [OK], "calls from 203.0.113.7"),
        ("binance", (OTHER,), (ADDRESS,), [REFUSED], "203.0.113.8, which is not in `ip_allow"),
        ("binance", (ADDRESS, OTHER), (ADDRESS,), [OK, REFUSED], "calls from 203.0.113.7"),
        ("binance", (ADDRESS,), (), [UNKNOWN], "does not say which address it sees"),
        ("binance", (), (ADDRESS,), [UNKNOWN], "does not say which address it sees"),
        ("binance", (SIX,), (ADDRESS,), [UNKNOWN], "does not say which address it sees"),
        ("bybit", (ADDRESS,), (ADDRESS,), [OK], "in `ip_allowlist` and the list of bybit"),
        ("bybit", (OTHER,), (ADDRESS, OTHER), [REFUSED], "is not in the list of bybit"),
        ("bybit", (ADDRESS,), (), [OK], "which is in the list of bybit"),
    ],
)
def test_this_machine_stands_in_both_lists(
    case: str, own: tuple[str, ...], listed: tuple[str, ...], verdicts: list[Verdict], fact: str
) -> None:
    found = own_ip(case, own, *listed)

    assert [finding.verdict for finding in found] == verdicts
    assert fact in found[0].fact
    assert all(finding.help for finding in found if finding.verdict is not OK)


def test_a_list_of_every_address_says_nothing_of_this_machine() -> None:
    everywhere = changed("bybit", ("result.ips", ["*"]))

    [finding] = own_ip("bybit", (ADDRESS,), answer=everywhere)

    assert finding.verdict is UNKNOWN


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Here(AbstractResolver):
    """Every name is this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self.port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None: ...


async def told(answer: Handler, trusts: bool = True) -> tuple[str, ...]:
    """What comes of asking `https://ip.example.org/`, which answers so."""
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("ip.example.org").configure_cert(theirs)
    ours = ssl.create_default_context()
    if trusts:
        authority.configure_trust(ours)
    application = web.Application()
    application.router.add_get("/", answer)
    application.router.add_get("/elsewhere", says(OTHER))
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=theirs)
    await site.start()
    port: int = runner.addresses[0][1]
    try:
        return await own_addresses(
            Egress(url="https://ip.example.org/"), Transport(Here(port), ours)
        )
    finally:
        await runner.cleanup()


def says(text: str, status: int = 200) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers
        return web.Response(text=text, status=status)

    return answer


async def leads_away(request: web.Request) -> web.Response:
    raise web.HTTPFound("https://ip.example.org/elsewhere")


async def in_parts(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for part in (b"203.0.113.", b"7", b"7"):
        await response.write(part)
        for _ in range(100):  # until whoever asks has had it: both run in one loop
            await asyncio.sleep(0)
    return response


@pytest.mark.parametrize(
    ("answer", "addresses"),
    [
        (says("203.0.113.7"), (ADDRESS,)),
        (says(" 203.0.113.7\n"), (ADDRESS,)),
        (says("2001:DB8:0::7"), (SIX,)),
        (says("203.0.113.7", 500), ()),
        (says("203.0.113.0/24"), ()),
        (says("<html>203.0.113.7</html>"), ()),
        (says(" " * 100 + "203.0.113.7"), ()),
        (says(""), ()),
        (says("²03.0.113.7"), ()),
        (leads_away, ()),
        (in_parts, ("203.0.113.77",)),
    ],
    ids=range(11),
)
def test_only_an_address_is_taken_for_one(answer: Handler, addresses: tuple[str, ...]) -> None:
    assert asyncio.run(told(answer)) == addresses


def test_nobody_is_believed_whose_certificate_is_not_trusted() -> None:
    assert asyncio.run(told(says("203.0.113.7"), trusts=False)) == ()


def test_named_addresses_are_taken_as_they_are_and_nobody_is_asked() -> None:
    assert asyncio.run(own_addresses(Egress((ADDRESS, OTHER)))) == (ADDRESS, OTHER)
    assert asyncio.run(own_addresses(Egress())) == ()
