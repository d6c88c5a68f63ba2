"""What a person asks of a run, as files beside its journal that the running session takes up.

A request is one file, written whole or not at all and readable by its owner only. It counts from
the journal's row on, which holds its id: it is taken up once, wherever the process dies.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from runner.journal.failures import in_our_words
from runner.model.values import dataclass

FOLDER = "requests"


@dataclass(frozen=True, slots=True)
class Request:
    """`verb` and `argument` are those of `Word`; `id` names the file, and sorts by time."""

    id: str
    verb: str
    argument: str


class Mailbox:
    """The requests that wait beside one journal."""

    def __init__(self, journal: Path) -> None:
        self.folder = journal.parent / FOLDER

    def post(self, verb: str, argument: str, now_ms: int) -> Request:
        """Leaves a request for whoever runs now or next; on the disk when it returns."""
        request = Request(f"{now_ms:013d}-{secrets.token_hex(6)}", verb, argument)
        with in_our_words(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            part = self.folder / f".{request.id}.part"
            with open(part, "x", opener=_private) as file:
                file.write(json.dumps(asdict(request)))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / f"{request.id}.json")
            _sync(self.folder)
        return request

    def waiting(self) -> list[Request]:
        """Requests that were not taken up yet, oldest first.

        What is none, which `post` never writes, is set aside under the name `….unreadable`.
        """
        with in_our_words(self.folder):
            try:
                names = sorted(name for name in os.listdir(self.folder) if name.endswith(".json"))
            except FileNotFoundError:
                return []
            found = [self._read(self.folder / name) for name in names]
        return [request for request in found if request is not None]

    def drop(self, request: Request) -> None:
        """It is taken up, or was before."""
        with in_our_words(self.folder):
            (self.folder / f"{request.id}.json").unlink(missing_ok=True)

    def _read(self, path: Path) -> Request | None:
        try:
            told = json.loads(path.read_bytes())
            return Request(path.stem, str(told["verb"]), str(told["argument"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            path.replace(path.with_suffix(".unreadable"))
            return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    """The name of a new file is on the disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
