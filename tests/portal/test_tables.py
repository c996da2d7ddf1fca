"""A table shows the API's response: the same records in the same order, the same values, and files of exactly those."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.entity import Absence, Column
from app.formats import FORMATS
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.collection import MAX_ORPHANS
from app.request.controls import DEFAULT_LIMIT
from tests.formats.readers import READERS
from tests.portal.conftest import Site
from tests.portal.html import Document, last_number, name, text
from tests.portal.pages import FILTERED, TABLES

ABSENT = {
    Absence.NOT_STATED: {"zh": "未载明", "en": "not stated"},
    Absence.NOT_RECORDED: {"zh": "未记录", "en": "not recorded"},
    Absence.NOT_APPLICABLE: {"zh": "—", "en": "—"},
}
FILTERS = [
    FILTERED,
    "/programs?q=%E7%AF%AE%E7%90%83&theme=culture-and-sport",
    "/programs?limit=10&offset=10",
    "/places?sort=-name_en",
]


def response(site: Site, path: str) -> Any:
    return site.client.get(f"{site.base}/v1{path}").raise_for_status().json()


def behind(site: Site, page: Document) -> Any:
    """Return the API's response that a page names as the one behind it, with all fields."""
    address = page.one("link", rel="alternate", type="application/json").attrib["href"]
    assert address in page.hrefs("footer")
    return site.client.get(re.sub(r"fields=[^&]*&?", "", address)).raise_for_status().json()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [*TABLES, *FILTERS])
def test_rows_are_the_records_in_order(site: Site, path: str, language: str) -> None:
    page = site.read(f"/{language}{path}")
    expected = behind(site, page)
    assert page.names() == [record[f"name_{language}"] for record in expected["data"]]
    links = [str(each.find("a").attrib["href"]) for each in page.all("th", scope="row")]  # type: ignore[union-attr]
    slug = path.split("?")[0]
    assert links == [f"{site.base}/{language}{slug}/{record['id']}" for record in expected["data"]]
    assert page.total() == expected["meta"]["total"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_value_of_every_column_is_that_of_the_api(site: Site, collection: str, language: str) -> None:
    names = [each for each in COLLECTIONS[collection].columns() if each != f"name_{language}"]
    page = site.read(f"/{language}/{collection}?fields={','.join(names)}")
    records = behind(site, page)["data"]
    assert len(page.rows()) == len(records)
    for cells, record in zip(page.rows(), records, strict=True):
        for field, cell in zip(names, cells, strict=True):
            assert shows(cell, COLLECTIONS[collection].columns()[field], record, language), (
                field,
                record[field],
                text(cell),
            )


def shows(cell: Any, column: Column, record: dict[str, Any], language: str) -> bool:
    """Return whether a cell shows a record's value: exactly in a <data> element, or as its text."""
    field = column.name
    value, data = record[field], [each.get("value") for each in cell.iter("data")]
    if field == "value" and value is None and "lower" in record:
        return data == [
            "–".join("…" if record[bound] is None else exact(record[bound]) for bound in ("lower", "upper"))
        ]
    if value is None:
        return text(cell) == ABSENT[column.absence][language]
    if isinstance(value, list):
        expected = [len(value)] if value and isinstance(value[0], dict) else value
        return all(str(each) in text(cell) for each in expected)
    return data == [exact(value)] if data else text(cell) == " ".join(exact(value).split())


def exact(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


@pytest.mark.parametrize("path", [*TABLES, *FILTERS])
def test_its_csv_holds_all_matching_records(site: Site, path: str) -> None:
    page = site.read(f"/zh{path}")
    rows = list(csv.DictReader(io.StringIO(site.client.get(files(page)["CSV"]).text)))
    assert len(rows) == page.total()
    if "fields=" not in path:
        offset = int(dict(parse_qsl(urlsplit(path).query)).get("offset", 0))
        assert [row["name_zh"] for row in rows][offset : offset + len(page.names())] == page.names()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_has_the_rows_and_columns_of_the_page(site: Site, kind: str, tmp_path: Path) -> None:
    page, path = site.read(f"/en{FILTERED}"), tmp_path / f"figures.{kind}"
    file = files(page)[kind.upper()]
    assert ("lang=en" in file) == FORMATS[kind].readable
    path.write_bytes(site.client.get(file.replace("&lang=en", "")).content)
    columns = [COLLECTIONS["figures"].columns()[name] for name in ("as_stated", "value", "status", "indicator_id")]
    records = READERS[kind][0](path, columns)
    assert list(records[0]) == [column.name for column in columns]
    assert [record["as_stated"] for record in records] == [text(cells[0]) for cells in page.rows()]
    assert len(records) == page.total()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/zh/figures", "{} 行、{} 列，行的次序同上表（按原文先后排列）："),
        ("/en/indicators", "{} rows and {} columns, the rows as in the table (sorted by Theme):"),
        ("/en/figures?q=basketball", "{} rows and {} columns, the rows as in the table (best matches first):"),
        (
            "/en/figures?fields=as_stated,value,indicator.theme&sort=-value,status",
            "{} rows and {} columns, the rows as in the table (sorted by Value (descending), Status). The chosen columns "
            "are As stated, Value, Indicator: Theme:",
        ),
    ],
)
def test_the_words_above_the_files_tell_their_rows_and_columns(site: Site, path: str, words: str) -> None:
    page = site.read(path)
    (section,) = [each for each in page.all("section") if each.get("aria-labelledby") == "take"]
    (header, *rows) = csv.reader(io.StringIO(site.client.get(files(page)["CSV"]).text))
    assert words.format(len(rows), len(header)) in text(section)


