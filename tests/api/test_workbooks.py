"""Workbooks: an Excel table in reading order, labels with `lang`, and cells that spreadsheets show rightly."""

import io
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from app.formats import FORMATS
from app.models import COLLECTIONS
from app.request.aggregate import read_aggregate_request
from app.request.measures import groups, measures
from app.request.records import read_file_request
from tests.api.test_labels import label_of, labelled_columns
from tests.conftest import Record

pytestmark = pytest.mark.databases("sqlite")

Everything = dict[str, list[Record]]


def sheet_of(client: TestClient, address: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(client.get(address).content)).worksheets[0]


def texts_of(sheet: Any, row: int = 1) -> list[Any]:
    return [cell.value for cell in sheet[row]]


@pytest.mark.parametrize("query", ["", "?lang=zh", "?labels=en"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_workbook_has_an_excel_table_of_all_records(
    client: TestClient, everything: Everything, slug: str, query: str
) -> None:
    sheet = sheet_of(client, f"/v1/{slug}.xlsx{query}")
    (name,) = sheet.tables
    table = sheet.tables[name]
    assert name == slug.replace("-", "_")
    assert table.ref == table.autoFilter.ref == sheet.dimensions
    assert sheet.max_row == len(everything[slug]) + 1
    assert [column.name for column in table.tableColumns] == texts_of(sheet)
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref is None  # Excel repairs a sheet with a filter beside that of its table


@pytest.mark.parametrize("path", ["figures.xlsx?unit=t", "figures/aggregate.xlsx?unit=t&group_by=unit"])
def test_an_excel_table_without_records_has_an_empty_row(client: TestClient, path: str) -> None:
    sheet = sheet_of(client, f"/v1/{path}")
    (name,) = sheet.tables
    assert sheet.tables[name].ref.endswith("2")
    assert sheet.max_row == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_titles_are_distinct_as_excel_compares_them(slug: str, lang: str) -> None:
    entity, xlsx = COLLECTIONS[slug], FORMATS["xlsx"]
    requests: list[Any] = [read_file_request(entity, [("lang", lang)], xlsx)]
    for group in groups(entity):
        query = [("lang", lang), ("group_by", group), ("measure", ",".join(measures(entity)))]
        requests.append(read_aggregate_request(entity, query, xlsx))
    for request in requests:
        titles = [getattr(column.declared.title, lang).lower() for column in request.columns if not column.label_of]
        assert len(set(titles)) == len(titles)
        assert max(map(len, titles)) < 255 - len(" (identifier)")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_reader_of_one_language_meets_labels_before_slugs(
    client: TestClient, everything: Everything, slug: str, lang: str
) -> None:
    sheet = sheet_of(client, f"/v1/{slug}.xlsx?lang={lang}")
    header, columns = texts_of(sheet), COLLECTIONS[slug].columns()
    rows = [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    mark = {"zh": "（标识）", "en": " (identifier)"}[lang]
    assert header[0] == getattr(columns[f"name_{lang}"].declared.title, lang)
    for column in labelled_columns(COLLECTIONS[slug]):
        title = getattr(column.declared.title, lang)
        assert (
            header.index(title)
            < header.index(f"{title}{mark}")
            > header.index(getattr(columns["id"].declared.title, lang))
        )
        for row, record in zip(rows, everything[slug], strict=True):
            assert row[title] == label_of(everything, column, record, lang)
            assert row[f"{title}{mark}"] == record[column.name]


def test_columns_are_in_reading_order(client: TestClient) -> None:
    order = (
        "name_zh name_en value lower upper unit si_value si_unit text_zh text_en as_stated indicator_id subject_kind "
        "subject_id subject_collection place_id field comparator status period per change as_of time time_kind time_end part_of_id "
        "standing time_start conflicts_with_id replaced_by_id note_zh note_en time_stated source_id paragraph start "
        "end time_paragraph time_offset source_url id"
    )
    assert texts_of(sheet_of(client, "/v1/figures.xlsx")) == order.split()
    labelled = texts_of(sheet_of(client, "/v1/figures.xlsx?labels=zh"))
    assert labelled[labelled.index("status") + 1] == "status_label"
    chinese = texts_of(sheet_of(client, "/v1/figures.xlsx?lang=zh"))
    assert chinese[:4] == ["中文名", "值", "下限", "上限"]
    assert (
        chinese.index("中文数值") == chinese.index("原文数词") - 1 < chinese.index("英文名") < chinese.index("英文数值")
    )
    fields = texts_of(sheet_of(client, "/v1/figures.xlsx?lang=zh&fields=id,status,value"))
    assert fields == ["标识", "状态（标识）", "状态", "值"]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_names_come_first_and_positions_last(slug: str) -> None:
    request = read_file_request(COLLECTIONS[slug], [], FORMATS["xlsx"])
    names = [column.name for column in request.columns]
    assert sorted(names) == sorted(COLLECTIONS[slug].columns())
    assert names[:2] == ["name_zh", "name_en"]
    ranks = [column.declared.rank > 1 for column in request.columns[:-1]]
    assert (ranks, names[-1]) == (sorted(ranks), "id")


def test_labels_have_the_language_that_is_asked_for(client: TestClient) -> None:
    sheet = sheet_of(client, "/v1/figures.xlsx?id=job-postings&lang=zh&labels=en")
    row = dict(zip(texts_of(sheet), texts_of(sheet, 2), strict=True))
    assert (row["单位"], row["单位（标识）"]) == ("item", "item")
    assert row["状态"] == "Reported as achieved"
