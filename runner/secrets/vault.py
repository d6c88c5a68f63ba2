"""`vault:MOUNT/PATH#FIELD`: a field of a secret in Vault's KV store, version 1 or 2, through hvac.

Address and token are Vault's own: VAULT_ADDR, and VAULT_TOKEN or `~/.vault-token`.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runner.model.errors import Refused, RunnerError, Unavailable
from runner.secrets.file import read_private
from runner.secrets.quietly import Answer, absent, quietly
from runner.secrets.shown import shown

if TYPE_CHECKING:
    from requests import Session

_TIMEOUT_S = 10


def read(name: str, rule_file: Path) -> str:
    """The field's text."""
    _require_address()
    return quietly(partial(_field, name))


def _require_address() -> None:
    """Nothing is sent in clear text but to this machine."""
    try:
        address = urlsplit(os.environ.get("VAULT_ADDR", ""))
    except ValueError:
        address = urlsplit("")
    if address.scheme == "https" and address.hostname:
        return
    if address.scheme == "http" and address.hostname in ("127.0.0.1", "::1"):
        return
    raise Refused("VAULT_ADDR must be an https:// address (http:// for 127.0.0.1 only): export it")


def _field(name: str) -> Answer:
    try:
        import hvac
        import requests
    except ImportError:
        return absent("hvac", "vault")
    path, _, field = name.rpartition("#")
    session = _session(requests.Session())
    try:
        client = hvac.Client(
            url=os.environ["VAULT_ADDR"],
            token=_token(),
            namespace=os.environ.get("VAULT_NAMESPACE") or None,
            timeout=_TIMEOUT_S,
            allow_redirects=False,  # the token would follow wherever they lead
            session=session,
        )
        found = _fields(client, path).get(field)
    except RunnerError as refused:
        return refused.with_traceback(None)
    except (hvac.exceptions.Forbidden, hvac.exceptions.Unauthorized):
        return Refused(
            f"the token of Vault may not read {shown('vault', path)}: look at its policy"
        )
    except hvac.exceptions.InvalidPath:
        return Refused(f"Vault holds nothing at {shown('vault', path)}")
    except requests.exceptions.SSLError:
        return Refused(
            "the certificate of Vault is not trusted: name its authority in VAULT_CACERT"
        )
    except (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        hvac.exceptions.BadGateway,
        hvac.exceptions.InternalServerError,
        hvac.exceptions.RateLimitExceeded,
        hvac.exceptions.VaultDown,
    ):
        return Unavailable("Vault does not answer, or is sealed: look at it, then start again")
    except Exception:  # whatever else its answer was
        return Refused("Vault's answer cannot be read: look at VAULT_ADDR and VAULT_CACERT")
    finally:
        session.close()
    if isinstance(found, str):
        return found
    return Refused(f"{shown('vault', name)} is not a field with text: look at the secret in Vault")


def _token() -> str:
    """As hvac finds it, but from a file only where nobody else can read that."""
    token = os.environ.get("VAULT_TOKEN")
    return token or read_private(Path.home() / ".vault-token").strip()


def _session(session: Session) -> Session:
    """Certificates are always verified; no proxy or `.netrc` has a part in it."""
    session.trust_env = False
    named = (os.environ.get("VAULT_CACERT"), os.environ.get("VAULT_CAPATH"))
    session.verify = next((authority for authority in named if authority), True)
    return session


def _fields(client: Any, path: str) -> dict[str, Any]:
    """The secret at a path; where it is mounted and by which version Vault says, as to its CLI."""
    mount = client.adapter.get(f"/v1/sys/internal/ui/mounts/{path}")["data"]
    point = mount["path"].strip("/")
    if mount["type"] not in ("generic", "kv"):
        raise Refused(f"Vault keeps no keys at {shown('vault', path)}: use a KV store")
    below = path.removeprefix(f"{point}/")
    if (mount.get("options") or {}).get("version") == "2":
        answer = client.secrets.kv.v2.read_secret_version(
            path=below, mount_point=point, raise_on_deleted_version=True
        )
        return dict(answer["data"]["data"])
    return dict(client.secrets.kv.v1.read_secret(path=below, mount_point=point)["data"])
