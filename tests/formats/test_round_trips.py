"""The same data in every format are the same data, whatever tool reads them."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.formats import FORMATS
from app.models import COLLECTIONS
from tests.formats.readers import READERS, Reader, plain

pytestmark = pytest.mark.databases("sqlite")

CASES = [(form, reader) for form, readers in READERS.items() for reader in readers]


def test_every_format_is_read_by_somebody() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("slug", COLLECTIONS)
@pytest.mark.parametrize(("form", "reader"), CASES, ids=[reader.__name__ for _, reader in CASES])
def test_a_file_holds_what_the_pages_hold(
    client: TestClient,
    everything: dict[str, list[dict[str, Any]]],
    tmp_path: Path,
    slug: str,
    form: str,
    reader: Reader,
) -> None:
    response = client.get(f"/v1/{slug}.{form}")
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMATS[form].media_type
    path = tmp_path / f"{slug}.{form}"
    path.write_bytes(response.content)
    read = plain(reader(path, list(COLLECTIONS[slug].columns().values())))
    expected = everything[slug]
    assert len(read) == len(expected)
    for got, record in zip(read, expected, strict=True):
        assert got == record
