"""Markdown for the generated pages."""

from __future__ import annotations

from collections.abc import Iterable


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    assert not any("|" in cell for line in lines for cell in line), "a cell with a bar"
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def listed(words: Iterable[str]) -> str:
    """Words in backticks."""
    return ", ".join(f"`{word}`" for word in words)
