"""What holds for every document alike: it names only what is there, is the same everywhere, and derives from entities."""

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
from tests.conftest import BOTH, NewDatabase, client_of, loaded

pytestmark = pytest.mark.databases("sqlite")

FORMS = [(each.path, name, form.media_type) for each in DOCUMENTS for name, form in each.forms.items()]
ADDRESS = r"""https?://[^\s"'<>\\)]+"""


def ask(path: str, name: str) -> str:
    several = next(len(each.offered) for each in DOCUMENTS if each.path == path) > 1
    return f"{path}?format={name}" if several else path


@pytest.fixture(scope="module")
def answered(web: httpx.Client, service: str) -> dict[str, int]:
    """The status of every address of ours that any document names, by address."""
    urls: set[str] = set()
    for path, name, _ in FORMS:
        text = web.get(service + ask(path, name)).raise_for_status().text.replace("&amp;", "&")
        urls |= {each for each in re.findall(ADDRESS, text) if each.startswith(service)}
    plain = {each.split("#")[0].rstrip(".,;}") for each in urls if "{" not in each}
    return {address: web.get(address, follow_redirects=True).status_code for address in sorted(plain)}


def test_every_address_that_they_name_answers(answered: dict[str, int]) -> None:
    assert len(answered) > 80
    assert {address: status for address, status in answered.items() if status != 200} == {}


@pytest.mark.parametrize(("path", "name", "media_type"), FORMS)
def test_every_form_says_what_it_is(client: TestClient, path: str, name: str, media_type: str) -> None:
    answer = client.get(ask(path, name))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["etag"]
    again = client.get(ask(path, name), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    if "json" in media_type:
        assert answer.json()


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each.page], ids=lambda each: each.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_html_is_sent_to_the_page_in_their_language(
    client: TestClient, document: Document, language: str
) -> None:
    accept: dict[str, str] = {"Accept": "text/html", "Accept-Language": f"{language}-XX, *;q=0.1"}
    for address, headers in ((document.path, accept), (f"{document.path}?format=html", {**accept, "Accept": "*/*"})):
        answer = client.get(address, headers=headers, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"http://testserver/{language}{document.page}")
        assert "Accept-Language" in answer.headers["vary"]
        assert client.get(answer.headers["location"]).headers["content-language"].startswith(language)


@pytest.mark.parametrize("path", sorted({path for path, *_ in FORMS}))
def test_a_stray_parameter_is_refused(client: TestClient, path: str) -> None:
    assert client.get(f"{path}?colour=red").status_code == 422


def test_they_are_the_same_from_every_database(new_database: NewDatabase) -> None:
    bodies: list[dict[str, bytes]] = []
    for kind in BOTH:
        with client_of(loaded(new_database(kind))) as client:
            bodies.append({ask(path, name): client.get(ask(path, name)).content for path, name, _ in FORMS})
    for address, body in bodies[0].items():
        if address.endswith(".ttl"):
            assert sorted(body.splitlines()) == sorted(bodies[1][address].splitlines())
        else:
            assert body == bodies[1][address], address


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_collection_is_in_every_document_that_lists_them(client: TestClient, slug: str) -> None:
    for path in ("/v1/datapackage.json", "/v1/dcat.jsonld", "/v1/croissant.json", "/v1/csv-metadata.json"):
        assert f"{slug}.csv" in client.get(path).text, path
    assert f'"{slug}"' in client.get("/v1/dictionary").text


def test_no_standard_names_an_entity() -> None:
    """Adding one changes no file there: none says the slug or the class of a collection, but of those it is made of."""
    # A figure's evidence and a derived figure's provenance are documents of these entities, and of no other.
    own = {"annotation.py": {"figures"}, "item.py": {"figures"}, "dictionary.py": {"figures"}, "prov.py": {"figures", "derived-figures"}, "dcat.py": {"places"},
           "schema_org.py": {"places"}}  # fmt: skip
    for path in sorted((ROOT / "app" / "standards").rglob("*.py")):
        code = re.sub(r'""".*?"""|#[^\n]*', "", path.read_text("utf-8"), flags=re.DOTALL)
        named = {slug for slug in COLLECTIONS if re.search(rf"""["'/]{slug}["'/]""", code)}
        assert named <= own.get(path.name, set()) | {"sources"}, path
        assert "app.models" not in code, path


def test_the_home_page_carries_what_search_engines_read(client: TestClient) -> None:
    page = client.get("/").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL)
    document: dict[str, Any] = json.loads(script)
    assert document == client.get("/v1/schema.jsonld").json()
    assert document["@type"] == "Dataset"
    assert all(document[key] for key in ("name", "description", "license", "creator", "distribution", "isBasedOn"))


def test_no_document_gives_the_date_of_a_repost_as_the_newspaper_s(client: TestClient) -> None:
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
def test_what_is_covered_begins_nowhere_where_a_date_is_unknown(
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


def test_a_document_is_written_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turtle takes long to write: who asks again, with the same release and address, gets what was written."""
    first = client.get("/v1/dcat.ttl", headers={"Host": "once.example"})
    monkeypatch.setattr("app.api.documents.read_dataset", None)
    again = client.get("/v1/dcat.ttl", headers={"Host": "once.example"})
    assert (again.status_code, again.content) == (200, first.content)
    assert client.get("/v1/dcat.ttl", headers={"Host": "other.example"}).status_code == 500  # is written anew
