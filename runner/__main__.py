"""`python -m runner`, and what the script `runner` calls."""

from __future__ import annotations

import gc
import os
import sys

#: The usual 700 look for garbage 44 times during the imports, where there is none: 5 of 90 ms. All
#: that a backtest imports is 60,000 objects.
OBJECTS_BETWEEN_COLLECTIONS = 100_000


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    # numpy's linear algebra starts a thread per core, which wait by spinning: half of its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from runner.commands.main import run

    exit_code = run(sys.argv[1:])
    gc.freeze()  # else the interpreter's end looks through everything once more: 30 of 250 ms
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
