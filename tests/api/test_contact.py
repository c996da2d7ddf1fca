"""The publisher's contact: in DCAT, OpenAPI and /v1 if an operator has set one, and nowhere otherwise."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.catalog import CatalogError, read_catalog
from app.settings import Settings
from tests.conftest import SEED, NewDatabase, client_of, loaded

CONTACTS = {  # the setting, and its forms in DCAT and OpenAPI
    "mailto:data@publisher.example": ("vcard:hasEmail", {"email": "data@publisher.example"}),
    "https://publisher.example/contact": ("vcard:hasURL", {"url": "https://publisher.example/contact"}),
}
UNREADABLE = ["write to us", "data@publisher.example", "mailto:", "https://", "javascript:alert(1)"]


def set_contact(seed: Path, contact: str) -> None:
    catalog = seed / "catalog.toml"
    text = catalog.read_text("utf-8")
    assert text.count('\ncontact = ""') == 1
    catalog.write_text(text.replace('\ncontact = ""', f'\ncontact = "{contact}"'), "utf-8")


def contact_points(client: TestClient) -> list[dict[str, Any]]:
    graph = client.get("/v1/dcat.jsonld").json()["@graph"]
    return [node["dcat:contactPoint"] for node in graph if "dcat:contactPoint" in node]


def test_no_document_has_a_contact_by_default(new_database: NewDatabase) -> None:
    with client_of(loaded(new_database("sqlite"))) as client:
        assert contact_points(client) == []
        publisher = client.get("/v1").json()["data"]["publisher"]
        assert client.get("/v1/openapi.json").json()["info"]["contact"] == {"name": publisher["name_en"]}
    assert publisher["contact"] is None
    assert publisher["name_zh"]
    assert publisher["name_en"]
    assert "contact" not in read_catalog(SEED).model_dump()["publisher"]  # releases keep their ids


@pytest.mark.parametrize("by", ["catalogue", "setting"])
@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_is_in_every_document_that_has_one(
    new_database: NewDatabase, seed: Path, contact: str, by: str
) -> None:
    set_contact(seed, contact if by == "catalogue" else "https://other.example/")
    settings = {"contact": contact} if by == "setting" else {}
    relation, way = CONTACTS[contact]
    with client_of(loaded(new_database("sqlite"), seed), **settings) as client:
        points = contact_points(client)
        assert len(points) == 3  # of the dataset, the series and the service
        assert [point[relation] for point in points] == [{"@id": contact}] * 3
        assert client.get("/v1/openapi.json").json()["info"]["contact"].items() >= way.items()
        assert client.get("/v1").json()["data"]["publisher"]["contact"] == contact
        for path in ("/zh", "/v1/datapackage.json", "/v1/croissant.json", "/v1/csv-metadata.json", "/v1/schema.jsonld"):
            assert client.get(path).status_code == 200, path  # they name the publisher without the contact


def test_the_etag_depends_on_the_contact(new_database: NewDatabase) -> None:
    address = loaded(new_database("sqlite"))
    tags = set()
    for contact in ("", *CONTACTS):
        with client_of(address, contact=contact) as client:
            tags |= {client.get(path).headers["etag"] for path in ("/v1", "/v1/openapi.json", "/v1/dcat.jsonld")}
    assert len(tags) == 9


@pytest.mark.parametrize("contact", UNREADABLE)
def test_a_contact_that_is_no_address_is_refused(seed: Path, monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    set_contact(seed, contact)
    with pytest.raises(CatalogError, match=r"catalog\.toml: publisher\.contact: .* Use mailto:"):
        read_catalog(seed)
    monkeypatch.setenv("SHANHAI_CONTACT", contact)
    with pytest.raises(ValueError, match="Use mailto:"):
        Settings()
