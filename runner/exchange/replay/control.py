"""The runner's hand on the exchange: move the clock, look inside, end it.

Spoken on the same TLS port under a host of its own, with the folder's token as bearer.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from runner.exchange.replay.access import Access
from runner.exchange.replay.growth import grow
from runner.exchange.replay.play import Player
from runner.exchange.replay.protocol import Reply
from runner.exchange.replay.venue import Venue


class Control:
    """Answers the runner; `end` asks the process to stop after this answer."""

    def __init__(self, venue: Venue, access: Access, end: Callable[[], None]) -> None:
        self._venue = venue
        self._player = Player(venue)
        self._bearer = f"Bearer {access.token}".encode()
        self._end = end

    def answer(self, method: str, path: str, authorization: str, body: bytes) -> Reply:
        """One of ping, advance, grow, state and stop."""
        if not hmac.compare_digest(authorization.encode(errors="replace"), self._bearer):
            return Reply(401, {"error": "the token is not this exchange's"})
        match method, path:
            case "GET", "/ping":
                return Reply(200, self._clock())
            case "POST", "/advance":
                return self._advance(body)
            case "POST", "/grow":
                return self._grow(body)
            case "GET", "/state":
                return Reply(200, {"clock": self._clock(), **self._venue.ledger.everything()})
            case "POST", "/stop":
                self._end()
                return Reply(200, {})
        return Reply(404, {"error": f"there is no {method} {path}"})

    def _advance(self, body: bytes) -> Reply:
        try:
            after_step = int(json.loads(body)["after_step"])
        except (ValueError, KeyError, TypeError, OverflowError):
            return Reply(400, {"error": 'advance wants {"after_step": whole number}'})
        self._player.advance(after_step)
        return Reply(200, self._clock())

    def _grow(self, body: bytes) -> Reply:
        try:
            grow(self._venue, json.loads(body))
        except (ValueError, KeyError, TypeError, OverflowError):
            return Reply(400, {"error": "grow wants bars and forming bars by symbol"})
        return Reply(200, self._clock())

    def _clock(self) -> dict[str, int | bool]:
        clock = self._venue.timeline
        return {
            "step": clock.step,
            "now_ms": clock.now_ms,
            "ended": clock.ended,
            "in_bar": clock.in_bar,
        }
