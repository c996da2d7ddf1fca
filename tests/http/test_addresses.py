"""Whom a share is counted for."""

import pytest

from app.http.addresses import client_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("192.0.2.1", [], False, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], False, "192.0.2.1"),
        ("192.0.2.1", [], True, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], True, "198.51.100.7"),
        ("192.0.2.1", ["203.0.113.1, 198.51.100.7"], True, "198.51.100.7"),
        ("192.0.2.1", ["203.0.113.1", "198.51.100.7"], True, "198.51.100.7"),
        ("192.0.2.1", ["198.51.100.7:5000"], True, "198.51.100.7"),
        ("192.0.2.1", ["[2001:db8:1:2:3:4:5:6]:5000"], True, "2001:db8:1:2::/64"),
        ("192.0.2.1", ["unknown"], True, "unknown"),
        ("2001:db8:1:2:3:4:5:6", [], False, "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", [], False, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], False, "fe80::/64"),
        ("::ffff:192.0.2.1", [], False, "192.0.2.1"),
        (None, [], False, ""),
    ],
)
def test_a_client_is_an_address_or_a_network(
    peer: str | None, forwarded: list[str], trusted: bool, client: str
) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope = {"client": (peer, 1) if peer else None, "headers": headers}
    assert client_of(scope, trust_proxy=trusted) == client
