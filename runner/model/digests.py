"""SHA-256 without OpenSSL, whose library takes 5 ms to load: a tenth of what `validate` may take.

The standard library's `random` does the same for the same reason. The digests are the same.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:  # a Python that was built without
        from hashlib import sha256

__all__ = ["sha256"]
