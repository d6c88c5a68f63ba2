"""Keys of the exchanges that are audited and not traded, and what each tells of a right one.

The answers are made in their documented form: none of these is recorded.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from runner.exchange.library import agent_of
from runner.model.accounts import AccountDeclaration, Waiver
from runner.model.secrets import Secret
from tests.exchange import key_answers
from tests.exchange.key_answers import DROPPED
from tests.exchange.scripted import Reply

NOW = key_answers.NOW
NOW_S = NOW // 1000
HTML = Reply("<html><body>maintenance</body></html>")


def _bytes(seed: str) -> bytes:
    return sha256(f"canary {seed}".encode()).digest()


def _pem(seed: str) -> str:
    """A private key as Coinbase hands it out: P-256, of SEC 1."""
    key = derive_private_key(int.from_bytes(_bytes(seed), "big") >> 8, SECP256R1())
    content = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return content.decode().rstrip()


def _text(seed: str) -> str:
    return base64.b64encode(_bytes(seed) + _bytes(seed[::-1])).decode()


#: By exchange: the fields of its credentials, each unlike any other text.
KEYS: Mapping[str, Mapping[str, str]] = {
    "coinbase": {
        "api_key": f"organizations/{_bytes('organization').hex()}/apiKeys/{_bytes('name').hex()}",
        "api_secret": _pem("coinbase"),
    },
    "gate": {"api_key": _bytes("gate").hex()[:32], "api_secret": _bytes("gate secret").hex()},
    "hyperliquid": {
        "wallet_address": f"0x{_bytes('wallet').hex()[:40]}",
        "private_key": f"0x{_bytes('agent').hex()}",
    },
    "kraken": {"api_key": _text("kraken")[:56], "api_secret": _text("kraken secret")},
    "kucoin": {
        "api_key": _bytes("kucoin").hex()[:24],
        "api_secret": _bytes("kucoin secret").hex(),
        "passphrase": "Canary\"5&100%=9+/?'\\<aK2>:wQ7",
    },
}
#: Another key of each.
OTHERS: Mapping[str, Mapping[str, str]] = {
    name: {field: _bytes(f"other {field}").hex() for field in fields}
    for name, fields in KEYS.items()
}


def secrets(exchange: str, keys: Mapping[str, Mapping[str, str]] = KEYS) -> dict[str, Secret]:
    return {field: Secret(text) for field, text in keys[exchange].items()}


def agent() -> str:
    """The address of the agent: lower case, as Hyperliquid writes them."""
    return agent_of(KEYS["hyperliquid"]["private_key"])


#: Where each is asked about a key, and for its clock.
QUESTION = {
    "coinbase": "GET /api/v3/brokerage/key_permissions",
    "gate": "GET /api/v4/account/main_keys",
    "hyperliquid": "POST /info#userRole",
    "kraken": "POST /0/private/GetApiKeyInfo",
    "kucoin": "GET /api/v1/user/api-key",
}
AGENTS = "POST /info#extraAgents"
TIME = {
    "coinbase": "GET /api/v3/brokerage/time",
    "gate": "GET /api/v4/spot/time",
    "hyperliquid": "POST /info#exchangeStatus",
    "kraken": "GET /0/public/Time",
    "kucoin": "GET /api/v1/timestamp",
}
COINBASE = {
    "can_view": True,
    "can_trade": True,
    "can_transfer": False,
    "portfolio_uuid": "7",
    "portfolio_type": "DEFAULT",
}


def time(exchange: str, ms: int = NOW) -> Any:
    """What it says of its clock."""
    return {
        "coinbase": {
            "iso": "2026-11-22T00:00:00Z",
            "epochSeconds": str(ms // 1000),
            "epochMillis": str(ms),
        },
        "gate": {"server_time": ms},
        "hyperliquid": {"specialStatuses": None, "time": ms},
        "kraken": {"error": [], "result": {"unixtime": ms // 1000, "rfc1123": "x"}},
        "kucoin": {"code": "200000", "data": ms},
    }[exchange]


def key(exchange: str, *changes: tuple[str, Any]) -> Any:
    """What it says of a key that is as declared, but for the changes (`key_answers.changed`)."""
    if exchange == "coinbase":
        return {name: it for name, it in (COINBASE | dict(changes)).items() if it is not DROPPED}
    answer = key_answers.changed(exchange, *changes)
    if exchange == "kraken":
        answer["result"] |= {"apiKey": KEYS["kraken"]["api_key"], "nonce": "1", "iban": "x"}
    if exchange == "kucoin":
        answer["data"]["apiKey"] = KEYS["kucoin"]["api_key"]
    if exchange == "gate":
        other = {"key": "somebody", "name": "other", "perms": [{"name": "withdraw"}], "state": 1}
        answer = [other, answer[0] | {"key": KEYS["gate"]["api_key"]}]
    return answer


def agents(**changes: Any) -> list[dict[str, Any]]:
    """The wallet's list: the own agent, as changed, and another."""
    own = {"name": "runner", "address": agent(), "validUntil": NOW + 10**10} | changes
    other = {"name": "other", "address": "0x" + "1" * 40, "validUntil": NOW - 1}
    return [other, {name: it for name, it in own.items() if it is not DROPPED}]


def told(
    exchange: str, answer: Any = None, more: Mapping[str, Any] | None = None
) -> dict[str, Reply]:
    """All that it answers; `answer`: to the question about the key; `more`: by place."""
    answers = {TIME[exchange]: time(exchange)}
    if exchange == "hyperliquid":
        role = {"role": "agent", "data": {"user": KEYS["hyperliquid"]["wallet_address"]}}
        answers |= {QUESTION[exchange]: role, AGENTS: agents()}
    else:
        answers[QUESTION[exchange]] = key(exchange)
    if answer is not None:
        answers[QUESTION[exchange]] = answer
    answers |= more or {}
    return {place: it if isinstance(it, Reply) else Reply(it) for place, it in answers.items()}


_WAIVED = {
    "coinbase": ("created", "expires", "ip_list"),
    "gate": ("expires",),
    "hyperliquid": ("created",),
}


def declared(exchange: str, **changes: Any) -> AccountDeclaration:
    """What the file says, which fits `key`; nothing that can be waived is left."""
    usual = key_answers.declared("kraken" if exchange in ("coinbase", "hyperliquid") else exchange)
    waivers = tuple(Waiver(it, "x", "2027-03-01") for it in _WAIVED.get(exchange, ()))
    return replace(deepcopy(usual), **({"exchange": exchange, "unverifiable": waivers} | changes))
