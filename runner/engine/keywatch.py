"""When the key is audited anew: daily, when it is doubted, and when a person has resumed.

In: instants, what the exchange says against the key. Out: why nothing new may be opened by it.
"""

from __future__ import annotations

from typing import Protocol

from runner.journal.history import History
from runner.model.errors import KeyRefused

#: The key is audited anew so often; where it was refused or not told, or another waits, so often;
#: after the exchange has refused it, or a person has resumed, so long after the last time.
AUDIT_MS, AUDIT_AGAIN_MS, AUDIT_LEAST_MS = 86_400_000, 3_600_000, 60_000


class KeyCheck(Protocol):
    """Whoever looks after the keys of the account."""

    @property
    def doubted(self) -> str:
        """What the exchange said against the key since it was audited; empty: nothing."""

    def doubt(self, reason: str) -> None:
        """The exchange refuses the key; nothing: it was looked into."""

    @property
    def waits(self) -> bool:
        """Another key has not taken over yet."""

    async def audit(self) -> None:
        """Raises KeyRefused where no key is right, Unavailable where none is told of."""


class NoKey:
    """There is no key that anybody could doubt."""

    doubted, waits = "", False

    def doubt(self, reason: str) -> None:
        """Nobody's."""

    async def audit(self) -> None:
        """Nothing to ask."""


class KeyWatch:
    """Remembers when the key was audited, and what came of it."""

    def __init__(self, key: KeyCheck, journal: History, now_ms: int) -> None:
        self.key = key
        self.refused = ""  # why the key may open nothing
        self._journal = journal
        self._audited_at = now_ms
        self._next_at = now_ms + self._usual_ms()
        self._resumed = self._resumes()  # as often a person had when the key was audited

    def is_due(self, now_ms: int) -> bool:
        """It is time, or somebody asks for it."""
        asked = bool(self.key.doubted) or self._resumes() != self._resumed
        return now_ms >= self._next_at or (asked and not self.was_just_audited(now_ms))

    def was_just_audited(self, now_ms: int) -> bool:
        """Asking once more would only be asking in circles."""
        return now_ms < self._audited_at + AUDIT_LEAST_MS

    async def audit(self, now_ms: int) -> bool:
        """True where a key that was refused is right again; raises what `KeyCheck.audit` does."""
        self._audited_at, self._resumed = now_ms, self._resumes()
        self._next_at = now_ms + AUDIT_AGAIN_MS
        was_refused = bool(self.refused)
        try:
            await self.key.audit()
        except KeyRefused as refusal:
            self.refused = str(refusal)
            self.key.doubt("")
            raise
        self.refused = ""
        self._next_at = now_ms + self._usual_ms()
        return was_refused

    def _usual_ms(self) -> int:
        return AUDIT_AGAIN_MS if self.key.waits else AUDIT_MS

    def _resumes(self) -> int:
        return sum(word.verb == "resume" for word in self._journal.words())
