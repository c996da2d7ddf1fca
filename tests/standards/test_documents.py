"""Every metadata document: its addresses work, its media type is right, and it derives from the entities."""

import json
import re
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.api.documents import Document
from app.api.metadata import DOCUMENTS
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.settings import ROOT
from app.standards.dating import coverage
from app.standards.json_ld import plain

pytestmark = pytest.mark.databases("sqlite")

FORMS = [(each.path, name, form.media_type) for each in DOCUMENTS for name, form in each.forms.items()]
ADDRESS = r"""https?://[^\s"'<>\\)]+"""


def address_of(path: str, name: str) -> str:
    """Return the address of a document in one of its formats."""
    several = next(len(each.offers) for each in DOCUMENTS if each.path == path) > 1
    return f"{path}?format={name}" if several else path


@pytest.fixture(scope="module")
def statuses(web: httpx.Client, service: str) -> dict[str, int]:
    """The status of every own address that any document names."""
    addresses: set[str] = set()
    for path, name, _ in FORMS:
        text = web.get(service + address_of(path, name)).raise_for_status().text.replace("&amp;", "&")
        addresses |= {each for each in re.findall(ADDRESS, text) if each.startswith(service)}
    plain = {each.split("#")[0].rstrip(".,;}") for each in addresses if "{" not in each}
    return {address: web.get(address, follow_redirects=True).status_code for address in sorted(plain)}


def test_every_address_in_a_document_works(statuses: dict[str, int], service: str) -> None:
    assert len(statuses) > 80
    others = {address: status for address, status in statuses.items() if status != 200}
    assert others == {f"{service}/mcp": 405}  # which takes messages by POST


@pytest.mark.parametrize(("path", "name", "media_type"), FORMS)
def test_every_format_has_its_media_type_and_is_revalidated(
    client: TestClient, path: str, name: str, media_type: str
) -> None:
    response = client.get(address_of(path, name))
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["etag"]
    again = client.get(address_of(path, name), headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    if "json" in media_type:
        assert response.json()


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each.page], ids=lambda each: each.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_is_redirected_to_the_page_in_its_language(
    client: TestClient, document: Document, language: str
) -> None:
    html: dict[str, str] = {"Accept": "text/html", "Accept-Language": f"{language}-XX, *;q=0.1"}
    for address, headers in ((document.path, html), (f"{document.path}?format=html", {**html, "Accept": "*/*"})):
        response = client.get(address, headers=headers, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (
            303,
            f"http://testserver/{language}{document.page}",
        )
        assert "Accept-Language" in response.headers["vary"]
        assert client.get(response.headers["location"]).headers["content-language"].startswith(language)


@pytest.mark.parametrize("path", sorted({path for path, *_ in FORMS}))
def test_an_unknown_parameter_is_refused(client: TestClient, path: str) -> None:
    assert client.get(f"{path}?colour=red").status_code == 422


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_collection_is_in_every_document_that_lists_them(client: TestClient, slug: str) -> None:
    for path in ("/v1/datapackage.json", "/v1/dcat.jsonld", "/v1/croissant.json", "/v1/csv-metadata.json"):
        assert f"{slug}.csv" in client.get(path).text, path
    assert f'"{slug}"' in client.get("/v1/dictionary").text


def test_no_standard_names_an_entity() -> None:
    """Adding an entity changes no file there: none names a collection except those that the standard itself is about."""
    # Evidence, claims and provenance are documents of figures; places describe the spatial coverage.
    own = {"annotation.py": {"figures"}, "item.py": {"figures"}, "dictionary.py": {"figures", "vocabularies"}, "prov.py": {"figures", "derived-figures"}, "dcat.py": {"places"}, "llms.py": {"figures"},
           "schema_org.py": {"places", "figures", "indicators"}}  # fmt: skip
    for path in sorted((ROOT / "app" / "standards").rglob("*.py")):
        code = re.sub(r'""".*?"""|#[^\n]*', "", path.read_text("utf-8"), flags=re.DOTALL)
        named = {slug for slug in COLLECTIONS if re.search(rf"""["'/]{slug}["'/]""", code)}
        assert named <= own.get(path.name, set()) | {"sources"}, path
        assert "app.models" not in code, path


def test_the_home_page_contains_the_schema_org_document(client: TestClient) -> None:
    page = client.get("/").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL)
    document: dict[str, Any] = json.loads(script)
    assert document == plain(client.get("/v1/schema.jsonld").json(), "zh-Hans")
    assert document["@type"] == "Dataset"
    assert all(document[key] for key in ("name", "description", "license", "creator", "distribution", "isBasedOn"))


def test_no_document_gives_the_date_of_a_repost_as_that_of_the_newspaper(client: TestClient) -> None:
    schema = client.get("/v1/schema.jsonld").json()
    (article,) = schema["isBasedOn"]
    assert "datePublished" not in article
    assert article["mainEntityOfPage"]["datePublished"] == "2022-08-06"
    assert "not for direct commercial use" in article["usageInfo"]["text"][1]["@value"]
    assert schema["temporalCoverage"] == "../2022-08-06"
    catalogue = json.dumps(client.get("/v1/dcat.jsonld").json(), ensure_ascii=False)
    assert "dcat:startDate" not in catalogue
    assert "date of publication unknown, reposted 2022-08-06" in catalogue
    assert "刊发日期不详，2022-08-06 转载" in catalogue


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([], None),
        ([("2022-08-01", None)], ("2022-08-01", "2022-08-01")),
        ([("2022-08-01", "2022-08-06"), ("2023-01-02", None)], ("2022-08-01", "2023-01-02")),
        ([(None, "2022-08-06"), ("2022-08-01", None)], (None, "2022-08-06")),
    ],
)
def test_the_temporal_coverage_is_open_where_a_date_is_unknown(
    sources: list[tuple[str | None, str | None]], expected: tuple[str | None, str] | None
) -> None:
    assert coverage({"published_on": own, "reposted_on": repost} for own, repost in sources) == expected


def test_the_sitemap_lists_every_record(client: TestClient, everything: dict[str, list[dict[str, Any]]]) -> None:
    text = client.get("/sitemap.xml").text
    for slug, records in everything.items():
        for record in records:
            for language in LANGUAGES:
                assert f"<loc>http://testserver/{language}/{slug}/{record['id']}</loc>" in text
    assert client.get("/robots.txt").text.endswith("Sitemap: http://testserver/sitemap.xml\n")


def test_a_document_is_serialized_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turtle is slow to serialize: for the same release and base address it is cached."""
    first = client.get("/v1/dcat.ttl", headers={"Host": "once.example"})
    monkeypatch.setattr("app.api.documents.read_dataset", None)
    again = client.get("/v1/dcat.ttl", headers={"Host": "once.example"})
    assert (again.status_code, again.content) == (200, first.content)
    assert client.get("/v1/dcat.ttl", headers={"Host": "other.example"}).status_code == 500  # not cached
