"""The requests that may leave, by venue and by what the file permits; all others stop here.

In: the final request, as it would go to the socket. Out: whether it is a write, or `Halt` before
a byte has left.
No row names a withdrawal or a transfer: whatever permission is declared, none can be sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from runner.exchange.requests.row import ByField, ByForm, Need, Rows
from runner.exchange.sites import MARKS, SITES
from runner.model.accounts import Permission, Venue, allows
from runner.model.errors import Halt

Requests = Mapping[tuple[str, str, str], Need]  # method, host, path


@cache
def requests_of(exchange: str, venue: Venue) -> Requests:
    """What may be sent there; of keys only where the venue tells what one may do."""
    site = SITES[exchange][venue]
    table = import_module(f"runner.exchange.requests.{exchange}")
    rows: Rows = table.ROWS | (table.OF_KEYS if site.tells_keys else {})
    return {(method, site.host(kind), path): need for (method, kind, path), need in rows.items()}


def require_permitted(
    exchange: str,
    venue: Venue,
    permissions: Set[Permission],
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> bool:
    """Raises Halt unless a row holds this method, host and path, and the file its permission.

    Whether it is a write: what needs more than reading is one, whatever the method.
    """
    parts = urlsplit(url)
    where = f"{method} {parts.hostname}{parts.path}"
    if parts.scheme != "https" or parts.netloc != parts.hostname or parts.fragment:
        raise Halt(f"{where} is not a plain https address of {exchange}; nothing was sent")
    requests = requests_of(exchange, venue) if venue in SITES.get(exchange, {}) else {}
    row = (method, parts.netloc, parts.path)
    if row not in requests:
        raise Halt(f"{where} is no request that runner makes at `{venue}`; nothing was sent")
    if _marks(headers) != SITES[exchange][venue].mark:
        raise Halt(f"{where} would go to another venue than `{venue}`; nothing was sent")
    needed = _needed(requests[row], where, parts.query, body)
    if needed is not None and not allows(permissions, exchange, needed):
        raise Halt(f"{where} needs the permission `{needed}`, not declared; nothing was sent")
    return needed not in (None, Permission.READ)


def _marks(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by which venues of one host are told apart, in the site's spelling."""
    return {name: value for name, value in headers.items() if name.lower() in MARKS}


def _needed(need: Need, where: str, query: str, body: bytes | None) -> Permission | None:
    if not isinstance(need, ByField | ByForm):
        return need
    said = _values(query, body, need)
    found = _found(need, said[0]) if len(said) == 1 else None
    if found is None:
        raise Halt(f"{where} does not say clearly what `{need.name}` it is for; nothing was sent")
    return found


def _found(need: ByField | ByForm, said: str) -> Permission | None:
    if isinstance(need, ByField):
        return need.needs.get(said)
    return next((need.needs[form] for form in need.needs if form.fullmatch(said)), None)


def _values(query: str, body: bytes | None, need: ByField | ByForm) -> list[str]:
    """What a request says of a parameter, wherever it stands; orders by market may be a list."""
    name = need.name
    found: list[Any] = [value for key, value in parse_qsl(query) if key == name]
    if body:
        try:
            pairs = json.loads(body, object_pairs_hook=list)
        except (ValueError, RecursionError):
            return []
        is_list = isinstance(pairs, list) and len(pairs) == 1 and isinstance(pairs[0], list)
        if is_list and isinstance(need, ByForm):
            pairs = pairs[0]
        found += [value for key, value in pairs if key == name] if _is_flat(pairs) else []
    return [value for value in found if isinstance(value, str)]


def _is_flat(pairs: Any) -> bool:
    return isinstance(pairs, list) and all(isinstance(pair, tuple) for pair in pairs)
