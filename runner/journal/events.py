"""One row of the journal, and the chain of hashes that ties it to every row before it.

SQLite does not checksum its pages: a flipped bit can change what is read while its own check says
ok. Each row therefore holds the hash of the row before it, and its own over that and its columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple


class Kind(StrEnum):
    """What a row tells."""

    IDENTITY = "identity"  # what this run is
    LEASE = "lease"  # who may write from here on
    KEY = "key"  # which key signs from here on, of which account
    ANCHOR = "anchor"  # the first bar used
    DECIDED = "decided"  # what the rules said at an instant
    EDITED = "edited"  # the rules have changed: what is remembered under the new ones
    INTENDED = "intended"  # an order that is wanted
    DENIED = "denied"  # an order that a limit refused
    SENDING = "sending"  # the request may leave from here on
    SETTLED = "settled"  # what became of an order
    FUNDED = "funded"  # a position paid or received funding
    OPERATOR = "operator"  # a person's word
    HANDLED = "handled"  # all that an instant asked for is done
    MISSED = "missed"  # instants that came too late to be decided
    AUDITED = "audited"  # the newest line of the audit log that is on the disk
    FINISHED = "finished"  # the run is over


class Row(NamedTuple):
    """One line of the table `events`; a tuple, because opening a journal makes one of each row."""

    seq: int  # 1, 2, 3 … without a gap
    at_ms: int  # UTC milliseconds by the clock of the run
    epoch: int  # the lease under which it was written; 0 before the first
    kind: str
    client_order_id: str | None
    state: str | None  # of the order, after this row
    body: str  # canonical JSON
    prev: str  # hash of the row before
    hash: str


#: What the first row names as the one before it.
GENESIS = sha256(b"runner journal 1").hexdigest()


def chained(
    seq: int,
    at_ms: int,
    epoch: int,
    kind: Kind,
    client_order_id: str | None,
    state: str | None,
    body: str,
    prev: str,
) -> Row:
    """The row with these columns and its hash."""
    columns = (seq, at_ms, epoch, kind.value, client_order_id, state, body, prev)
    return Row(*columns, _hash(columns))


class Broken(Exception):
    """The chain does not hold at `seq`; `file.py` says it to the operator."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def unbroken(rows: Iterable[tuple[object, ...]]) -> Iterator[Row]:
    """The same rows, each after its hash and its place in the chain were checked; else `Broken`."""
    prev = GENESIS
    for seq, columns in enumerate(rows, 1):
        if columns[7] != prev or columns[8] != _hash(columns[:8]):
            raise Broken(seq)
        row = Row(*columns)  # type: ignore[arg-type]  # the hash vouches for the types
        prev = row.hash
        yield row


def _hash(columns: tuple[object, ...]) -> str:
    """SHA-256 over the columns as one JSON list: their order, types and bounds are part of it."""
    return sha256(_encode(columns).encode()).hexdigest()


_encode = json.JSONEncoder(
    separators=(",", ":"), check_circular=False, default=lambda column: {"bytes": repr(column)}
).encode
