"""Every link of the site works."""

from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

import pytest

from tests.portal.conftest import Site
from tests.portal.html import elements
from tests.portal.pages import ALL, ALL_SOUND

pytestmark = pytest.mark.slow

REFUSED = "/v1/figures/aggregate?measure=sum:value"  # the query guide shows it as an example of a refusal
REFERRING = ("href", "src", "action", "data-spec", "data-vega")


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, str]:
    """Every address of this site that a page refers to, with one such page."""
    pages: dict[str, str] = {}
    for path in ALL_SOUND:
        for each in elements(site.read(path).root):
            for address in filter(None, map(each.get, REFERRING)):
                if site.is_own(address):
                    pages.setdefault(address, path)
    return pages


def test_every_link_works(site: Site, links: dict[str, str]) -> None:
    read = {site.read(path).address for path in ALL}
    unread = {shape(address): address for link in links if (address := urldefrag(link).url) not in read}
    assert len(unread) > 100
    dead = {
        address: (response.status_code, links.get(address))
        for address in unread.values()
        if not (response := site.client.head(address)).is_success and not address.endswith(REFUSED)
    }
    assert dead == {}


def shape(address: str) -> tuple[str, ...]:
    """Return the path and parameter names of a link; of links that differ in values only, one is tried."""
    parts = urlsplit(address)
    return parts.path, *sorted({name for name, _ in parse_qsl(parts.query)})


def test_every_anchor_on_another_page_exists(site: Site, links: dict[str, str]) -> None:
    pages = {page.address: page for page in map(site.read, ALL)}
    known = [(url, unquote(anchor)) for url, anchor in map(urldefrag, links) if anchor and url in pages]
    assert known
    missing = [(url, anchor) for url, anchor in known if not pages[url].all(id=anchor)]
    assert missing == []