@pytest.mark.parametrize("collection", ["figures", "programs"])
def test_records_are_in_the_order_of_the_article(site: Site, collection: str) -> None:
    spans = [
        (each["source_id"], each["paragraph"], each["start"])
        for each in behind(site, site.read(f"/zh/{collection}"))["data"]
    ]
    assert spans == sorted(spans)
    assert response(site, f"/{collection}")["data"][0]["id"] == min(
        each["id"] for each in response(site, f"/{collection}?limit=1000")["data"]
    )


def test_a_few_last_rows_are_not_left_alone_on_a_page(site: Site) -> None:
    page = site.read("/zh/programs")
    assert DEFAULT_LIMIT < page.total() <= DEFAULT_LIMIT + MAX_ORPHANS, "the seed no longer has such a collection"
    assert len(page.rows()) == page.total()
    assert not page.all("nav", class_="pages")


@pytest.mark.parametrize(
    ("query", "is_indexed"),
    [
        ("", True), ("?unit=CNY", True), ("?q=donation", True), ("?offset=10", True), ("?unit=CNY&status=projected", False),
        ("?sort=-value", False), ("?fields=value", False), ("?q=donation&unit=CNY", False), ("?limit=5", False),
    ],
)  # fmt: skip
def test_search_engines_get_one_address_for_each_table(site: Site, query: str, is_indexed: bool) -> None:
    page = site.read(f"/en/figures{query}")
    assert page.one("link", rel="canonical").get("href") == f"{site.base}/en/figures"
    robots = [each.get("content") for each in page.all("meta", name="robots")]
    assert robots == ([] if is_indexed else ["noindex, follow"])
    leading_on = [link for part in (page.one("thead"), page.one("aside")) for link in part.iter("a")]
    assert {link.get("rel") for link in leading_on} == {"nofollow"}


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/en/figures?unit=CNY&status=projected", "Figures (Unit: yuan; Status: Projected) · Shanhai Open Data"),
        ("/zh/figures?value__gte=1000", "数字（值 ≥ 1,000） · 山海开放数据"),
        ("/en/figures", "Figures · Shanhai Open Data"),
    ],
)
def test_the_title_tells_the_filters(site: Site, path: str, title: str) -> None:
    assert text(site.read(path).one("title")) == title


def test_facets_that_matter_come_first_and_numbers_in_their_order(site: Site) -> None:
    facets = {text(each.find("summary")): each for each in site.read("/en/figures").one("aside").iter("details")}  # type: ignore[arg-type]
    assert list(facets)[:3] == ["Theme", "Unit", "Status"]
    assert [title for title, each in facets.items() if "open" in each.attrib] == ["Theme", "Unit", "Status"]
    paragraphs = [int(text(each)) for each in facets["Paragraph"].iter("span") if not each.get("class")]
    assert paragraphs == sorted(paragraphs)
    assert len(paragraphs) > 1


