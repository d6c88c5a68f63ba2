"""`python -m tests.commands.seam WHAT run …`: the command line with one thing changed.

WHAT is JSON: `{"key": {…}}` issues another key (fields of `KeyProfile`), `{"symbol": "ETH/USDT"}`
opens the exchange with another market, `{"at": [STEP, NTH, SIGNAL]}` sends itself a signal at the
nth time it passes that step.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.commands import main, run
from runner.engine.replay import Replay
from runner.exchange.replay.setup import KeyProfile
from runner.model.results import Result

trade = run.trade


def at(step: str, nth: int, number: int) -> Callable[[str], None]:
    """Counts steps of that name; the signal comes at the nth."""
    passed: Counter[str] = Counter()

    def pass_by(name: str) -> None:
        passed[name] += 1
        if name == step and passed[name] == nth:
            os.kill(os.getpid(), number)

    return pass_by


def changed(replay: Replay, what: dict[str, Any]) -> Replay:
    """The replay with another key or another market."""
    if "key" in what:
        replay = replace(replay, key=KeyProfile(**what["key"]))
    if "symbol" in what:
        base = what["symbol"].partition("/")[0]
        (market,) = replay.markets
        renamed = replace(market, symbol=what["symbol"], base=base)
        replay = replace(replay, markets=(renamed,))
    return replay


def begin(what: dict[str, Any], words: list[str]) -> int:
    """Runs the command line over the changed `trade`."""
    step = at(*what["at"]) if "at" in what else lambda name: None

    def traded(replay: Replay, folder: Path, *, quiet: bool) -> Result:
        return trade(changed(replay, what), folder, quiet=quiet, step=step)

    run.trade = traded  # type: ignore[assignment]
    return main.run(words)


if __name__ == "__main__":
    sys.exit(begin(json.loads(sys.argv[1]), sys.argv[2:]))
