"""The door to APScheduler, which rings at an instant of the wall clock and decides nothing.

Its cron trigger and its grace times are not used. A clock set back would silence it until the
clock is there again, hence the second, monotonic limit of each wait.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SchedulerBell:
    """Rings by one scheduler, which runs while the bell is entered."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def __aenter__(self) -> SchedulerBell:
        self._scheduler.start()
        return self

    async def __aexit__(self, *raised: object) -> None:
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it shuts down in the loop's next round

    async def ring(self, at_ms: int, within_s: float) -> None:
        """Returns at `at_ms` by the wall clock, or after `within_s` by the monotonic one."""
        rung = asyncio.Event()

        async def ring() -> None:
            rung.set()

        at = DateTrigger(_EPOCH + timedelta(milliseconds=at_ms), UTC)
        # By default a job that is a second late would be dropped.
        job = self._scheduler.add_job(ring, at, misfire_grace_time=None)
        try:
            async with asyncio.timeout(within_s):
                await rung.wait()
        except TimeoutError:
            return
        finally:
            if self._scheduler.get_job(job.id) is not None:
                job.remove()
