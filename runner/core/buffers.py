"""What the core reads and writes by element: a typed memory view, or any buffer in plain Python.

The `.pxd` beside a module says which type each one has. NumPy's arrays and Python's memory views
both fit, and no static type of Python tells what they share.
"""

from __future__ import annotations

from typing import Any

Numbers = Any  # float64
Flags = Any  # uint8
Counts = Any  # int64
Instants = Any  # int64, UTC milliseconds
