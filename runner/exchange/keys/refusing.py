"""What an exchange says instead of an answer about a key: which of key, address or venue is wrong.

Source of the codes: each exchange's error list, as ccxt 4 carries it. What no row names is not
understood, and refuses as well.
"""

from __future__ import annotations

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.told import Exchange

#: What a code means → the check that refuses, the fact, what to do; `{0}` is the exchange.
_MEANINGS = {
    "key": (
        "permissions",
        "{0} does not know the key, or its secret is another's",
        "see whether key and secret belong together at {1}",
    ),
    "address": (
        "own_ip",
        "{0} refuses this machine's address for the key",
        "add this machine's address to the key's list at {1}",
    ),
    "bind": (
        "ip_bound",
        "{0} asks for a key that is bound to addresses",
        "bind the key to this machine's address at {1}",
    ),
    "permission": (
        "permissions",
        "{0} does not let the key read what it may do",
        "tick reading at {1}",
    ),
    "ended": ("expires", "the key has ended or is frozen", "make a new key at {1}"),
    "venue": (
        "permissions",
        "the key belongs to another venue of {0} than the file's `venue`",
        "make `venue` and the key agree: live and demo keys are made in different places",
    ),
    "any": (
        "permissions",
        "{0} refuses the key, this machine's address or the key's permissions, and does not say "
        "which",
        "look at all three at {1}; a key of another `venue` is refused like this, too",
    ),
    "clock": ("permissions", "{0} finds this machine's clock wrong", "set the clock"),
    "later": ("permissions", "{0} does not answer now", "try again later"),
}
_CODES: dict[str, dict[str, str]] = {
    "binance": {
        **dict.fromkeys(("-2014", "-2008", "-1022"), "key"),
        "-2015": "any",
        "-1021": "clock",
        **dict.fromkeys(("-1003", "-1008"), "later"),
    },
    "bybit": {
        **dict.fromkeys(("10003", "10004"), "key"),
        "10010": "address",
        "10005": "permission",
        "33004": "ended",
        "10002": "clock",
        **dict.fromkeys(("10006", "10018", "10429", "10000", "10016"), "later"),
    },
    "okx": {
        **dict.fromkeys(("50111", "50113", "50119"), "key"),
        "50110": "address",
        "50035": "bind",
        **dict.fromkeys(("50120", "50030"), "permission"),
        "50100": "ended",
        "50101": "venue",
        **dict.fromkeys(("50102", "50112"), "clock"),
        **dict.fromkeys(("50011", "50061", "50001", "50013", "50004", "50026"), "later"),
    },
    "deribit": {
        "13004": "any",  # also a key of test.deribit.com (not tried)
        "13009": "any",
        **dict.fromkeys(("13021", "13403"), "permission"),
        **dict.fromkeys(("10028", "10047", "10066", "11051", "10041", "10040"), "later"),
    },
    "bingx": {
        **dict.fromkeys(("100413", "100001"), "key"),
        "100419": "address",
        "100004": "permission",
        "100421": "clock",
        **dict.fromkeys(("100410", "100503", "100500"), "later"),
    },
    "bitget": {
        **dict.fromkeys(("40006", "40012", "40037", "40009"), "key"),
        **dict.fromkeys(("40018", "40038"), "address"),
        "22010": "bind",
        "40014": "permission",
        "40099": "venue",
        **dict.fromkeys(("40008", "40005"), "clock"),
        **dict.fromkeys(("429", "30007", "40200", "40010", "40015"), "later"),
    },
}


def refusal(exchange: Exchange, code: object) -> Finding | None:
    """The finding of a code, `None` of a code that is not known here."""
    meaning = _CODES.get(exchange.name, {}).get(str(code)) if type(code) in (int, str) else None
    if meaning is None:
        return None
    check, fact, help_ = _MEANINGS[meaning]
    name, page = exchange.name, exchange.page
    return Finding(check, Verdict.REFUSED, fact.format(name, page), help_.format(name, page))
