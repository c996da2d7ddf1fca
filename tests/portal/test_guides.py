"""The guides: every document for readers in docs/ is a page, with the service's own addresses and links between pages."""

from pathlib import Path

import pytest

from app.models import COLLECTIONS
from app.portal.guides import FOLDER, GUIDES
from app.request.relations import relations
from tests.portal.conftest import Site
from tests.portal.html import text

NO_GUIDES = {"licences", "threat-model"}  # about the installation, for those who have the repository


def titles(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8").splitlines()[0] for path in folder.glob("*.md")}


def test_every_document_is_a_guide_with_the_title_of_its_first_heading() -> None:
    assert {name: f"# {guide.title.en}" for name, guide in GUIDES.items()} == {
        name: title for name, title in titles(FOLDER).items() if name not in NO_GUIDES
    }
    assert {name: f"# {GUIDES[name].title.zh}" for name in titles(FOLDER / "zh")} == titles(FOLDER / "zh")


def test_a_guide_without_a_translation_says_so_in_chinese(site: Site) -> None:
    translated, english = site.read("/zh/docs/guides/api"), site.read("/zh/docs/guides/speed")
    assert not translated.all("p", class_="note")
    assert text(english.one("p", class_="note")) == "这份指南目前只有英文版。"
    assert [each.get("id") for each in translated.all("h2")] == [
        each.get("id") for each in site.read("/en/docs/guides/api").all("h2")
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_have_the_address_of_the_service_and_links_lead_to_pages(site: Site, language: str) -> None:
    page = site.read(f"/{language}/docs/guides/api")
    code = " ".join(map(text, page.all("pre")))
    assert f"curl '{site.base}/v1/figures?unit=CNY" in code
    assert ":8000/" not in code
    links = {each.get("href") for each in page.one("main").iter("a")}
    assert f"{site.base}/{language}/docs/guides/search" in links
    assert not [link for link in links if link and link.endswith(".md")]


def test_a_link_to_a_file_of_the_repository_is_text(site: Site) -> None:
    page = site.read("/en/docs/guides/speed")
    assert "bench/results.md" in text(page.one("main"))
    assert not [each for each in page.one("main").iter("a") if "results.md" in str(each.get("href"))]


def test_a_table_has_headings_and_aligns_numbers_by_class(site: Site) -> None:
    page = site.read("/en/docs/guides/speed")
    table = page.all("table")[0]
    first, *headings = next(table.iter("tr"))
    assert (first.tag, first.get("class")) == ("td", None)
    assert {(each.tag, each.get("scope"), each.get("class")) for each in headings} == {("th", "col", "number")}
    assert {row[0].get("scope") for row in list(table.iter("tr"))[1:]} == {"row"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_dictionary_finds_every_field_and_lists_what_can_be_included(site: Site, language: str) -> None:
    page = site.read(f"/{language}/docs/dictionary")
    fields = {f"#{slug}.{name}" for slug, entity in COLLECTIONS.items() for name in entity.columns()}
    assert fields <= {each.get("href") for each in page.one("details", class_="index").iter("a")}
    for slug, entity in COLLECTIONS.items():
        (section,) = page.all("section", id=slug)
        names = {text(each) for part in section.findall("p") for each in part.iter("code")}
        assert names == relations(entity).keys()
        assert section.findall("p")[-1].find("a").get("href") == "#top"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", GUIDES)
def test_every_table_of_a_guide_has_a_name_of_its_own(site: Site, name: str) -> None:
    names = [each.get("aria-label") for each in site.read(f"/zh/docs/guides/{name}").all("div", role="region")]
    assert len({*names}) == len(names)
