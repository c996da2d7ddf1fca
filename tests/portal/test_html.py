"""Every page is valid HTML: parsed strictly, well ordered, labelled and in one language."""

from collections.abc import Iterator

import httpx
import pytest

from tests.portal.conftest import Site
from tests.portal.html import Document
from tests.portal.page_checks import CHECKS, Check
from tests.portal.pages import ALL, PROBLEMS


@pytest.mark.parametrize("path", ALL)
def test_no_check_finds_a_fault_on_a_page(site: Site, path: str) -> None:
    page = site.read(path)
    assert page.response.status_code == PROBLEMS.get(path[3:], 200)
    faults = [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(page)]
    faults += [f"revalidation: {fault}" for fault in revalidation(site, page)]
    faults += [f"API link: {fault}" for fault in api_link(site, page)]
    assert faults == []


def revalidation(site: Site, page: Document) -> Iterator[str]:
    """Yield what a client gets that already has the page, unless it is an empty 304."""
    if page.response.status_code == 200:
        again = site.client.get(page.address, headers={"If-None-Match": page.response.headers["etag"]})
        if (again.status_code, again.content) != (304, b""):
            yield f"{again.status_code} with {len(again.content)} bytes"


def api_link(site: Site, page: Document) -> Iterator[str]:
    """Yield what is wrong with the footer's link to the API response that the page shows."""
    links = [each.get("href") for line in page.all("p", class_="answer") for each in line.iter("a")]
    if page.response.status_code != 200 or page.address.endswith(("/zh/search", "/en/search")):
        yield from map(str, links)
        return
    alternates = [each.get("href") for each in page.all("link", rel="alternate", type="application/json")]
    if len(links) != 1 or alternates != links:
        yield f"footer {links}, head {alternates}"
        return
    if f'<{links[0]}>; rel="alternate"; type="application/json"' not in page.response.headers["link"]:
        yield f"header {page.response.headers['link']}"
    response = site.client.get(str(links[0]))
    if response.status_code != 200 or "json" not in response.headers["content-type"] or not response.json():
        yield f"{links[0]}: {response.status_code} {response.headers['content-type']}"


# For each check, a replacement in the body of a sound page, or in one of its headers, that it must report.
FAULTS = {
    "media_type": ("content-type", "utf-8", "gb18030"),
    "structure": ("", "</body>", "<footer>another</footer></body>"),
    "tables": ("", "<tr>", "<tr><td>one cell too many</td>"),
    "outline": ("", "<h1", "<h4>too deep</h4><h1"),
    "ids": ("", "</main>", '<p><a href="#nothing">a</a></p></main>'),
    "pictures": ("", "</main>", '<img src="/static/mark.svg" alt=""></main>'),
    "labels": ("", "</main>", '<p><a href="/zh"></a></p></main>'),
    "links": ("", "</main>", '<p><a href="javascript:alert(1)">a</a></p></main>'),
    "head": ("", 'content="website"', 'content="article"'),
    "policy": ("content-security-policy", "'self'", "'unsafe-inline'"),
    "cookies": ("set-cookie", "", "session=1"),
    "isolation": ("x-frame-options", "DENY", "SAMEORIGIN"),
    "caching": ("etag", '"', 'W/"'),
    "language": ("", "<main", '<main lang="de"'),
    "chinese_in_english": ("", "</main>", "<p>东莞</p></main>"),
    "english_in_chinese": ("", "</main>", "<p>not a word of it</p></main>"),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_reports_a_fault(site: Site, check: Check) -> None:
    header, old, new = FAULTS[check.__name__]
    sound = site.get("/en/programs" if check.__name__ == "chinese_in_english" else "/zh/programs")
    headers = {name: text for name, text in sound.headers.items() if name not in {"content-encoding", "content-length"}}
    body = sound.text
    if header:
        headers[header] = headers.get(header, "").replace(old, new, 1)
    else:
        body = body.replace(old, new, 1)
    assert list(check(Document(sound))) == []
    assert list(check(Document(httpx.Response(200, headers=headers, content=body.encode(), request=sound.request))))
