"""A good answer about a key of each exchange, and the declaration that it is right for.

Recorded answers are those of the public sources in shared/facts; what is made here is made in their
documented form.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.keys.finding import Finding
from runner.model.accounts import (
    AccountDeclaration,
    Limits,
    Permission,
    Rotation,
    Venue,
    Waiver,
)

NOW = 1_795_305_600_000  # 2026-11-22
ADDRESS = "203.0.113.7"
P = Permission
BUNDLE = (P.READ, P.TRADE_BUNDLE)
BOTH = (P.READ, P.SPOT, P.FUTURES)

ANSWERS: Mapping[str, Any] = {
    "binance": {
        "ipRestrict": True,
        "createTime": 1_790_000_000_000,
        "enableReading": True,
        "enableWithdrawals": False,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": True,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": True,
        "enableSpotAndMarginTrading": True,
        "enablePortfolioMarginTrading": False,
    },
    "bybit": {
        "retCode": 0,
        "retMsg": "",
        "result": {
            "id": "1",
            "note": "runner",
            "readOnly": 0,
            "permissions": {
                "ContractTrade": ["Order", "Position"],
                "Spot": ["SpotTrade"],
                "Wallet": [],
                "Options": [],
                "Derivatives": ["DerivativesTrade"],
                "Exchange": [],
                "Earn": [],
                "FiatP2P": [],
            },
            "ips": [ADDRESS],
            "type": 1,
            "deadlineDay": -2,
            "expiredAt": "1970-01-01T00:00:00Z",
            "createdAt": "2026-09-21T03:20:45Z",
            "uta": 1,
            "isMaster": False,
            "parentUid": "7",
        },
    },
    "okx": {
        "code": "0",
        "msg": "",
        "data": [
            {
                "acctLv": "2",
                "autoLoan": False,
                "enableSpotBorrow": False,
                "ip": ADDRESS,
                "label": "runner",
                "mainUid": "7",
                "perm": "read_only,trade",
                "posMode": "net_mode",
                "type": "1",
                "uid": "8",
            }
        ],
    },
    "deribit": {
        "jsonrpc": "2.0",
        "id": 1,
        "result": [
            {
                "timestamp": 1_790_000_000_000,
                "max_scope": "account:read block_trade:none trade:read_write wallet:none",
                "id": 7,
                "enabled": True,
                "default": False,
                "name": "runner",
                "enabled_features": [],
                "ip_whitelist": [ADDRESS],
            }
        ],
    },
    "bingx": {
        "apiPermissions": {
            "code": 0,
            "timestamp": 1_795_000_000_000,
            "data": {
                "ipRestrict": True,
                "createTime": 1_790_000_000_000,
                "permitsUniversalTransfer": False,
                "enableReading": True,
                "enableFutures": True,
                "enableSpotAndMarginTrading": True,
                "enableWithdrawals": False,
                "enableInternalTransfer": False,
                "enableVanillaOptions": False,
            },
        },
        "apiKey/query": {
            "code": 0,
            "data": {
                "apiKeyList": [
                    {
                        "note": "runner",
                        "permissions": [1, 2, 3],
                        "ipAddresses": [ADDRESS],
                        "createTime": 1_790_000_000_000,
                    }
                ]
            },
        },
    },
    "bitget": {
        "code": "00000",
        "msg": "success",
        "data": {
            "userId": "7",
            "inviterId": "",
            "ips": ADDRESS,
            "authorities": ["stor", "stow", "coor", "coow", "cpor", "cpow"],
            "parentId": 1,
            "traderType": "not_trader",
            "channelCode": "",
            "channel": "",
            "regisTime": "1246566789345",
        },
    },
    "bitget unified": {
        "code": "00000",
        "data": {
            "uid": "7",
            "ips": ADDRESS,
            "permType": "read-and-write",
            "permissions": ["uta_trade"],
            "regisTime": "1704067200000",
        },
    },
    "kraken": {
        "error": [],
        "result": {
            "apiKeyName": "runner",
            "nonceWindow": 0,
            "permissions": ["query-funds", "query-open-trades", "modify-trades", "close-trades"],
            "validUntil": "0",
            "queryFrom": "0",
            "queryTo": "0",
            "createdTime": "1790000000",
            "modifiedTime": "1790000000",
            "ipAllowlist": [ADDRESS],
            "lastUsed": "1790000000",
        },
    },
    "kucoin": {
        "code": "200000",
        "data": {
            "uid": 7,
            "remark": "runner",
            "apiVersion": 3,
            "permission": "General,Spot,Futures",
            "ipWhitelist": ADDRESS,
            "createdAt": 1_790_000_000_000,
            "expiredAt": None,
            "isMaster": True,
        },
    },
    "gate": [
        {
            "name": "runner",
            "state": 1,
            "mode": 1,
            "perms": [
                {"name": "spot", "read_only": False},
                {"name": "futures", "read_only": False},
                {"name": "wallet", "read_only": True},
            ],
            "ip_whitelist": [ADDRESS],
            "currency_pairs": [],
            "created_at": "1790000000",
        }
    ],
}
#: What the file declares beside the addresses: permissions, and what the exchange does not tell.
DECLARED: Mapping[str, tuple[tuple[Permission, ...], tuple[str, ...], str | None]] = {
    "binance": (BOTH, ("ip_list",), None),
    "bybit": (BOTH, (), None),
    "okx": (BUNDLE, ("expires",), "2026-09-21"),
    "deribit": (BUNDLE, ("expires",), None),
    "bingx": (BOTH, ("expires",), None),
    "bitget": (BOTH, ("expires",), "2026-09-21"),
    "bitget unified": (BUNDLE, ("expires",), "2026-09-21"),
    "kraken": (BUNDLE, (), None),
    "kucoin": (BOTH, (), None),
    "gate": (BOTH, ("expires",), None),
}


def declared(
    case: str,
    permissions: tuple[Permission, ...] | None = None,
    addresses: tuple[str, ...] = (ADDRESS,),
    rotation: Rotation | None = None,
) -> AccountDeclaration:
    usual, waived, created = DECLARED[case]
    waivers = tuple(Waiver(check, "it does not tell", "2027-03-01") for check in waived)
    return AccountDeclaration(
        "main",
        case.partition(" ")[0],
        Venue.LIVE,
        (),
        frozenset(usual if permissions is None else permissions),
        addresses,
        Limits(None, None, None),
        waivers,
        rotation,
        created,
    )


def changed(case: str, *changes: tuple[str, Any]) -> Any:
    """The good answer with values put at their places: `result.permissions.Spot`, `data.0.ip`."""
    answer = deepcopy(ANSWERS[case])
    for path, value in changes:
        *way, last = path.split(".")
        inside = answer
        for step in way:
            inside = inside[int(step) if isinstance(inside, list) else step]
        if value is DROPPED:
            del inside[last]
        else:
            inside[int(last) if isinstance(inside, list) else last] = value
    return answer


DROPPED = object()


def found(
    case: str, facts: Any, declaration: AccountDeclaration | None = None
) -> tuple[Finding, ...]:
    """Everything found, whether the key passes or not."""
    of = declaration or declared(case)
    verdict = audit(of.exchange, Venue.LIVE, facts, of, NOW)
    return verdict.findings if isinstance(verdict, AuditedKey) else verdict
