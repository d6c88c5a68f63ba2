"""Whether addresses lie in networks that a rule file lists."""

from __future__ import annotations


def covers(listed: tuple[str, ...], address: str) -> bool:
    """Whether one of the listed addresses and networks holds all of another.

    >>> covers(("10.0.0.0/8",), "10.1.2.3"), covers(("10.1.2.3",), "10.0.0.0/8")
    (True, False)
    """
    from ipaddress import ip_network

    inner = ip_network(address, strict=False)
    for outer in (ip_network(text, strict=False) for text in listed):
        narrower = inner.prefixlen >= outer.prefixlen
        if inner.version == outer.version and narrower and inner[0] in outer:
            return True
    return False
