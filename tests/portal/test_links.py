"""No link of the site leads nowhere."""

from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

import pytest

from tests.portal.conftest import Site
from tests.portal.html import elements
from tests.portal.pages import ALL, ALL_SOUND

REFERRING = ("href", "src", "action", "data-spec", "data-vega")


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, str]:
    """Every address of this site that stands on a page, with one of the pages on which it does."""
    found: dict[str, str] = {}
    for path in ALL_SOUND:
        for each in elements(site.read(path).root):
            for address in filter(None, map(each.get, REFERRING)):
                if site.is_here(address):
                    found.setdefault(address, path)
    return found


def test_every_link_answers(site: Site, links: dict[str, str]) -> None:
    read = {site.read(path).address for path in ALL}
    asked = {shape(address): address for link in links if (address := urldefrag(link).url) not in read}
    assert len(asked) > 100
    dead = {
        address: answer.status_code
        for address in asked.values()
        if not (answer := site.client.head(address)).is_success and not is_refused_on_purpose(address)
    }
    assert {address: (status, links.get(address)) for address, status in dead.items()} == {}


def shape(address: str) -> tuple[str, ...]:
    """What makes two links of one kind: the path and what is asked for, whichever values; tables try each value."""
    parts = urlsplit(address)
    return parts.path, *sorted({name for name, _ in parse_qsl(parts.query)})


def is_refused_on_purpose(address: str) -> bool:
    """Whether the query guide shows it as what is refused."""
    return address.endswith("/v1/figures/aggregate?measure=sum:value")


def test_every_anchor_on_another_page_is_there(site: Site, links: dict[str, str]) -> None:
    pages = {page.address: page for page in map(site.read, ALL)}
    asked = [urldefrag(link) for link in links]
    known = [(url, unquote(fragment)) for url, fragment in asked if fragment and url in pages]
    assert known
    missing = [(url, anchor) for url, anchor in known if not pages[url].all(id=anchor)]
    assert missing == []


@pytest.mark.parametrize("path", ["/zh/", "/en/", "/zh/figures/", "/en/docs/queries/"])
def test_a_slash_too_many_leads_to_the_page(site: Site, path: str) -> None:
    answer = site.client.get(f"{site.base}{path}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, f"{site.base}{path.rstrip('/')}")


@pytest.mark.parametrize("asset", ["style.css", "portal.js", "charts.js", "mark.svg"])
def test_what_pages_load_is_packed_and_kept(site: Site, asset: str) -> None:
    answer = site.get(f"/static/{asset}", **{"Accept-Encoding": "br"})
    assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "image/svg+xml"}
    assert site.get(f"/static/{asset}", **{"If-None-Match": answer.headers["etag"]}).status_code == 304
