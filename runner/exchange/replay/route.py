"""An endpoint: who may ask it, with which parameters, at which weight, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters

Json = dict[str, Any]
TIMES = ("startTime", "endTime", "limit")


class Security(Enum):
    """Who may ask."""

    PUBLIC = 0
    READ = 1
    TRADE = 2


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; `weight` of the minute's budget, `orders` it adds to the order counts."""

    answer: Callable[[Venue, Parameters], Any]
    security: Security
    weight: int
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    orders: int = 0


Routes = dict[tuple[str, str], Route]  # (method, path)
