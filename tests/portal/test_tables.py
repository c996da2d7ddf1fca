"""A table shows the API's response: the same records in the same order, the same values, and files of exactly those."""

import csv
import io
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.entity import Absence, Column
from app.formats import FORMATS
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [*TABLES, *FILTERS])
def test_rows_are_the_records_in_order(site: Site, path: str, language: str) -> None:
    page, expected = site.read(f"/{language}{path}"), response(site, path.split("&fields")[0])
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
    records = response(site, f"/{collection}")["data"]
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/figures", {"zh": "含全部列", "en": "with every column"}),
        (
            "/figures?fields=as_stated,value,indicator.theme",
            {
                "zh": "只含所选的列（原文数词、值、指标·主题）",
                "en": "with the chosen columns only (As stated, Value, Indicator: Theme)",
            },
        ),
    ],
)
def test_the_words_above_the_files_tell_their_columns(
    site: Site, path: str, columns: dict[str, str], language: str
) -> None:
    page = site.read(f"/{language}{path}")
    (section,) = [each for each in page.all("section") if each.get("aria-labelledby") == "take"]
    assert columns[language] in text(section)
    (header, *rows) = csv.reader(io.StringIO(site.client.get(files(page)["CSV"]).text))
    fields = path.partition("fields=")[2]
    assert header == (fields.split(",") if fields else list(COLLECTIONS["figures"].columns()))
    assert f"{len(rows)}" in text(section)


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
        (link,) = heading.iter("a")
        directions = []
        address = link.attrib["href"]
        for _ in range(2):
            sort = urlsplit(address).query
            followed = site.client.get(address).raise_for_status()
            again = Document(followed)
            assert again.names() == [record["name_zh"] for record in response(site, f"/{collection}?{sort}")["data"]]
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
