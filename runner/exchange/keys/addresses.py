"""Whether a key works from the declared addresses, and from no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.told import Exchange, Told
from runner.model.accounts import AccountDeclaration

Network = IPv4Network | IPv6Network

#: A wider network than that of one customer is worth a warning: RFC 6177 for version 6.
_WIDE = {4: 24, 6: 56}


def ip_bound(told: Told) -> Finding:
    """Never waived: a key that works from everywhere is worth stealing."""
    exchange = told.exchange
    if told.bound is None:
        fact = f"{exchange.name} does not say clearly whether the key is bound to addresses"
        help_ = "try again later; if it stays so, update runner"
        if "ip_bound" in exchange.silent_on:
            fact = exchange.gap("ip_bound")
            help_ = "this is never waived: use another exchange"
        return Finding("ip_bound", Verdict.REFUSED, fact, help_)
    everywhere = [word for word in told.addresses or () if _is_everywhere(word)]
    if not told.bound or everywhere:
        help_ = f"{exchange.bind} {exchange.page}"
        return Finding("ip_bound", Verdict.REFUSED, "the key works from every address", help_)
    return Finding("ip_bound", Verdict.OK, "the key works from listed addresses only", "")


def ip_list(told: Told, declaration: AccountDeclaration) -> Iterator[Finding]:
    """The exchange's list is the file's, each address written in whatever way."""
    exchange, declared = told.exchange, declaration.ip_allowlist
    if told.addresses is None:
        listed = ", ".join(declared) or "nothing"
        fact = f"{exchange.gap('ip_list')}; the file says {listed}"
        help_ = f"compare it with the list at {exchange.page}"
        yield Finding("ip_list", Verdict.CANNOT_VERIFY, fact, help_)
    elif told.addresses and not any(_is_everywhere(word) for word in told.addresses):
        yield _compared(exchange, told.addresses, declared)
    else:
        yield _none_listed(declared)
    yield from _odd(exchange, declared)


def own_ip(told: Told, declaration: AccountDeclaration, own: tuple[str, ...]) -> Iterator[Finding]:
    """Each of this machine's addresses is in the file's list and in the exchange's.

    No exchange here tells which it sees; where the operator does not either, the check refuses
    nothing, and needs no waiver.
    """
    exchange = told.exchange
    theirs = f"the list of {exchange.name}"
    lists = {"`ip_allowlist`": declaration.ip_allowlist, theirs: told.addresses or ()}
    known = {
        name: _networks(words)
        for name, words in lists.items()
        if words and not any(map(_is_everywhere, words))  # which is refused as it is
    }
    seen = [ip_address(it) for it in own if ip_address(it).version in exchange.versions]
    if not seen or not known:
        fact = f"{exchange.name} does not say which address it sees"
        help_ = "a wrong one is refused at the first call"
        yield Finding("own_ip", Verdict.CANNOT_VERIFY, fact, help_)
        return
    for address in seen:
        missing = [name for name, networks in known.items() if not _holds(networks, address)]
        if missing:
            fact = f"this machine calls from {address}, which is not in {' and '.join(missing)}"
            help_ = f"add it to `ip_allowlist` and at {exchange.page}, or correct `egress`"
            yield Finding("own_ip", Verdict.REFUSED, fact, help_)
        else:
            fact = f"this machine calls from {address}, which is in {' and '.join(known)}"
            yield Finding("own_ip", Verdict.OK, fact, "")


def _holds(networks: set[Network | None], address: IPv4Address | IPv6Address) -> bool:
    return any(network is not None and address in network for network in networks)


def _compared(exchange: Exchange, told: tuple[str, ...], declared: tuple[str, ...]) -> Finding:
    theirs, ours = _networks(told), _networks(declared)
    if None in theirs:
        fact = f"{exchange.name} lists an address that is none"
        return Finding("ip_list", Verdict.REFUSED, fact, f"look at {exchange.page}")
    if not declared:
        fact = f"the key is bound to {_shown(theirs)}, the file declares no address"
        help_ = f"if that is right, write `ip_allowlist: [{_shown(theirs)}]`"
        return Finding("ip_list", Verdict.REFUSED, fact, help_)
    missing, surplus = ours - theirs, theirs - ours
    if not missing and not surplus:
        fact = f"the key is bound to {_shown(theirs)}, as declared"
        return Finding("ip_list", Verdict.OK, fact, "")
    parts = []
    if surplus:
        parts.append(f"the key also works from {_shown(surplus)}, which the file does not list")
    if missing:
        parts.append(f"the key is not bound to {_shown(missing)}, which the file lists")
    help_ = f"make `ip_allowlist` and the list at {exchange.page} the same"
    return Finding("ip_list", Verdict.REFUSED, "; ".join(parts), help_)


def _none_listed(declared: tuple[str, ...]) -> Finding:
    listed = ", ".join(declared) or "no address"
    fact = f"the key is bound to no address, the file lists {listed}"
    return Finding("ip_list", Verdict.REFUSED, fact, "bind the key first")


def _odd(exchange: Exchange, declared: tuple[str, ...]) -> Iterator[Finding]:
    """What a list may hold by the exchange's rules, and what it better does not."""
    networks = [network for network in _networks(declared) if network is not None]
    for network in sorted(networks, key=str):
        if network.version not in exchange.versions:
            fact = (
                f"{exchange.name} takes no address of version {network.version}: {_text(network)}"
            )
            yield Finding("ip_list", Verdict.REFUSED, fact, "declare the one of version 4")
        elif network.prefixlen < _WIDE[network.version]:
            fact = f"`{network}` holds {network.num_addresses:,} addresses"
            yield Finding("ip_list", Verdict.WARNING, fact, "declare single addresses")
    most = exchange.most_addresses
    if most is not None and len(networks) > most:
        fact = f"the file lists {len(networks)} addresses, a key of {exchange.name} takes {most}"
        yield Finding("ip_list", Verdict.REFUSED, fact, "declare fewer")


def _networks(words: Iterable[str]) -> set[Network | None]:
    """Addresses as networks of one; `None` among them for what is no address."""
    return {_network(word) for word in words}


def _network(word: str) -> Network | None:
    try:
        return ip_network(word.strip(), strict=False)
    except ValueError:
        return None


def _is_everywhere(word: str) -> bool:
    network = _network(word)
    return word.strip() == "*" or (network is not None and network.prefixlen == 0)


def _shown(networks: set[Network | None]) -> str:
    return ", ".join(sorted(_text(network) for network in networks if network is not None))


def _text(network: Network) -> str:
    is_one = network.num_addresses == 1
    return str(network.network_address) if is_one else str(network)
