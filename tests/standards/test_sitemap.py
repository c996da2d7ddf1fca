"""The sitemap lists all pages by absolute address with the date of their release; robots.txt links to it."""

from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal import PAGES as SITE
from app.standards import sitemap as standard
from app.standards.sitemap import MAX_URLS, PAGES, robots, sitemap
from tests.standards.dataset import BASE, DATASET

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OLD = {"id": "2026.10-def", "edition": "2026.10", "released_on": "2026-10-01"}
TWO = DATASET._replace(history=(DATASET.release, OLD))
RECORDS = {"figures": ["a", "b"], "places": ["bijiang"]}


def listed(document: bytes) -> dict[str, str]:
    """Return the addresses with their dates, after checking that each is listed once."""
    root = ElementTree.fromstring(document)  # noqa: S314
    assert root.tag == f"{NAMESPACE}urlset"
    assert all([child.tag for child in url] == [f"{NAMESPACE}loc", f"{NAMESPACE}lastmod"] for url in root)
    dates = {url[0].text or "": url[1].text or "" for url in root}
    assert len(dates) == len(root)
    return dates


def test_it_lists_pages_releases_collections_and_records() -> None:
    assert set(listed(sitemap(TWO, RECORDS))) == {
        f"{BASE}/",
        f"{BASE}/v1/releases/2026.11-abc",
        f"{BASE}/v1/releases/2026.10-def",
        *(f"{BASE}/{language}{path}" for language in LANGUAGES for path in PAGES),
        *(f"{BASE}/{language}/{slug}" for language in LANGUAGES for slug in COLLECTIONS),
        *(f"{BASE}/{language}/figures/{each}" for language in LANGUAGES for each in "ab"),
        *(f"{BASE}/{language}/places/bijiang" for language in LANGUAGES),
    }


def test_all_readable_pages_are_listed() -> None:
    unlisted = {"/evidence", "/search"}  # a redirect, and a form
    assert set(PAGES) == {path for path in SITE if "{" not in path} - unlisted
    assert standard.LANGUAGES == LANGUAGES


def test_the_date_is_that_of_the_release() -> None:
    days = listed(sitemap(TWO, RECORDS))
    assert days.pop(f"{BASE}/v1/releases/2026.10-def") == "2026-10-01"
    assert set(days.values()) == {"2026-11-23"}


def test_a_full_sitemap_lists_every_record() -> None:
    others = len(listed(sitemap(TWO, {})))
    most = [f"f{number}" for number in range((MAX_URLS - others) // 2)]
    assert MAX_URLS == 50_000
    assert MAX_URLS - 1 <= len(listed(sitemap(TWO, {"figures": most}))) <= MAX_URLS


def test_beyond_the_limit_no_record_is_listed() -> None:
    without = listed(sitemap(TWO, {}))
    more = [f"f{number}" for number in range((MAX_URLS - len(without)) // 2 + 1)]
    assert listed(sitemap(TWO, {"figures": more})) == without


def test_special_characters_in_the_address_are_escaped() -> None:
    odd = TWO._replace(base_url="https://data.example/a&b<c>")
    assert "https://data.example/a&b<c>/zh/figures" in listed(sitemap(odd, {}))
    assert sitemap(odd, {}).startswith(b"<?xml version='1.0' encoding='utf-8'?>")


def test_robots_allows_all_and_names_the_sitemap() -> None:
    parser = RobotFileParser()
    parser.parse(robots(DATASET).decode().splitlines())
    assert parser.site_maps() == [f"{BASE}/sitemap.xml"]
    assert all(
        parser.can_fetch(agent, f"{BASE}{path}") for agent in ("*", "Googlebot") for path in ("/", "/v1/figures")
    )
    assert b"Disallow" not in robots(DATASET)
    assert robots(DATASET).startswith(f"# Notes for assistants: {BASE}/llms.txt\nUser-agent: *\n".encode())
