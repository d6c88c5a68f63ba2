"""What the operator's own file lets rule files do, and that nobody else could have written it.

In: the path that `--settings` names. Out: `Settings`, or Refused. A rule file is held to them by
`within.py`; nothing is resolved, no socket is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from runner.model.accounts import Egress
from runner.model.errors import Refused
from runner.model.values import dataclass

#: Environments by what is at stake there: neither test venue is above the other.
STAKES = {"paper": 0, "testnet": 1, "demo": 1, "live": 2}


@dataclass(frozen=True, slots=True)
class Listed:
    """A reference that credentials may be, or with `*` at its end how several of them begin."""

    account: str  # `*`: every account
    text: str  # the path of a file is the real one

    def covers(self, account: str, reference: str) -> bool:
        """Whether it lets the account use the reference, whose path is the real one, too."""
        if self.account not in ("*", account):
            return False
        if self.text.endswith("*"):
            return reference.startswith(self.text[:-1])
        return reference == self.text

    def meets(self, text: str) -> bool:
        """Whether a reference could be of this one and of another that is listed."""
        begins, other = self.text.removesuffix("*"), text.removesuffix("*")
        if self.text.endswith("*") and text.endswith("*"):
            return begins.startswith(other) or other.startswith(begins)
        if text.endswith("*"):
            return begins.startswith(other)
        return self.covers(self.account, text)


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit of an account; `currency` is empty where the number has none."""

    account: str  # `*`: every account
    name: str  # as in `limits` of a rule file
    number: Decimal
    currency: str
    text: str  # as it is written
    place: str  # FILE:LINE:COLUMN


@dataclass(frozen=True, slots=True)
class Places:
    """Where what a message speaks of stands, as FILE:LINE:COLUMN; empty where it is not written."""

    environment: str
    references: str
    limits: str
    digests: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's file, compiled. `digests`: `None` where any file may trade."""

    environment: str
    references: tuple[Listed, ...]
    caps: tuple[Cap, ...]
    digests: frozenset[str] | None
    egress: Egress
    places: Places

    def covers(self, account: str, reference: str) -> bool:
        """Whether the account may use a reference, whose path is the real one."""
        return any(listed.covers(account, reference) for listed in self.references)


def folder_of(rule_file: str) -> str:
    """Where a relative path of its references begins, dots and links as they are written."""
    return os.path.dirname(os.path.join(os.getcwd(), rule_file))


def real(reference: str, folder: str) -> str:
    """The reference with the one path that its file has, whatever links and dots lead there.

    >>> real("file:/etc/x/../y", "/"), real("env:KEY", "/")
    ('file:/etc/y', 'env:KEY')
    """
    scheme, colon, path = reference.partition(":")
    if scheme != "file":
        return reference
    return f"{scheme}{colon}{os.path.realpath(os.path.join(folder, path))}"


def require_own(path: Path) -> None:
    """Nobody but root and we could have written the file, or put another in its place."""
    try:
        facts = path.stat()
        way = list(_way(path))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise Refused(f"the settings {path} cannot be read: {reason}") from None
    ours = (0, os.geteuid())
    if facts.st_uid not in ours:
        raise Refused(f"the settings {path} belong to somebody else: chown them to this user")
    if facts.st_mode & 0o022:
        raise Refused(f"others can write the settings {path}: chmod go-w them")
    for step in way:
        is_folder = stat.S_ISDIR(step.st_mode)
        is_open = is_folder and step.st_mode & 0o022 and not step.st_mode & stat.S_ISVTX
        if is_open or step.st_uid not in ours:
            raise Refused(f"others can replace the settings {path}: keep them in another folder")


def _way(path: Path) -> Iterator[os.stat_result]:
    """Every folder and every link on the way to the file: who can change one leads elsewhere."""
    here, *names = path.absolute().parts
    while names:
        yield os.lstat(here)
        step = os.path.join(here, names.pop(0))
        if os.path.islink(step):
            yield os.lstat(step)
            names = [*Path(os.readlink(step)).parts, *names]
        elif step.endswith("/.."):
            here = os.path.dirname(here)  # no link is left in it
        else:
            here = step
