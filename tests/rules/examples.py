"""Parts of a rule file, as `runner explain CODE` shows them, made into whole files."""

from __future__ import annotations

import re

_KEY = re.compile(r"^[a-z]+:", re.MULTILINE)

_BASE = {
    "version": "version: 1\n",
    "kind": "kind: strategy\n",
    "name": "name: golden\n",
    "accounts": "accounts:\n  main:\n",
    "account": "account: main\n",
    "market": "market: spot\n",
    "symbols": "symbols: [BTC/USDT]\n",
    "timeframe": "timeframe: 1h\n",
    "entry": "entry:\n  long:\n",
    "exit": "exit:\n  stop_loss: {distance: 2 * atr(14)}\n",
}
_ACCOUNT = {
    "exchange": "binance",
    "venue": "live",
    "credentials": '{api_key: "env:KEY", api_secret: "env:SECRET"}',
    "permissions": "[read, spot]",
    "limits": "{max_order: 6000 USDT}",
}
_ENTRY = {"when": "close > open", "size": "{risk: 1%}"}


def whole(part: str) -> str:
    """A part of a strategy with everything else that a right file has; any other stays alone."""
    starts = [found.start() for found in _KEY.finditer(part)]
    if not starts or re.search("^kind: (settings|test)$", part, re.MULTILINE):
        return part
    ends = [*starts[1:], len(part)]
    given = {part[a : part.index(":", a)]: part[a:b] for a, b in zip(starts, ends, strict=True)}
    blocks = {**_BASE, **given}
    futures = "futures" in blocks["market"]
    account = {**_ACCOUNT, **(_FUTURES_ACCOUNT if futures else {})}
    blocks["accounts"] = _filled(blocks["accounts"], account)
    blocks["entry"] = _filled(blocks["entry"], _ENTRY)
    doubled = [part[a:b] for a, b in zip(starts, ends, strict=True)]
    later = "".join(it for it in doubled if it not in given.values())
    return part[: starts[0]] + "".join(blocks.values()) + later


_FUTURES_ACCOUNT = {
    "permissions": "[read, futures]",
    "limits": "{max_order: 6000 USDT, max_leverage: 3x}",
}


def _filled(block: str, keys: dict[str, str]) -> str:
    """The block with the keys that it lacks, four spaces deep."""
    return block + "".join(
        f"    {key}: {value}\n" for key, value in keys.items() if f" {key}:" not in block
    )


def whole_files(part: str) -> list[str]:
    """Of a part that shows several files, each below a comment with its name."""
    return [whole(it) for it in re.split(r"^# \w+\.yaml\n", part, flags=re.MULTILINE) if it]
