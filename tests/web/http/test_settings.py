"""Settings as an operator writes them."""

from __future__ import annotations

import ipaddress

import pytest

from computeatlas.model.errors import UsageError
from computeatlas.web.http.settings import Settings, parse_networks


def test_networks_and_addresses() -> None:
    assert parse_networks(["10.0.0.0/8", "192.0.2.1", "10.1.2.3/8", "2001:db8::/32", "::1"]) == (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("192.0.2.1/32"),
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("2001:db8::/32"),
        ipaddress.ip_network("::1/128"),
    )
    assert parse_networks([]) == ()


@pytest.mark.parametrize("text", ["", "proxy", "10.0.0.0/33", "10.0.0", "10.0.0.0/8,192.0.2.1", "[::1]", "1.2.3.4:80"])
def test_what_is_no_network(text: str) -> None:
    with pytest.raises(UsageError, match="is not an address or a network") as caught:
        parse_networks(["10.0.0.0/8", text])
    assert caught.value.where == text


def test_nobody_may_write_by_default() -> None:
    assert not Settings().writable
    assert Settings(token="x" * 16).writable
