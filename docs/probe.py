"""Writes down what TA-Lib says of its functions: `python docs/probe.py`; `--check` compares only.

In: the TA-Lib that is installed. Out: `runner/indicators/probed.py`, and on the terminal each place
where the table of functions differs from TA-Lib.
"""

from __future__ import annotations

import sys
from pathlib import Path

from runner.indicators import probe

FILE = Path(__file__).resolve().parent.parent / "runner" / "indicators" / "probed.py"


def main(arguments: list[str]) -> int:
    """1 when something differs."""
    if "--check" not in arguments:
        FILE.write_text(probe.module_text(), encoding="utf-8")
    found = list(probe.disagreements())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
