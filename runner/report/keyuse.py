"""What was done with each key, summed over the lines of its audit logs.

In: lines of calls, in any order. Out: numbers, and what a person should look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runner.model.clock import iso

_HOUR_MS = 3_600_000
#: So long is a key watched before an hour of the day counts as unusual.
_WATCHED_MS = 7 * 24 * _HOUR_MS


@dataclass(slots=True)
class Use:
    """Of one key: its fingerprint, where it belongs, and what was counted."""

    key: str
    exchange: str
    places: dict[tuple[str, str], None] = field(default_factory=dict)  # environment, account
    verbs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    orders: dict[str, str] = field(default_factory=dict)  # our name → what came of it
    errors: Counter[str] = field(default_factory=Counter)
    weight: dict[str, int] = field(default_factory=dict)  # the most, by header
    latencies: Counter[int] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)  # since 1970
    foreign: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # when, market
    first_ms: int = 0
    last_ms: int = 0

    def add(self, line: Mapping[str, Any]) -> None:
        """One call."""
        at_ms = round(datetime.fromisoformat(line["at"]).timestamp() * 1000)
        self.first_ms = min(self.first_ms or at_ms, at_ms)
        self.last_ms = max(self.last_ms, at_ms)
        self.places[line["environment"], line["account"]] = None
        self.verbs[line["verb"]] += 1
        self.outcomes[line["outcome"]] += 1
        self.latencies[line["latency_ms"]] += 1
        self.hours[at_ms // _HOUR_MS] += 1
        if line["verb"] == "submit":
            self.orders |= dict.fromkeys(line["client_order_ids"], line["outcome"])
        if word := error_of(line):
            self.errors[word] += 1
        for name, used in line["weight"].items():
            self.weight[name] = max(self.weight.get(name, 0), used)
        for ours, theirs in line["foreign"]:
            self.foreign.setdefault((ours, theirs), (at_ms, line["market"]))

    def latency(self, percent: int) -> int:
        """So many of a hundred calls took this many milliseconds at most."""
        rank, passed = -(-self.latencies.total() * percent // 100), 0
        for value in sorted(self.latencies):
            passed += self.latencies[value]
            if passed >= rank:
                return value
        return 0

    def unusual(self) -> list[tuple[int, int]]:
        """Hours (UTC ms) at whose time of day a key of a week had never been used; calls in it."""
        seen: set[int] = set()
        found = []
        for hour in sorted(self.hours):
            at_ms, of_day = hour * _HOUR_MS, hour % 24
            if of_day not in seen and at_ms - self.first_ms >= _WATCHED_MS:
                found.append((at_ms, self.hours[hour]))
            seen.add(of_day)
        return found


def uses_of(lines: Iterable[Mapping[str, Any]]) -> list[Use]:
    """By exchange and fingerprint; an order that any of the logs has sent is nobody else's."""
    uses: dict[tuple[str, str], Use] = {}
    theirs: set[str] = set()  # the exchange's names of orders that a call of ours was about
    for line in lines:
        if line["type"] == "call":
            known = line["exchange"], line["key"]
            uses.setdefault(known, Use(line["key"], line["exchange"])).add(line)
            if line["verb"] == "submit":
                theirs.update(line["exchange_order_ids"])
    sent = {name for use in uses.values() for name in use.orders}
    for use in uses.values():
        for ours, number in [*use.foreign]:
            if ours in sent or number in theirs:
                del use.foreign[ours, number]
    return [uses[known] for known in sorted(uses)]


def error_of(line: Mapping[str, Any]) -> str:
    """The exchange's code, else what HTTP says; empty where nothing is wrong."""
    if line["code"]:
        return str(line["code"])
    if line["status"] is None:
        return "no answer"
    return "" if line["status"] == 200 else f"HTTP {line['status']}"


def document_of(use: Use) -> dict[str, Any]:
    """For programs."""
    return {
        "key": use.key,
        "exchange": use.exchange,
        "accounts": [
            {"environment": environment, "account": account} for environment, account in use.places
        ],
        "first": iso(use.first_ms),
        "last": iso(use.last_ms),
        "calls": dict(sorted(use.verbs.items())),
        "outcomes": dict(sorted(use.outcomes.items())),
        "orders": dict(sorted(Counter(use.orders.values()).items())),
        "errors": dict(sorted(use.errors.items())),
        "weight": dict(sorted(use.weight.items())),
        "latency_ms": {"p50": use.latency(50), "p99": use.latency(99)},
        "unusual_hours": [{"hour": iso(at_ms), "calls": calls} for at_ms, calls in use.unusual()],
        "foreign_orders": [
            {
                "client_order_id": ours,
                "exchange_order_id": theirs,
                "market": market,
                "first_seen": iso(at_ms),
            }
            for (ours, theirs), (at_ms, market) in use.foreign.items()
        ],
    }


def lines_of(use: Use) -> Iterator[str]:
    """For people."""
    where = ", ".join(f"{environment}, account {account}" for environment, account in use.places)
    yield f"key {use.key} at {use.exchange}: {where}"
    rows = [
        ("time", f"{iso(use.first_ms)} to {iso(use.last_ms)}"),
        ("calls", _counted(use.verbs)),
        ("outcomes", _counted(use.outcomes)),
        ("orders", _counted(Counter(use.orders.values())) if use.orders else "none sent"),
        ("errors", _counted(use.errors) if use.errors else "none"),
        *(("weight", f"at most {used:,} of {name}") for name, used in sorted(use.weight.items())),
        ("latency", f"p50 {use.latency(50)} ms, p99 {use.latency(99)} ms"),
        *(
            ("unusual", f"{iso(at_ms)}: {calls:,} calls at an hour of the day unused before")
            for at_ms, calls in use.unusual()
        ),
        *(
            ("foreign", f"order {theirs} ({ours}) of {market}, first seen {iso(at_ms)}")
            for (ours, theirs), (at_ms, market) in use.foreign.items()
        ),
    ]
    yield from (f"  {name:<10}{text}" for name, text in rows)


def _counted(counts: Counter[str]) -> str:
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
    return f"{counts.total():,}: {parts}"
