"""R6: comments that speak to runner."""

from __future__ import annotations

from runner.rules.codes.words import words

WORDS = {
    "R601": words(
        "a comment `runner: ignore` names no code of the table, or gives no reason",
        "a warning that is silenced without a reason is a question that nobody can answer later",
        """
indicators:
  trend: ema(close, 100)  # runner: ignore R501
""",
        """
indicators:
  trend: ema(close, 100)  # runner: ignore R501 shown in the report only
""",
    ),
    "R602": words(
        "a comment `runner: ignore` silences nothing",
        "what it spoke of is gone, so the next warning in its place would be silenced unread; an "
        "error cannot be silenced, as it makes the file unusable",
        """
entry:
  long:
    when: close > open  # runner: ignore R505 it is meant
""",
        """
entry:
  long:
    when: close > open
""",
    ),
}
