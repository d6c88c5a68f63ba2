"""A secret that prints as `***` and leaves its door only where it is revealed."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Text that must not be shown, compared, copied or pickled by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; called in `exchange/client.py` and `exchange/replay/` only."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")
