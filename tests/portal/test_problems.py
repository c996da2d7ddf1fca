"""Problems as pages: in the page's language, with links to what would be right."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.errors import (
    PROBLEMS,
    Fault,
    HeadTooLarge,
    InvalidQuery,
    MethodNotAllowed,
    RangeNotSatisfiable,
    ReleaseChanged,
    ShanhaiError,
    TooManyRequests,
    problem_of,
)
from app.http.languages import LANGUAGES
from app.portal.language import TAGS
from tests.conftest import client_of
from tests.portal.conftest import BROWSER_ACCEPT, Site
from tests.portal.html import Document, text
from tests.portal.page_checks import chinese_in_english, english_in_chinese

BROWSER = {"Accept": BROWSER_ACCEPT}
OF_OWN_WORDS: list[Exception] = [
    MethodNotAllowed("POST"),
    RangeNotSatisfiable(10),
    ReleaseChanged("2022-08", "2022-09"),
    *(TooManyRequests(f"600/{period}", 5) for period in ("second", "minute", "hour", "day")),
    InvalidQuery([Fault("x", "For operators only.")]),
    RuntimeError("For operators only."),
]
# Fields that are too large are never read, so the answer is no page in the language that they prefer.
KINDS: list[Any] = [each for each in PROBLEMS if each not in {Exception, HeadTooLarge, *map(type, OF_OWN_WORDS)}]
ERRORS: list[Exception] = [*OF_OWN_WORDS, *(kind("For operators only.") for kind in KINDS)]


@pytest.mark.databases("sqlite")
def test_every_kind_of_error_is_a_page_in_its_language(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(address) as client:
        for error in ERRORS:

            def fail(*_: object, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr("app.portal.page.read_release", fail)
            for language in LANGUAGES:
                page = shown(client, "GET", f"/{language}/data")
                assert page.response.status_code == problem_of(error).status
                assert page.root.get("lang") == TAGS[language]
                assert [*english_in_chinese(page), *chinese_in_english(page)] == []
                is_plain = isinstance(error, ShanhaiError) and not error.faults
                detail = str(error) if is_plain else problem_of(error).title
                assert language == "zh" or str(detail) in text(page.one("main"))
                again = [href for href in page.hrefs("main") if href.endswith(f"/{language}/data")]
                assert len(again) == 1 + ("retry-after" in page.response.headers)  # one link is on every problem page


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/zh/figures", "/en", "/", "/figures", "/nothing"])
def test_another_method_is_refused_with_a_page(client: TestClient, method: str, path: str) -> None:
    page = shown(client, method, path)
    assert page.response.status_code == 405
    assert page.response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert [*english_in_chinese(page), *chinese_in_english(page)] == []


def shown(client: TestClient, method: str, path: str) -> Document:
    """Return what a browser shows in answer to a request."""
    response: Any = client.request(method, path, headers=BROWSER)
    return Document(response)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/figures?unti=CNY&limit=5", "/figures?limit=5&unit=CNY"),
        ("/figures?unit=CNYY", "/figures?unit=CNY"),
        ("/figures?unit__in=person,CNYY", "/figures?unit__in=person,CNY"),
        ("/figures?sort=-valu,id", "/figures?sort=-value,id"),
        ("/figures?fields=id,valeu", "/figures?fields=id,value"),
        ("/programs?theme=societies", "/programs?theme=industry"),
        ("/search?q=a&collection=figurs", "/search?collection=figures&q=a"),
        ("/figurs?unit=CNY", "/figures?unit=CNY"),
        ("/figurs/youth-teams", "/figures/youth-teams"),
        ("/doc", "/docs"),
        ("/figures/youth-team", "/figures/youth-teams"),
        ("/figures/nope", "/figures"),
        ("/charts/job", "/charts/jobs"),
    ],
)
def test_a_problem_links_to_what_would_be_right(site: Site, language: str, path: str, right: str) -> None:
    page = site.read(f"/{language}{path}")
    assert page.response.status_code in {404, 422}
    address = f"{site.base}/{language}{right}".replace(",", "%2C")
    assert address in [href.replace(",", "%2C") for href in page.hrefs()]
    assert site.get(f"/{language}{right}").status_code == 200


def test_only_the_nearest_of_many_allowed_values_are_shown(site: Site) -> None:
    page = site.read("/zh/figures?fields=valeu,nothing,nothing")
    assert 1 <= len(page.all("ul", class_="inline")[0].findall("li")) <= 3
    assert f"{site.base}/zh/docs/dictionary" in page.hrefs()


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/figures?unit=CNY", 307, "/en/figures?unit=CNY"),
        ("/figures/youth-teams", 307, "/en/figures/youth-teams"),
        ("/evidence", 307, "/en/evidence"),
        ("/docs/guides/api", 307, "/en/docs/guides/api"),
        ("/EN", 308, "/en"),
        ("/Zh/figures?unit=CNY", 308, "/zh/figures?unit=CNY"),
        ("/nothing", 404, None),
        ("/v1/nothing", 404, None),
        ("/zh/nothing", 404, None),
    ],
)
def test_a_page_without_its_language_redirects_to_the_negotiated_one(
    site: Site, path: str, status: int, location: str | None
) -> None:
    headers = {**BROWSER, "Accept-Language": "en"}
    response = site.client.get(f"{site.base}{path}", headers=headers, follow_redirects=False)
    assert (response.status_code, response.headers.get("location")) == (status, location and f"{site.base}{location}")
    assert status != 307 or "Accept-Language" in response.headers["vary"]
