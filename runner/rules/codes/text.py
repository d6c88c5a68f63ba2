"""R0: the text of a rule file."""

from __future__ import annotations

from runner.rules.codes.words import words

_DEEP = f"description: {'[' * 65}deep{']' * 65}\n"

WORDS = {
    "R001": words(
        "the file cannot be read, or its bytes are not UTF-8",
        "another encoding turns letters into others, and a name or a number is then not what its "
        "author wrote",
        """
description: Café, saved as Latin-1
""",
        """
description: Café, saved as UTF-8
""",
    ),
    "R002": words(
        "the file has more than 1,048,576 bytes, or more than 50,000 values",
        "no person can check such a file, and reading it would hold up whoever waits for it; split "
        "it into several files",
    ),
    "R003": words(
        "the text breaks the grammar of YAML: an indent, a quote, a bracket or a `:` is wrong",
        "what a reader makes of broken text is a guess, and money must not follow a guess",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
    time_stop: 12 bars
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  time_stop: 12 bars
""",
    ),
    "R004": words(
        "a key stands twice in one mapping",
        "most readers keep the last one in silence, so that the limit you see may not be the one "
        "that holds",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  stop_loss: {distance: 9 * atr(14)}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
""",
    ),
    "R005": words(
        "a key is a number, a list or another thing that is not text",
        "readers disagree on how such a key is called, and nothing in a rule file is called so",
        """
indicators:
  14: rsi(close, 14)
""",
        """
indicators:
  rsi14: rsi(close, 14)
entry:
  long:
    when: rsi14 < 30
""",
    ),
    "R006": words(
        "a tag such as `!env` or `!!float` stands before a value",
        "tags make readers build other things than plain values, and a rule file needs no others",
        """
timeframe: !!str 1h
""",
        """
timeframe: 1h
""",
    ),
    "R007": words(
        "the merge key `<<` copies another mapping into this one",
        "not every reader knows it, and which of two keys wins is a matter of taste",
        """
exit:
  stop_loss: &stop {distance: 2 * atr(14)}
  trailing_stop: {<<: *stop, activate_at: 1R}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  trailing_stop: {distance: 2 * atr(14), activate_at: 1R}
""",
    ),
    "R008": words(
        "an alias `*name` has no anchor `&name`, an anchor no alias, or they unfold without end",
        "text that begins with `&` or `*` loses its first word unseen, and a few lines of aliases "
        "can fill a machine",
        """
entry:
  long:
    when: &close < open
""",
        """
entry:
  long:
    when: close < open
""",
    ),
    "R009": words(
        "a line that begins with `%` is a directive of YAML",
        "a directive changes how all that follows is read",
        """
%YAML 1.1
---
version: 1
""",
        """
version: 1
""",
    ),
    "R010": words(
        "a second document begins at `---`",
        "some readers take the first, others the last; one file declares one thing",
        """
timeframe: 1h
---
timeframe: 4h
""",
        """
timeframe: 4h
""",
    ),
    "R011": words(
        "values are nested more than 64 levels deep",
        "no rule file needs that, and readers that follow it run out of stack",
        _DEEP,
        """
description: deep
""",
    ),
    "R012": words(
        "versions 1.1 and 1.2 of YAML read this differently: `yes`, `010`, `1e3`, `12:30`, a date",
        "your editor, your reviewer and runner would each see another value",
        """
params:
  length: {default: 010, min: 2, max: 50}
""",
        """
params:
  length: {default: 10, min: 2, max: 50}
entry:
  long:
    when: close > sma(close, length)
""",
    ),
    "R013": words(
        "a number is infinite, not a number, or of more digits than any market has",
        "a limit that is no number is no limit",
        """
capital: .inf
""",
        """
capital: 10000 USDT
""",
    ),
    "R014": words(
        "inside `{…}` or `[…]` a comma has cut a text in two",
        "`{distance: max(a, b)}` is for YAML two keys, `distance: max(a` and `b)`",
        """
exit:
  stop_loss: {distance: max(atr(14), atr(28))}
""",
        """
exit:
  stop_loss: {distance: "max(atr(14), atr(28))"}
""",
    ),
    "R015": words(
        "a character that cannot be seen, or that changes the order in which the others are shown",
        "a reviewer would approve other text than the one that trades",
        """
description: a bell \x07 rings
""",
        """
description: a bell rings
""",
    ),
    "R016": words(
        "the file is empty, or holds comments only",
        "a file that declares nothing would trade nothing, and nobody would notice",
        """
# to be written
""",
        """
version: 1
kind: strategy
""",
    ),
    "R017": words(
        "a tab stands where only spaces may",
        "editors show a tab two, four or eight columns wide, so an indent is not what it seems",
        """
exit:
\tstop_loss: {distance: 2 * atr(14)}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
""",
    ),
}
