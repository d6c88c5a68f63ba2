"""`accounts:` to declarations: whose key, what it may do, and its limits.

A message never holds a value of `credentials:`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from ipaddress import ip_network

from runner.language.words import quoted
from runner.model.accounts import (
    AccountDeclaration,
    Limits,
    NextKey,
    Permission,
    Venue,
)
from runner.model.exchanges import AUDITED, CLOSED, NAMES
from runner.rules import units
from runner.rules.advice import meant_by
from runner.rules.bench import Bench, child, entry_of, scalar, word
from runner.rules.compile_key import check_credentials, check_permissions
from runner.rules.compile_references import compile_references
from runner.rules.compile_upkeep import compile_upkeep, rotation_of, waivers_of
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place
from runner.rules.schema_account import CREDENTIALS_SHAPE

#: The widest network, by IP version, that a list of addresses may hold: a registry's whole block.
_WIDEST = {4: 8, 6: 32}


def compile_accounts(bench: Bench, root: Mapping, market: str | None) -> dict[str, Node]:
    """Everything that is wrong with accounts; gives back their nodes by name."""
    accounts = child(root, "accounts")
    if not isinstance(accounts, Mapping):
        return {}
    compile_references(bench, root)
    for name, entry in accounts.entries.items():
        _exchange(bench, entry.value)
        for key in ("credentials", "next"):
            check_credentials(bench, name, entry.value, key)
        check_permissions(bench, entry.value, market)
        _addresses(bench, child(entry.value, "ip_allowlist"))
        compile_upkeep(bench, entry.value)
        _leverage(bench, scalar(entry.value, "limits", "max_leverage"), market)
    return {name: entry.value for name, entry in accounts.entries.items()}


def account_in_use(bench: Bench, root: Mapping, accounts: dict[str, Node]) -> Node | None:
    """The account that `account:` names."""
    node = scalar(root, "account")
    if node is None or entry_of(root, "accounts") is None:
        return None
    if node.text not in accounts:
        meant = meant_by(node.text, list(accounts))
        names = ", ".join(f"`{name}`" for name in sorted(accounts))
        help = f"did you mean `{meant}`?" if meant else f"declared: {names}"
        bench.refuse(place(node), "R307", f"`{node.text}` is not under `accounts`", help)
    return accounts.get(node.text)


def declaration(
    bench: Bench, name: str, node: Node | None, currency: str | None
) -> AccountDeclaration | None:
    """The account as the rest of the runner knows it; its limits are in the market's currency."""
    exchange, venue = word(node, "exchange"), word(node, "venue")
    credentials, permissions = child(node, "credentials"), child(node, "permissions")
    limits = Limits(
        money(bench, scalar(node, "limits", "max_order"), currency),
        money(bench, scalar(node, "limits", "max_exposure"), currency),
        count(bench, scalar(node, "limits", "max_orders_per_minute"), "20"),
        _max_leverage(scalar(node, "limits", "max_leverage")),
    )
    if not isinstance(credentials, Mapping) or not isinstance(permissions, Sequence):
        return None
    if exchange is None or venue is None:
        return None
    declared = frozenset(Permission(word(item) or "") for item in permissions.items)
    addresses = child(node, "ip_allowlist")
    allowed = addresses.items if isinstance(addresses, Sequence) else ()
    return AccountDeclaration(
        name,
        exchange,
        Venue(venue),
        _kept(credentials),
        declared,
        tuple(word(item) or "" for item in allowed),
        limits,
        waivers_of(node),
        rotation_of(node),
        word(node, "created"),
        _next(child(node, "next")),
    )


def _next(node: Node | None) -> NextKey | None:
    return NextKey(_kept(node), word(node, "created")) if isinstance(node, Mapping) else None


def _kept(credentials: Mapping) -> tuple[tuple[str, str], ...]:
    """Fields and their references."""
    return tuple(
        (field, entry.value.text)
        for field, entry in sorted(credentials.entries.items())
        if field in CREDENTIALS_SHAPE.fields and isinstance(entry.value, Scalar)
    )


