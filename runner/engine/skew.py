"""How far the exchange's clock is from ours, and whether signed requests can still be timely."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from runner.model.clock import Clock
from runner.model.values import dataclass

#: The fastest of three tells most: what is slow about the others is the way, not the clock.
_ROUNDS = 3

ServerTime = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Skew:
    """The exchange's clock minus ours; true to `uncertainty_ms` either way."""

    offset_ms: int
    uncertainty_ms: int

    def refusal(self, window_ms: int) -> str | None:
        """Signed requests reach the exchange within their window; else why they may not."""
        if self.uncertainty_ms > window_ms // 2:
            return (
                f"the exchange's clock cannot be read closer than {self.uncertainty_ms} ms; signed "
                f"requests are good for {window_ms} ms: look at the network, then try again"
            )
        if abs(self.offset_ms) - self.uncertainty_ms > window_ms // 2:
            direction = "behind" if self.offset_ms > 0 else "ahead of"
            return (
                f"this machine's clock is {abs(self.offset_ms)} ms {direction} the exchange's, at "
                f"most {window_ms // 2} ms are good: set it by a time server, then try again"
            )
        return None


async def skew_of(ask: ServerTime, clock: Clock) -> Skew:
    """The best of three round trips; the exchange answered somewhere in the middle of it."""
    rounds = [await _round(ask, clock) for _ in range(_ROUNDS)]
    return min(rounds, key=lambda skew: skew.uncertainty_ms)


async def _round(ask: ServerTime, clock: Clock) -> Skew:
    sent_ms, sent_s = clock.wall_ms(), clock.monotonic_s()
    server_ms = await ask()
    came_ms, took_ms = clock.wall_ms(), (clock.monotonic_s() - sent_s) * 1000
    # A wall clock set during the round trip makes it worth less, not more.
    width_ms = max(took_ms, abs(came_ms - sent_ms))
    # Half a round trip, and a millisecond for what clocks do not show.
    return Skew(server_ms - (sent_ms + came_ms) // 2, int(width_ms / 2) + 1)
