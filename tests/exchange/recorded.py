"""Answers recorded at exchanges (`../shared/facts/fixtures`), served to our own door.

A case names requests of ccxt's unified methods; ours may be others. What counts is the body: it is
served at the path where the door asks for the same thing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def cases(shared: Path, exchange: str, method: str) -> list[dict[str, Any]]:
    """The cases of one file: `id`, `args`, `http` (url, body, status, response), `parsed`."""
    file = shared / "facts" / "fixtures" / exchange / f"{method}.json"
    found: list[dict[str, Any]] = json.loads(file.read_text())["cases"]
    return found


def bodies(shared: Path, exchange: str, method: str) -> dict[str, Any]:
    """The answer of the first request of each case, by the case's id."""
    return {it["id"]: it["http"][0]["response"] for it in cases(shared, exchange, method)}
