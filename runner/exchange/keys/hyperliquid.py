"""What a Hyperliquid agent may do, from `POST /info` (`extraAgents`, `userRole`).

An agent signs orders for spot and futures alike (`trade_bundle`) and can neither withdraw nor
transfer. Nothing binds it to addresses, so that none can be used: that is never waived. Sources:
docs.chainstack.com, goldrush.dev (extraAgents).
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.reading import end, mapping, strangers, unclear
from runner.exchange.keys.told import Exchange, Grant, Told
from runner.model.accounts import Permission

EXCHANGE = Exchange(
    "hyperliquid",
    "Hyperliquid → More → API",
    "hyperliquid binds no agent to addresses: use another exchange, see",
    silent_on=("created",),
    binds=False,
)
AGENTS, ROLE = "extraAgents", "userRole"  # the names of both answers
_P = Permission
_FIELDS = ("name", "address", "validUntil")


def boxes() -> tuple[Grant, ...]:
    """An agent's form has none: what it may do comes with it."""
    return tuple(grant for grant in _grants() if grant.on)


def read(facts: object) -> Told | Finding:
    """Both answers by name; the list of agents with the own one alone (`stripping.py`)."""
    both = mapping(facts)
    rows, role = (both.get(AGENTS), mapping(both.get(ROLE))) if both is not None else (None, None)
    if not isinstance(rows, list) or role is None or type(role.get("role")) is not str:
        return unclear(EXCHANGE, facts)
    if role.get("role") != "agent" or len(rows) != 1:
        return _no_agent(role)
    agent = mapping(rows[0])
    if agent is None:
        return unclear(EXCHANGE, facts)
    return Told(
        EXCHANGE,
        (*_grants(), *strangers(agent, _FIELDS)),
        bound=False,
        addresses=(),
        ends_ms=end(agent.get("validUntil", "")),  # every approval ends
    )


def _grants() -> tuple[Grant, ...]:
    return (
        Grant(_P.READ, "role", "agent", on=True),
        Grant(_P.TRADE_BUNDLE, "role", "agent", on=True),
        Grant(_P.WITHDRAW, "role", "agent", on=False),
        Grant(_P.TRANSFER, "role", "agent", on=False),
    )


def _no_agent(role: Mapping[str, object]) -> Finding:
    """An agent that the wallet does not list is another's, has no name, or has ended."""
    help_ = f"make an agent at {EXCHANGE.page}, and keep the wallet's own key elsewhere"
    if role.get("role") == "missing":
        fact = "hyperliquid does not know the private key: it is of no agent and of no wallet"
        return Finding("permissions", Verdict.REFUSED, fact, help_)
    if role.get("role") == "agent":
        fact = "the private key is of an agent that `wallet_address` does not list"
        help_ = f"give both of one wallet; one that has ended or has no name is not listed: {help_}"
        return Finding("permissions", Verdict.REFUSED, fact, help_)
    fact = "the private key is of no agent of this wallet: it can withdraw"
    return Finding("withdraw", Verdict.REFUSED, fact, help_)
