"""Who asks: the address of the client, by which limits are counted, and the scheme it used."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from computeatlas.web.http.settings import Network

#: One home or office has a network of this size in IPv6, and any number of addresses in it.
_IPV6_CLIENT = 64


@lru_cache(maxsize=4096)
def client_of(
    peer: str, forwarded: str | None, scheme: str, forwarded_scheme: str | None, proxies: tuple[Network, ...]
) -> tuple[str, str]:
    """Return a key for the client, its address or its IPv6 network, and the scheme of its request.

    `forwarded` and `forwarded_scheme` are the headers X-Forwarded-For and X-Forwarded-Proto. They count only as far as
    trusted proxies wrote them: from the right, the first address that is none of theirs is the client.
    """
    if not proxies or not _within(peer, proxies):
        return _key(peer), scheme
    address = peer
    for item in reversed((forwarded or "").split(",")):
        candidate = _without_port(item.strip())
        if not candidate:
            continue
        if _parse(candidate) is None:
            break
        address = candidate
        if not _within(candidate, proxies):
            break
    named = (forwarded_scheme or "").split(",")[-1].strip().lower()
    return _key(address), named if named in ("http", "https") else scheme


def _without_port(text: str) -> str:
    """Return the address of `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80`."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks if network.version == parsed.version)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address, an IPv4 one that is written as IPv6 as itself, or None for anything else."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if parsed.version == 6 else parsed


def _key(address: str) -> str:
    parsed = _parse(address)
    if parsed is None:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_CLIENT), strict=False))
