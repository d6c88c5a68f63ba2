"""The door to APScheduler, which rings at an instant of the wall clock and decides nothing.

Its cron trigger and its grace times are not used. A clock set back would silence it until the
clock is there again, hence the second, monotonic limit of each wait. It is imported where it rings
first, long after the exchange was asked.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SchedulerBell:
    """Rings by one scheduler, which runs from the first ring to the end."""

    def __init__(self) -> None:
        self._scheduler: AsyncIOScheduler | None = None

    async def __aenter__(self) -> SchedulerBell:
        return self

    async def __aexit__(self, *raised: object) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it shuts down in the loop's next round

    async def ring(self, at_ms: int, within_s: float) -> None:
        """Returns at `at_ms` by the wall clock, or after `within_s` by the monotonic one."""
        from apscheduler.triggers.date import DateTrigger

        scheduler, rung = self._running(), asyncio.Event()

        async def ring() -> None:
            rung.set()

        at = DateTrigger(_EPOCH + timedelta(milliseconds=at_ms), UTC)
        # By default a job that is a second late would be dropped.
        job = scheduler.add_job(ring, at, misfire_grace_time=None)
        try:
            async with asyncio.timeout(within_s):
                await rung.wait()
        except TimeoutError:
            return
        finally:
            if scheduler.get_job(job.id) is not None:
                job.remove()

    def _running(self) -> AsyncIOScheduler:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        if self._scheduler is None:
            self._scheduler = AsyncIOScheduler(timezone=UTC)
            self._scheduler.start()
        return self._scheduler
