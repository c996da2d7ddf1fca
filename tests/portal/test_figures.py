"""A figure's page describes its data in words: the span counted from one, and quotients rounded."""

import re

import pytest

from app.http.languages import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.html import text

SPAN = {"zh": r"第 (\d+) 段，第 (\d+) 至 (\d+) 字", "en": r"paragraph (\d+), characters (\d+) to (\d+)"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_shows_its_span_counted_from_one(site: Site, language: str) -> None:
    figures = site.get("/v1/figures?limit=200").json()["data"]
    assert figures
    for figure in figures:
        match = re.search(SPAN[language], text(site.read(f"/{language}/figures/{figure['id']}").one("main")))
        assert match
        paragraph, first, last = map(int, match.groups())
        assert (paragraph, first, last) == (figure["paragraph"], figure["start"] + 1, figure["end"])
        assert last - first + 1 == len(figure["as_stated"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quotient_is_rounded_and_its_data_are_exact(site: Site, language: str) -> None:
    derived = {each["id"]: each for each in site.get("/v1/derived-figures?limit=200").json()["data"]}
    share = next(each for each in derived.values() if each["formula"].startswith("stable-employment-in-guangdong"))
    (quotient, *_) = site.read(f"/{language}/derived-figures/{share['id']}").all("data")
    assert text(quotient) == "≈33.65%"
    assert quotient.get("value") == str(share["value"]) == "33.6526946"
    average = derived["players-per-youth-team"]
    (quotient, *_) = site.read(f"/{language}/derived-figures/{average['id']}").all("data")
    assert "12.25" in text(quotient)
    assert "≈" not in text(quotient)


@pytest.mark.parametrize("path", ["/sources/tongren-daily-2022-08-06", "/sources/tongren-daily-2022-08-06/evidence"])
def test_a_source_shows_the_terms_of_the_reposting_site(site: Site, path: str) -> None:
    assert "限于学习和参考" in site.get(f"/zh{path}").text
    assert "not for direct commercial use" in site.get(f"/en{path}").text
    assert "not for direct commercial use" not in site.get(f"/zh{path}").text