def test_a_theme_is_chosen_and_narrowed_to_one_of_its_indicators(site: Site) -> None:
    def choices(page: Document, title: str) -> list[Any]:
        (facet,) = [each for each in page.one("aside").iter("details") if text(each.find("summary")) == title]  # type: ignore[arg-type]
        return list(facet.iter("a"))

    def chips(page: Document) -> list[str]:
        return [text(each) for each in page.one("ul", class_="chips").iter("a")][:-1]

    theme = choices(site.read("/en/figures"), "Theme")[0].attrib["href"].removeprefix(site.base)
    page = site.read(theme)
    assert [chip.split(":")[0] for chip in chips(page)] == ["Theme"]
    records = response(site, f"/figures?{urlsplit(theme).query}&include=indicator")["data"]
    assert len({each["indicator"]["theme"] for each in records}) == 1
    narrowed = Document(site.client.get(choices(page, "Indicator")[0].attrib["href"]))
    assert [chip.split(":")[0] for chip in chips(narrowed)] == ["Indicator"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotients_name_what_they_count_and_no_more_digits_than_their_words_bear(site: Site, language: str) -> None:
    page = site.read(f"/{language}/derived-figures")
    shown = dict(zip(page.names(), (text(cells[0]) for cells in page.rows()), strict=True))
    records = {each["id"]: each for each in response(site, "/derived-figures")["data"]}
    expected = {
        "fiscal-aid-per-project": {"zh": "平均每个项目约281.9万元", "en": "about CNY 2.819 million per project"},
        "job-postings-per-enterprise": {"zh": "岗位", "en": "job postings per enterprise"},
        "cash-share-of-donations": {"zh": "约31%", "en": "about 31%"},
    }
    for record_id, words in expected.items():
        assert words[language] in shown[records[record_id][f"name_{language}"]]
        assert words[language] in text(site.read(f"/{language}/derived-figures/{record_id}").one("main"))
    assert records["cash-share-of-donations"]["value"] == 31.3


def test_a_table_without_records_offers_no_files(site: Site) -> None:
    assert files(site.read("/zh/programs?q=zzzz")) == {}


def files(page: Document) -> dict[str, str]:
    """Return the addresses of the files that a page offers, by format."""
    return {text(link): link.attrib["href"] for part in page.all("p", class_="files") for link in part.iter("a")}


@pytest.mark.parametrize("path", [*TABLES, FILTERED])
def test_a_facet_value_matches_as_many_records_as_announced(site: Site, path: str) -> None:
    page = site.read(f"/zh{path}")
    choices = [link for part in page.all("aside") for link in part.iter("a")]
    for choice in choices:
        followed = site.client.get(choice.attrib["href"]).raise_for_status().text
        total = last_number(followed.split('<p class="total"')[1].split("</p>")[0])
        added = choice.get("aria-current") is None and "unit=" not in path
        assert total == last_number(text(choice)) or not added, text(choice)


@pytest.mark.parametrize("path", TABLES)
def test_a_facet_value_can_be_removed(site: Site, path: str) -> None:
    page = site.read(f"/zh{path}")
    for part in page.all("aside")[:1]:
        first = next(part.iter("a")).attrib["href"].removeprefix(site.base)
        chosen = site.read(first)
        (current,) = [link for link in chosen.one("aside").iter("a") if link.get("aria-current")]
        assert current.attrib["href"] == page.address
        assert [link.attrib["href"] for link in chosen.one("ul", class_="chips").iter("a")] == [page.address] * 2


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_heading_sorts_by_its_column_and_then_reverses(site: Site, collection: str) -> None:
    page = site.read(f"/zh/{collection}")
    for number, heading in enumerate(page.headings()):
        if (link := heading.find("a")) is None:  # of a related record
            continue
        directions = []
        address = link.attrib["href"]
        for _ in range(2):
            sort = urlsplit(address).query
            followed = site.client.get(address).raise_for_status()
            again = Document(followed)
            names = [record["name_zh"] for record in response(site, f"/{collection}?{sort}&limit=1000")["data"]]
            assert len(again.rows()) >= min(len(names), DEFAULT_LIMIT)  # a page may have a few more
            assert again.names() == names[: len(again.rows())]
            directions.append(again.headings()[number].get("aria-sort"))
            assert [each.get("aria-sort") for each in again.headings()].count(None) == len(page.headings()) - 1
            address = next(again.headings()[number].iter("a")).attrib["href"]
        assert sorted(map(str, directions)) == ["ascending", "descending"]


def test_pages_of_a_table_follow_one_another(site: Site) -> None:
    seen: list[str] = []
    page: Document | None = site.read("/zh/programs?limit=10")
    whole = site.read("/zh/programs").total()
    while page:
        seen += page.names()
        onward = page.all("a", rel="next")
        assert bool(page.all("a", rel="prev")) == (len(seen) > 10)
        page = site.read(onward[0].attrib["href"].removeprefix(site.base)) if onward else None
    assert len(seen) == len(set(seen)) == whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_preserve_the_rest_of_the_query(site: Site, language: str) -> None:
    page = site.read(f"/{language}{FILTERED}")
    search, columns = (form for form in page.one("main").iter("form"))
    hidden = {
        each.attrib["name"]: each.attrib["value"] for each in search.iter("input") if each.get("type") == "hidden"
    }
    assert hidden == {
        "unit": "CNY",
        "value__gte": "1000000",
        "sort": "-value",
        "fields": "as_stated,value,status,indicator_id",
    }
    chosen = [each.attrib["value"] for each in columns.iter("input") if "checked" in each.attrib]
    assert sorted(chosen) == ["as_stated", "indicator_id", "status", "value"]
    assert [text(each) for each in columns.iter("legend")]
    assert name(columns) == "form"
