"""What a file of data holds, unpacked; a refusal says what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

from runner.model.errors import Refused


def content_of(path: Path, holds: str) -> bytes:
    """Bytes of a CSV or CSV.gz; `holds` is what it should hold, for messages: "bars"."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"{path} does not exist; name a CSV file of {holds}") from None
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise Refused(f"{path} cannot be read ({reason}); check the file") from None
    if path.suffix != ".gz":
        return raw
    import gzip
    import zlib

    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        raise Refused(f"{path} is cut off or damaged; download it again") from None
