"""The first screen of a page says who states the figures and when, as far as the source's record tells it."""

import re

import pytest

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from tests.portal.conftest import Site
from tests.portal.html import Document, text

PATHS = ["", "/search", "/charts", "/evidence", *(f"/{slug}" for slug in COLLECTIONS), *(f"/{slug}/{{id}}" for slug in COLLECTIONS)]  # fmt: skip
REPORTED = {
    "zh": "《铜仁日报》（据2022年8月6日的转载，报纸刊发日期未载明）",
    "en": "Tongren Daily (read on a repost of 6 August 2022; the newspaper’s own date is not stated)",
}
VERIFIED = {"zh": "未经独立核实", "en": "not independently verified"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_who_reports_its_figures(site: Site, path: str, language: str) -> None:
    line = text(site.read(f"/{language}{path}").one("p", class_="provenance"))
    assert REPORTED[language] in line
    assert VERIFIED[language] in line


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_card_on_the_home_page_says_who_reports_its_figure(site: Site, language: str) -> None:
    page = site.read(f"/{language}")
    figures = site.get("/v1/figures?limit=1").json()["meta"]["total"]
    assert re.match(rf"{figures} ", text(page.one("p", class_="provenance")))
    words = page.all("p", class_="words")
    assert words
    for each in words:
        assert {"zh": "《铜仁日报》（2022年8月6日转载）第", "en": "Tongren Daily (reposted 6 August 2022), paragraph"}[
            language
        ] in text(each)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_cites_the_newspaper_and_itself(site: Site, language: str) -> None:
    paper = {"zh": "《铜仁日报》", "en": "Tongren Daily"}[language]
    page = site.read(f"/{language}/figures/fiscal-aid-funds")
    full, short = citation(page)
    assert full.endswith(page.address)
    assert paper in full
    assert paper in short
    article, _ = citation(site.read(f"/{language}/sources/{site.first('sources')}"))
    assert paper in article
    assert site.base not in article


def citation(page: Document) -> list[str]:
    """Return the full and the short citation of a page."""
    (section,) = [each for each in page.all("section") if each.get("aria-labelledby") == "cite"]
    return [text(each) for each in section.iter("div") if each.get("class") == "cited"]
