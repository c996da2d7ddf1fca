"""A figure's page describes its data in words: the span counted from one, and quotients rounded."""

import re

import pytest

from app.http.languages import LANGUAGES
from app.models.qualifiers import Status
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
def test_the_steps_to_a_value_are_in_the_language_of_the_page(site: Site, language: str) -> None:
    figures = site.get("/v1/figures?limit=200&include=evidence").json()["data"]
    stated = {f"/figures/{each['id']}": each["evidence"]["steps"] for each in figures}
    derived = site.get("/v1/derived-figures?limit=200").json()["data"]
    for path, steps in {**stated, **{f"/derived-figures/{each['id']}": each["steps"] for each in derived}}.items():
        shown = [text(step) for step in site.read(f"/{language}{path}").one("ol", class_="steps")]
        if language == "en":
            assert shown == steps
        else:
            assert len(shown) == len(steps)
            assert not any(re.search("[a-z]+ [a-z0-9]", step) for step in shown), shown


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
    chinese, english = (text(site.read(f"/{language}{path}").one("main")) for language in LANGUAGES)
    assert "限于学习和参考" in chinese
    assert "not for direct commercial use" in english
    assert "not for direct commercial use" not in chinese


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_answers_in_the_order_in_which_a_reader_asks(site: Site, language: str) -> None:
    figure = site.get("/v1/figures/fiscal-aid-funds?include=indicator,subject").json()["data"]
    page = site.read(f"/{language}/figures/{figure['id']}")
    (value, *_), words = page.all("p", class_="figure"), text(page.one("main"))
    assert text(value).startswith(figure[f"text_{language}"])
    answers = [
        figure[f"text_{language}"],
        figure["indicator"][f"definition_{language}"],
        {"zh": "所属：", "en": "Figure of "}[language] + figure["subject"][f"name_{language}"],
        {"zh": "出自《铜仁日报》", "en": "Reported by Tongren Daily"}[language],
        {"zh": "可直接引用的一句话", "en": "A sentence to quote"}[language],
        {"zh": "如何引用", "en": "How to cite"}[language],
        {"zh": "原文出处", "en": "In the source"}[language],
        {"zh": "全部字段", "en": "All fields"}[language],
    ]
    positions = [words.index(answer) for answer in answers]
    assert positions == sorted(positions)
    (fields,) = page.all("dl", class_="fields")
    assert page.is_within(fields, "details")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_sentence_to_quote_in_both_languages(site: Site, language: str) -> None:
    for figure in site.get("/v1/figures?limit=200").json()["data"]:
        page = site.read(f"/{language}/figures/{figure['id']}")
        (section,) = [each for each in page.all("section") if each.get("aria-labelledby") == "quote"]
        chinese, english = (text(each) for each in section.iter("div") if each.get("class") == "cited")
        expected = {"zh": "", "en": ""}
        if figure["status"] != "achieved":
            label = Status.label_of(figure["status"])
            expected = {"zh": f"（{label.zh}）", "en": f" ({label.en.lower()})"}
        assert (
            chinese
            == f"据《铜仁日报》（2022年8月6日转载）报道，{figure['name_zh']}为{figure['text_zh']}{expected['zh']}。"
        )
        told = f"{figure['name_en']}: {figure['text_en']}{expected['en']}"
        assert english == f"{told}, according to Tongren Daily (reposted 6 August 2022)."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_names_the_other_figures_of_its_subject(site: Site, language: str) -> None:
    figures = site.get("/v1/figures?limit=200").json()["data"]
    for figure in figures:
        page = site.read(f"/{language}/figures/{figure['id']}")
        sections = [each for each in page.all("section") if each.get("aria-labelledby") == "siblings"]
        shown = {text(each) for section in sections for each in section.iter("th") if each.get("scope") == "row"}
        assert shown == {
            each[f"name_{language}"]
            for each in figures
            if each["id"] != figure["id"]
            and (each["subject_kind"], each["subject_id"]) == (figure["subject_kind"], figure["subject_id"])
        }
