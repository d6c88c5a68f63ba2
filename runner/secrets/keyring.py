"""`keyring:SERVICE/USER`: the keyring of the desktop or system, through the `keyring` library."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.quietly import Answer, absent, quietly
from runner.secrets.shown import shown


def read(name: str, rule_file: Path) -> str:
    """The password of the user at the service; the user is what stands behind the last `/`."""
    return quietly(partial(_password, name))


def _password(name: str) -> Answer:
    try:
        import keyring
        from keyring.errors import KeyringLocked, NoKeyringError
    except ImportError:
        return absent("keyring", "keyring")
    service, _, user = name.rpartition("/")
    try:
        password = keyring.get_password(service, user)
    except NoKeyringError:
        return Refused("this system has no keyring: use another kind of reference")
    except KeyringLocked:
        return Refused("the keyring is locked: unlock it before the start")
    except Exception:  # each keyring has errors of its own
        return Refused(f"the keyring does not answer for {shown('keyring', name)}")
    if isinstance(password, str):
        return password
    return Refused(f"{shown('keyring', name)} is not in the keyring: `keyring set` puts it there")
