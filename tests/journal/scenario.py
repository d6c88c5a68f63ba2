"""A small run of every kind of row, which dies where it is told to.

`python -m tests.journal.scenario PATH N` is killed with signal 9 at the N-th point beside a commit.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path

from runner.journal.database import Journal
from runner.journal.mailbox import Request
from runner.journal.orders import CheckedRow
from runner.model.orders import OrderState, Purpose, Side
from tests.journal.values import (
    HOUR,
    PINNED,
    a_report,
    a_request,
    checked,
    filled,
    news,
    refused,
)

ENTRY = a_request("entry")
STOP = a_request("stop", side=Side.SELL, purpose=Purpose.PROTECT)
TARGET = a_request("target", side=Side.SELL, purpose=Purpose.PROTECT)
GONE = a_request("gone", side=Side.SELL, purpose=Purpose.EXIT)

#: One transaction each, in order.
ACTS: tuple[Callable[[Journal], object], ...] = (
    lambda journal: journal.identify({"file": "f00d", "seed": "7"}),
    lambda journal: journal.take_lease(),
    lambda journal: journal.anchor(HOUR),
    lambda journal: journal.decided(
        HOUR,
        [checked("entry"), refused("big", "too big"), checked("late")],
        {"rsi": 21.5, "state": {"cash": "9900.5"}},
    ),
    lambda journal: journal.sending(["entry", "late"], PINNED, journal.epoch()),
    lambda journal: journal.settled_all(
        [
            news(ENTRY, OrderState.PARTIALLY_FILLED, filled("0.4")),
            news(ENTRY, OrderState.FILLED, filled("1")),
        ]
    ),
    lambda journal: journal.settled("late", OrderState.UNKNOWN, None, "no answer in 15 s"),
    lambda journal: journal.intended(
        [CheckedRow(STOP, {"leg": 1}), CheckedRow(TARGET, {"leg": 1})]
    ),
    lambda journal: journal.sending(["stop", "target"], PINNED, journal.epoch()),
    lambda journal: journal.settled_all(
        [news(STOP, OrderState.ACCEPTED), news(TARGET, OrderState.ACCEPTED)]
    ),
    lambda journal: journal.edited({"cash": "9899.5"}),
    lambda journal: journal.settled("late", OrderState.NEVER_ARRIVED, None, "absent twice"),
    lambda journal: journal.sending_again(["late"], PINNED, journal.epoch()),
    lambda journal: journal.settled("late", OrderState.REJECTED, None, "-2010: no funds"),
    lambda journal: journal.handled(HOUR),
    lambda journal: journal.settled_all(
        [news(STOP, OrderState.FILLED, filled("1", "90")), news(TARGET, OrderState.CANCELED)]
    ),
    lambda journal: journal.funded("BTC/USDT", 2 * HOUR, Decimal("-0.25")),
    lambda journal: journal.heard(Request("0001-aa", "halt", "")),
    lambda journal: journal.taken(GONE, a_report(GONE, OrderState.FILLED, filled("0.1")), "x"),
    lambda journal: journal.decided(1000 * HOUR, [], {"state": {"cash": "9900.75"}}),
    lambda journal: journal.signed_by("0123456789ab", "ba9876543210"),
    lambda journal: journal.missed([1001 * HOUR, 1002 * HOUR]),
    lambda journal: journal.finished({"final": "9990.00"}),
)


def play(journal: Journal, first: int = 0) -> Iterator[None]:
    """Do the acts from `first` on, one at a time."""
    for act in ACTS[first:]:
        act(journal)
        yield


def main(path: Path, dies_at: int) -> None:
    """Play all of it, or die on the way; the journal is left unclosed, as by a crash."""
    points = count()

    def step(name: str) -> None:
        if next(points) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    for _ in play(Journal.open(path, lambda: HOUR, step)):
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
