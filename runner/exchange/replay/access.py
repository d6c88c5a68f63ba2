"""What gives access to a running exchange: its certificate, address, token and issued key.

All files lie in the run's folder, readable by its owner only, and are made once per folder; the
port and the process id change with each start.
"""

from __future__ import annotations

import json
import os
import secrets
import ssl
from dataclasses import asdict, dataclass, field
from pathlib import Path

from runner.exchange.sites import SITES

ACCESS_FILE, CA_FILE, SERVER_FILE = "access.json", "ca.pem", "server.pem"
LOCK_FILE, LOG_FILE = "exchange.lock", "exchange.log"
EXCHANGE = "binance"  # whose endpoints are spoken, under its hosts of every venue
CONTROL_HOST = "control.runner.internal"


@dataclass(frozen=True, slots=True)
class Access:
    """`port` on 127.0.0.1; 0 before the first start. Key, secret and token never change."""

    port: int
    pid: int
    token: str = field(repr=False)
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)


def read_access(folder: Path) -> Access | None:
    """`None` before the folder's first start, and where the file is damaged: it is made anew."""
    try:
        return Access(**json.loads((folder / ACCESS_FILE).read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def issue_access(folder: Path) -> Access:
    """The folder's access, made now where there is none. Keys have Binance's form: 64 letters."""
    return read_access(folder) or Access(
        0, 0, secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32)
    )


def write_access(folder: Path, access: Access) -> None:
    """Replaces the file as a whole: a reader sees the old or the new one."""
    write_private(folder / ACCESS_FILE, json.dumps(asdict(access)).encode())


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner can read."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(part, "xb", opener=private) as file:
        file.write(content)
    part.replace(path)


def private(path: str, flags: int) -> int:
    """An `opener` of files that only their owner can read."""
    return os.open(path, flags, 0o600)


def server_context(folder: Path) -> ssl.SSLContext:
    """The exchange's certificate, signed by the folder's own authority; its key is not kept."""
    if not (folder / CA_FILE).exists():
        import trustme

        authority = trustme.CA()
        hosts = [host for site in SITES[EXCHANGE].values() for host in site.hosts]
        leaf = authority.issue_cert(*hosts, CONTROL_HOST)
        write_private(folder / SERVER_FILE, leaf.private_key_and_cert_chain_pem.bytes())
        write_private(folder / CA_FILE, authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / SERVER_FILE)
    return context


def client_context(folder: Path) -> ssl.SSLContext:
    """Trusts the folder's authority and nobody else."""
    return ssl.create_default_context(cafile=str(folder / CA_FILE))
