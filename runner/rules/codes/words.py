"""What there is to say about one code."""

from __future__ import annotations

from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`wrong` and `right` are parts of a rule file; empty where no part of one can show it."""

    what: str
    why: str
    wrong: str
    right: str


def words(what: str, why: str, wrong: str = "", right: str = "") -> Words:
    """Texts as they are written in a table: folded, and examples that begin below their quotes."""
    return Words(" ".join(what.split()), " ".join(why.split()), _example(wrong), _example(right))


def _example(text: str) -> str:
    return text.removeprefix("\n")
