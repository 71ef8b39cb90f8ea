"""Whose request it is: proxies are believed as far as they are trusted, and nobody else."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.web.http.settings import parse_networks
from computeatlas.web.serve.clients import client_of

PROXIES = parse_networks(["10.0.0.0/8", "192.0.2.1", "2001:db8:ffff::/48"])
addresses = st.ip_addresses().map(str)


def client(peer: str, forwarded: str | None = None, proxies=PROXIES) -> str:
    return client_of(peer, forwarded, "http", None, proxies)[0]


@pytest.mark.parametrize(
    "peer, forwarded, expected",
    [
        ("203.0.113.7", None, "203.0.113.7"),
        # Who is no proxy may say what it likes.
        ("203.0.113.7", "198.51.100.9", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.1", "198.51.100.9", "198.51.100.9"),
        ("192.0.2.2", "198.51.100.9", "192.0.2.2"),
        # What stands left of the first stranger was written by the stranger.
        ("10.0.0.1", "1.1.1.1, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.9, 10.0.0.2, 192.0.2.1", "198.51.100.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", " 198.51.100.9 ,, ", "198.51.100.9"),
        # Where an address cannot be read, nothing left of it counts.
        ("10.0.0.1", "198.51.100.9, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.9, 1.2.3.4:99", "1.2.3.4"),
        ("::ffff:10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "[2001:db8:1:2::3]:443", "2001:db8:1:2::/64"),
        ("2001:db8:ffff::1", "198.51.100.9", "198.51.100.9"),
        ("2001:db8:1:2:3::4", None, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", None, "203.0.113.7"),
        ("fe80::1%eth0", None, "fe80::/64"),
        ("local", None, "local"),
        ("local", "198.51.100.9", "local"),
    ],
)
def test_the_address_that_counts(peer: str, forwarded: str | None, expected: str) -> None:
    assert client(peer, forwarded) == expected


@pytest.mark.parametrize(
    "peer, sent, scheme",
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS ", "https"),
        ("10.0.0.1", "http, https", "https"),
        ("10.0.0.1", "https, http", "http"),
        ("10.0.0.1", "javascript", "http"),
        ("10.0.0.1", "", "http"),
        ("10.0.0.1", None, "http"),
        ("203.0.113.7", "https", "http"),
    ],
)
def test_the_scheme_that_counts(peer: str, sent: str | None, scheme: str) -> None:
    assert client_of(peer, None, "http", sent, PROXIES)[1] == scheme


@given(addresses, st.text(max_size=40), st.text(max_size=9))
def test_without_proxies_no_header_counts(peer: str, forwarded: str, scheme: str) -> None:
    assert client_of(peer, forwarded, "http", scheme, ()) == client_of(peer, None, "http", None, ())


@given(st.lists(addresses, max_size=4), st.ip_addresses(v=4).filter(lambda ip: ip not in PROXIES[0]).map(str))
def test_nothing_that_a_client_writes_makes_it_another(written: list[str], real: str) -> None:
    expected = client(real)
    if real == "192.0.2.1":
        return
    assert client("10.0.0.1", ", ".join([*written, real])) == expected
    assert client("10.0.0.1", ", ".join([*written, real, "10.9.9.9"])) == expected


@given(st.text(max_size=60))
def test_no_header_breaks_it(forwarded: str) -> None:
    key, _ = client_of("10.0.0.1", forwarded, "http", forwarded, PROXIES)
    # A key stands in the log.
    assert key.isprintable()
    assert " " not in key


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_one_network_of_ipv6_is_one_client(address: ipaddress.IPv6Address, other: int) -> None:
    if address.ipv4_mapped:
        return
    neighbour = ipaddress.IPv6Address(int(address) >> 64 << 64 | other)
    if neighbour.ipv4_mapped:
        return
    assert client(str(address), None, ()) == client(str(neighbour), None, ())
