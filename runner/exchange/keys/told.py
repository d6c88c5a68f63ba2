"""What an exchange told about a key, in one vocabulary: `judge.py` compares it with the file."""

from __future__ import annotations

from runner.exchange.keys.finding import Finding
from runner.model.accounts import Permission
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that the key may or may not do, as the exchange names it.

    `permission`: our word, `None` where there is none. `on`: `None` where the answer is not clear.
    `is_part`: with the permission, but not enough to trade by it. `hint`: what its box needs.
    """

    permission: Permission | None
    field: str
    box: str
    on: bool | None
    is_part: bool = False
    hint: str = ""


#: What an exchange may be silent on: check → what it does not do.
_SILENCES = {
    "created": "say when the key was made",
    "expires": "say when the key ends",
    "ip_bound": "say whether a key is bound to addresses",
    "ip_list": "return the list of addresses",
}
#: An end that is told and cannot be read.
UNCLEAR_MS = -1


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where a key is edited there, what its list of addresses takes, and what is never told."""

    name: str
    page: str
    bind: str  # what to do there so that a key works from listed addresses only
    silent_on: tuple[str, ...] = ()  # checks that no answer of it settles
    most_addresses: int | None = None
    versions: tuple[int, ...] = (4, 6)  # of the internet protocol
    choice: str = ""  # what is chosen for a key that trades, before its boxes
    binds: bool = True  # whether a key can be bound to addresses at all

    @property
    def never(self) -> str:
        """Why no key of it is ever accepted; empty: one may be."""
        if not self.binds:
            return f"{self.name} binds no key to addresses, and nothing waives that"
        if "ip_bound" in self.silent_on:
            return f"{self.gap('ip_bound')}, and nothing waives that"
        return ""

    def gap(self, check: str) -> str:
        """In words, that the exchange does not tell."""
        return f"{self.name} does not {_SILENCES[check]}"


@dataclass(frozen=True, slots=True)
class Told:
    """One key. `bound`: `None` where the answer is not clear; `addresses`: `None` where not told.

    `ends_ms`: `None` where no end is told, `UNCLEAR_MS` where it cannot be read.
    `unread`: fields of the answer that runner does not know and that say nothing of a right.
    """

    exchange: Exchange
    grants: tuple[Grant, ...]
    bound: bool | None
    addresses: tuple[str, ...] | None = None
    created_ms: int | None = None
    ends_ms: int | None = None
    unread: tuple[str, ...] = ()
    notes: tuple[Finding, ...] = ()  # what only this exchange has: a switch, a sub-account, a mode
