"""Atom feeds of collections and searches, as a reader of feeds gets them."""

from itertools import pairwise
from typing import Any

import feedparser
import pytest
from starlette.testclient import TestClient

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.request.feeds import MAX_ENTRIES
from app.search import MAX_QUERY_CHARS

pytestmark = pytest.mark.databases("sqlite")

HTML, JSON = "text/html; charset=utf-8", "application/json"
HOSTILE = ["</title><script>", "]]>&amp;'\"", "\ufffe\uffff𠮷", "篮" * MAX_QUERY_CHARS, "a\tb\nc", "{searchTerms}"]


def read(client: TestClient, address: str, **query: Any) -> Any:
    """Return a feed, well-formed, with one id for each of its entries."""
    answer = client.get(address, params=query) if query else client.get(address)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8", answer.text
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    return feed


def links(parsed: Any) -> dict[str, str]:
    return {each.rel: each.href for each in parsed.links}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_collection_is_a_feed_in_each_language(client: TestClient, slug: str, language: str) -> None:
    feed = read(client, f"/v1/{slug}.atom", lang=language, limit=MAX_ENTRIES)
    records = {each["id"]: each for each in client.get(f"/v1/{slug}?limit=1000").json()["data"]}
    assert int(feed.feed.opensearch_totalresults) == len(records) == len(feed.entries)
    assert feed.feed.language == {"zh": "zh-Hans", "en": "en"}[language]
    assert feed.feed.author
    for entry in feed.entries:
        record = records[entry.links[1].href.rpartition("/")[2]]
        assert entry.title.startswith(record[f"name_{language}"])
        assert entry.link == f"http://testserver/{language}/{slug}/{record['id']}"
        assert entry.tags[0].term == slug
        if text := record.get(f"text_{language}"):
            assert entry.title.endswith(f"{'：' if language == 'zh' else ': '}{text}")
            assert record["as_stated"] in entry.summary
            assert links(entry)["via"] == record["source_url"]


def test_links_of_an_entry_lead_to_its_page_and_record(client: TestClient) -> None:
    (entry,) = read(client, "/v1/figures.atom?id=youth-teams&lang=en").entries
    assert [client.get(each.href).headers["content-type"] for each in entry.links[:2]] == [HTML, JSON]
    assert entry.summary == "As of 6 August 2022. As stated: 80支."


def test_what_is_planned_or_projected_says_so(client: TestClient) -> None:
    unusual = client.get("/v1/figures?status__ne=achieved&limit=1").json()["data"][0]
    (entry,) = read(client, f"/v1/figures.atom?id={unusual['id']}&lang=en").entries
    assert {"projected": "Projected.", "planned": "Planned."}[unusual["status"]] in entry.summary


@pytest.mark.parametrize("path", ["/v1/figures.atom?unit=CNY&lang=en&limit=2", "/v1/search.atom?q=篮球&limit=5"])
def test_the_parts_of_a_feed_are_linked(client: TestClient, path: str) -> None:
    parts = [read(client, path)]
    while following := links(parts[-1].feed).get("next"):
        parts.append(read(client, following))
    assert len(parts) > 2
    found = [entry.id for part in parts for entry in part.entries]
    assert len(set(found)) == len(found) == int(parts[0].feed.opensearch_totalresults)
    assert len({part.feed.id for part in parts}) == 1
    for one, other in pairwise(parts):
        assert [each.id for each in read(client, links(other.feed)["previous"]).entries] == [e.id for e in one.entries]
        assert [each.id for each in read(client, links(other.feed)["first"]).entries] == [
            each.id for each in parts[0].entries
        ]
        assert client.get(links(other.feed)["self"]).status_code == 200
        assert client.get(links(other.feed)["alternate"]).headers["content-type"] == HTML


def test_feeds_of_different_queries_and_languages_have_different_ids_and_titles(client: TestClient) -> None:
    addresses = [
        "figures.atom",
        "figures.atom?lang=en",
        "figures.atom?unit=CNY",
        "search.atom?q=tea",
        "search.atom?q=te",
    ]
    feeds = [read(client, f"/v1/{each}").feed for each in addresses]
    ids = [each.id for each in feeds]
    assert len(set(ids)) == len({each.title for each in feeds}) == len(ids)
    assert ids[0] == read(client, "/v1/figures.atom?lang=zh&limit=3&offset=2").feed.id


def test_a_search_is_a_feed_of_its_best_hits(client: TestClient) -> None:
    feed = read(client, "/v1/search.atom", q="篮球", collection="figures")
    hits = client.get("/v1/search", params={"q": "篮球", "collection": "figures"}).json()["data"]
    assert [each.links[1].href.rpartition("/")[2] for each in feed.entries] == [each["id"] for each in hits]
    assert feed.feed.title.startswith("检索：篮球")


@pytest.mark.parametrize("query", HOSTILE)
def test_any_query_is_well_formed(client: TestClient, query: str) -> None:
    feed = read(client, "/v1/search.atom", q=query, lang="en")
    assert feed.feed.opensearch_totalresults == "0"
    assert feed.feed.updated
    assert links(feed.feed)["alternate"].startswith("http://testserver/en/search?q=")


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/v1/search.atom", 422, "q"),
        (f"/v1/search.atom?q={'a' * (MAX_QUERY_CHARS + 1)}", 422, "q"),
        ("/v1/search.atom?q=a&lang=fr", 422, "lang"),
        ("/v1/search.atom?q=a&limit=101", 422, "limit"),
        ("/v1/figures.atom?limit=0", 422, "limit"),
        ("/v1/figures.atom?sort=value", 422, "sort"),
        ("/v1/figures.atom?unit=crown", 422, "unit"),
        ("/v1/figures.atom?offset=-1", 422, "offset"),
        ("/v1/nothing.atom", 404, None),
    ],
)
def test_other_queries_are_refused(client: TestClient, path: str, status: int, parameter: str | None) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert [each["parameter"] for each in answer.json().get("errors", [])] == [parameter][: parameter is not None]


def test_a_feed_follows_no_more_than_it_can_show_the_changes_of(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.feeds.MAX_FOLLOWED", 3)
    answer = client.get("/v1/programs.atom?limit=99")
    assert answer.status_code == 422
    assert "records match, and a feed follows at most 3. Add filters of '/v1/programs'" in answer.json()["detail"]
