"""`credentials:` and `permissions:` of an account: what a key is made of, and what it may do.

A message never holds a value of `credentials:`.
"""

from __future__ import annotations

from runner.model.accounts import BUNDLES, BUNDLES_OR_APART, CREDENTIALS, Permission
from runner.rules.advice import meant_by
from runner.rules.bench import Bench, child, entry_of, word
from runner.rules.nodes import Mapping, Node, Sequence, place
from runner.rules.schema_account import CREDENTIALS_SHAPE


def check_credentials(bench: Bench, name: str, account: Node, key: str) -> None:
    """All fields that the exchange has, and no others; `key` is `credentials` or `next`."""
    entry, exchange = entry_of(account, key), word(account, "exchange") or ""
    written = child(bench.written, "accounts", name, key)
    fields = CREDENTIALS.get(exchange)
    if entry is None or fields is None or not isinstance(written, Mapping):
        return
    known = CREDENTIALS_SHAPE.fields
    missing = [field for field in fields if field not in written.entries]
    meant = {meant_by(one, list(known)) for one in written.entries} if missing else set()
    for field in missing:
        if field not in meant:
            message = f"`{field}` is missing in `{key}`"
            help = f"write `{field}: {known[field].example}`"
            bench.refuse(place(entry.key), "R102", message, help)
    listed = ", ".join(f"`{field}`" for field in fields)
    for field, surplus in written.entries.items():
        if field in known and field not in fields:
            message = f"{exchange} has no `{field}` among its credentials"
            bench.refuse(place(surplus.key), "R302", message, f"it has {listed}, and no others")


def check_permissions(bench: Bench, account: Node, market: str | None) -> None:
    """Exactly what a key needs to trade the market."""
    entry, exchange = entry_of(account, "permissions"), word(account, "exchange") or ""
    if entry is None or not isinstance(entry.value, Sequence) or market not in ("futures", "spot"):
        return
    declared = {word(item) for item in entry.value.items}
    sets = needed(exchange, market)
    if declared in sets:
        return
    extra = sorted(str(name) for name in declared - sets[0])
    message = (
        f"a key for `market: {market}` needs no {' and no '.join(f'`{name}`' for name in extra)}"
        if extra
        else f"a key for `market: {market}` needs more than that"
    )
    if market in extra:
        message = f"no key of {exchange} has `{market}` alone: `trade_bundle` covers it"
    help = " or ".join(f"`permissions: [{', '.join(sorted(names))}]`" for names in sets)
    bench.refuse(place(entry.value), "R303", message, f"write {help}")


def needed(exchange: str, market: str) -> list[frozenset[Permission]]:
    """What a key needs to trade a market; two ways where accounts of an exchange differ."""
    apart = frozenset({Permission.READ, Permission(market)})
    if market not in BUNDLES.get(exchange, ()):
        return [apart]
    bundle = frozenset({Permission.READ, Permission.TRADE_BUNDLE})
    return [apart, bundle] if exchange in BUNDLES_OR_APART else [bundle]
