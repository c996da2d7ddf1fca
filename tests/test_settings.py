"""Addresses of several servers are read as PostgreSQL reads them."""

from typing import Any

import pytest

from app.db import Database
from app.settings import Settings


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://one/x", {"host": "one"}),
        (
            "postgresql://u:s%40cret@one:1,two/x",
            {"host": "one,two", "port": "1,", "user": "u", "password": "s@cret", "target_session_attrs": "primary"},
        ),
        ("postgres://one,two:2/x?target_session_attrs=any", {"host": "one,two", "port": ",2"}),
        ("postgresql://u:s,cret@[::1]:1,two:2/x", {"host": "::1,two", "port": "1,2", "password": "s,cret"}),
        ("postgresql://%2Frun%2Fa,%2Frun%2Fb/x", {"host": "/run/a,/run/b"}),
        ("postgresql:///x?host=one,two&port=1,2", {"host": "one,two", "port": "1,2"}),
        ("postgresql://u@one,two/x?password=secret&sslpassword=cret", {"password": "secret"}),
    ],
)
def test_several_hosts_are_read_as_postgresql_writes_them(address: str, expected: dict[str, Any]) -> None:
    with Database(Settings(database_url=address, read_url=address).database) as database:
        arguments = database.engine.dialect.create_connect_args(database.engine.url)[1]
        assert {**arguments, **expected} == arguments
        assert ("target_session_attrs" in arguments) == ("," in arguments["host"])
        assert "cret" not in database.display_url