#: Currencies of which one is worth about as much as one of any other here.
_ABOUT_ONE = frozenset({"BUSD", "DAI", "EUR", "FDUSD", "TUSD", "USD", "USDC", "USDP", "USDT"})


def money(bench: Bench, node: Scalar | None, currency: str | None) -> Decimal | None:
    """An amount above zero in the market's currency; `None` when it is not there or wrong."""
    if node is None:
        return None
    amount = bench.unit(node, units.amount, "an amount with its currency, such as `100 USDT`")
    if amount is None:
        return None
    number, unit = amount
    if currency is not None and unit != currency:
        message = f"`{node.text}` is in {unit}; this market counts in {currency} here"
        alike = {unit, currency} <= _ABOUT_ONE  # else so much of the other would be a fortune
        help = f"write `{number:f} {currency}`" if alike else f"write how much in {currency}"
        bench.refuse(place(node), "R402", message, help)
        return None
    if number <= 0:
        bench.refuse(place(node), "R111", "an amount must be above zero", "write a larger one")
        return None
    return number


def count(bench: Bench, node: Scalar | None, example: str) -> int | None:
    """A whole number above zero; `None` when it is not there or wrong."""
    if node is None:
        return None
    if not isinstance(node.value, int) or not 1 <= node.value <= 10_000:
        help = f"write `{example}`"
        bench.refuse(place(node), "R111", f"`{node.text}` is not from 1 to 10000", help)
        return None
    return node.value


def _exchange(bench: Bench, account: Node) -> None:
    node = scalar(account, "exchange")
    if node is None or node.text in NAMES:
        return
    name = node.text.lower()
    if name in CLOSED:
        message = f"`{name}` has been closed since {CLOSED[name]}"
        bench.refuse(place(node), "R304", message, f"open: {', '.join(NAMES)}")
    elif name in AUDITED:
        message = f"orders are not sent to `{name}`; `runner doctor` audits its keys"
        bench.refuse(place(node), "R313", message, f"to trade, use {_named(NAMES)}")
    else:
        meant = meant_by(name, [*NAMES, *AUDITED])
        help = f"did you mean `{meant}`?" if meant else f"allowed: {_named(NAMES)}"
        bench.refuse(place(node), "R105", f"{quoted(node.text)} is not an exchange", help)


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _addresses(bench: Bench, addresses: Node | None) -> None:
    if not isinstance(addresses, Sequence):
        return
    for item in addresses.items:
        try:
            network = ip_network(word(item) or "", strict=True)
        except ValueError:
            message = f"`{word(item)}` is not an address or network"
            help = "write an address such as `203.0.113.7`, or a network such as `203.0.113.0/24`"
            bench.refuse(place(item), "R306", message, help)
            continue
        if network.prefixlen < _WIDEST[network.version]:
            message = f"`{word(item)}` holds {network.num_addresses:,} addresses"
            if network.prefixlen == 0:
                message = f"`{word(item)}` is every address there is"
            help = f"name the addresses, or networks of `/{_WIDEST[network.version]}` or narrower"
            bench.refuse(place(item), "R306", message, help)


def _max_leverage(node: Scalar | None) -> Decimal | None:
    return units.leverage(node.text) if node else None


def _leverage(bench: Bench, node: Scalar | None, market: str | None) -> None:
    if node is None:
        return
    multiple = bench.unit(node, units.leverage, "a multiple, such as `1x`")
    if multiple is None:
        return
    if market == "spot" and multiple != 1:
        message = f"spot has no leverage; `{node.text}` would never act"
        bench.refuse(place(node), "R111", message, "write `1x`, or leave it out")
    elif multiple < 1:
        message = f"`{node.text}` would allow no position at all"
        bench.refuse(place(node), "R111", message, "write `1x` or more")
