"""`python -m tests.commands.many`: several command lines in one process, to save its start.

In: a JSON list of command lines on stdin. Out: a JSON list of exit code, stdout and stderr of each.
"""

from __future__ import annotations

import io
import json
import sys

from runner.commands import main


def heard(words: list[str]) -> tuple[int, str, str]:
    """What one command line leaves."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        code = main.run(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout, sys.stderr = kept
    return code, whole(out), whole(err)


def whole(stream: io.TextIOWrapper) -> str:
    """All that was written to it."""
    stream.seek(0)
    return stream.read()


if __name__ == "__main__":
    print(json.dumps([heard(words) for words in json.load(sys.stdin)]))
