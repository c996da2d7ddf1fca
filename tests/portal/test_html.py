"""Every page is HTML as the standard has it: read strictly, well ordered, labelled, in one language and free of code."""

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
    assert page.answer.status_code == PROBLEMS.get(path[3:], 200)
    faults = [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(page)]
    faults += [f"sent again: {fault}" for fault in sent_again(site, page)]
    faults += [f"answer shown: {fault}" for fault in answer_shown(site, page)]
    assert faults == []


def sent_again(site: Site, page: Document) -> Iterator[str]:
    """What is sent to a client that has the page already."""
    if page.answer.status_code == 200:
        again = site.client.get(page.address, headers={"If-None-Match": page.answer.headers["etag"]})
        if (again.status_code, again.content) != (304, b""):
            yield f"{again.status_code} with {len(again.content)} bytes"


def answer_shown(site: Site, page: Document) -> Iterator[str]:
    """What is wrong with the link in the footer to the answer of the API that the page shows."""
    shown = [each.get("href") for line in page.all("p", class_="answer") for each in line.iter("a")]
    if page.answer.status_code != 200 or page.address.endswith(("/zh/search", "/en/search")):
        yield from map(str, shown)
        return
    alternates = [each.get("href") for each in page.all("link", rel="alternate", type="application/json")]
    if len(shown) != 1 or alternates != shown:
        yield f"footer {shown}, head {alternates}"
        return
    if f'<{shown[0]}>; rel="alternate"; type="application/json"' not in page.answer.headers["link"]:
        yield f"header {page.answer.headers['link']}"
    answer = site.client.get(str(shown[0]))
    if answer.status_code != 200 or "json" not in answer.headers["content-type"] or not answer.json():
        yield f"{shown[0]}: {answer.status_code} {answer.headers['content-type']}"


# For each check, what is put for the first of something in the body of a sound page, or in a field of its header.
FAULTS = {
    "media_type": ("content-type", "utf-8", "gb18030"),
    "elements_and_attributes": ("", "<main", '<main onlick="1"'),
    "nesting": ("", "<tr>", "<tr><td><a href='/'><button type='submit'>a</button></a></td>"),
    "table_rows": ("", "<tr>", "<tr><td>one cell too many</td>"),
    "outline": ("", "<h1", "<h4>too deep</h4><h1"),
    "ids": ("", "</main>", '<p><a href="#nothing">a</a></p></main>'),
    "landmarks": ("", "</body>", "<footer>another</footer></body>"),
    "pictures": ("", "</main>", '<img src="/static/mark.svg"></main>'),
    "forms": ("", "</main>", '<form action="/zh"><input name="x"></form></main>'),
    "empty_texts": ("", "</main>", '<p><a href="/zh"></a></p></main>'),
    "head": ("", 'content="website"', 'content="article"'),
    "code_in_the_page": ("", "</main>", '<p style="color: red">a</p></main>'),
    "policy": ("content-security-policy", "'self'", "'unsafe-inline'"),
    "caching": ("etag", '"', 'W/"'),
    "foreign_parts": ("", "</main>", '<img src="https://example.org/a.png" alt="" width="1" height="1"></main>'),
    "language": ("", "<main", '<main lang="de"'),
    "chinese_in_english": ("", "</main>", "<p>东莞</p></main>"),
    "english_in_chinese": ("", "</main>", "<p>not a word of it</p></main>"),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_finds_a_fault_where_there_is_one(site: Site, check: Check) -> None:
    field, old, new = FAULTS[check.__name__]
    sound = site.get("/en/programs" if check.__name__ == "chinese_in_english" else "/zh/programs")
    headers = {
        name: value for name, value in sound.headers.items() if name not in {"content-encoding", "content-length"}
    }
    body = sound.text
    if field:
        headers[field] = headers[field].replace(old, new, 1)
    else:
        body = body.replace(old, new, 1)
    assert list(check(Document(sound))) == []
    assert list(check(Document(httpx.Response(200, headers=headers, content=body.encode(), request=sound.request))))
