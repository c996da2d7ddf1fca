"""Whatever a value looks like, every format gives it back: commas, formulas, emoji, empty texts, seventeen digits."""

import csv
import datetime as dt
import io
import tempfile
import zipfile
from collections.abc import Generator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import openpyxl
import psutil
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from app.entity import Bilingual, Column, Declared, Table
from app.errors import InvalidQuery
from app.formats import FORMATS, Options
from app.models.source import Paragraph
from tests.formats.readers import READERS, with_arrow, with_csv, with_lines, with_openpyxl

KINDS: dict[str, tuple[type, Any]] = {
    "id": (str, None),
    "text": (str, None),
    "number": (float, None),
    "integer": (int, None),
    "day": (dt.date, None),
    "words": (list, str),
    "objects": (list, Paragraph),
}
COLUMNS = tuple(
    Column(
        name,
        scalar,
        True,
        Declared(Bilingual("标题", "Title"), Bilingual("说明", "About")),
        sa.Column(name),
        None,
        items,
    )
    for name, (scalar, items) in KINDS.items()
)

# Text as the loader takes it: no control characters but tab, line feed and carriage return.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"), max_size=40)
ODD = ["", " ", "=1+1", "+1", "-1", "@x", "a,b", 'say "no"', "two\nlines", "\ttab", "null", "NA", "1", "1e5", "true",
       "油茶", "𠮷野家", "👩‍🌾", "https://example.org", "_x0041_", "'", "a|b", "2022-08-06", "\ufeff", "<b>&amp;</b>"]  # fmt: skip
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.tuples(
    st.just("x"),
    st.none() | TEXT | st.sampled_from(ODD),
    st.none() | NUMBERS | st.sampled_from([0.1 + 0.2, 980.0, 1e300, 5e-324, -0.0, 2.0**53]),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    st.none() | st.lists(TEXT.filter(lambda text: text and "|" not in text), max_size=3),
    st.none() | st.lists(st.fixed_dictionaries({"number": st.integers(0, 9), "length": st.integers(0, 9), "sha256": st.just("ab"), "located_on": st.just("2026-11-26")}, optional={"numerals": st.integers(0, 9), "unaccounted": st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), max_size=2)}), max_size=2),
)  # fmt: skip


def table_of(rows: list[tuple[Any, ...]]) -> Table:
    written = [msgspec.json.encode(dict(zip(KINDS, row, strict=True))) for row in rows]
    return Table(
        "odd", Bilingual("怪", "Odd"), COLUMNS, [rows[:2], rows[2:]], [written[:2], written[2:]], {"total": len(rows)}
    )


def read_back(form: str, reader: Any, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"odd.{form}")
        path.write_bytes(b"".join(FORMATS[form].encode(table_of(rows), Options())))
        records: list[dict[str, Any]] = reader(path, list(COLUMNS))
        return records


def plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in record.items()}


def emptied(record: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value in ("", []) else value for name, value in record.items()}


@pytest.mark.parametrize("form", READERS)
@given(rows=st.lists(ROWS, max_size=5))
@settings(max_examples=60)
def test_values_come_back(form: str, rows: list[tuple[Any, ...]]) -> None:
    reader = {"csv": with_csv, "xlsx": with_openpyxl, "parquet": with_arrow, "ndjson": with_lines}.get(
        form, READERS[form][0]
    )
    expected = [plain(dict(zip(KINDS, row, strict=True))) for row in rows]
    records = [plain(each) for each in read_back(form, reader, rows)]
    if form in {"csv", "xlsx"}:  # whose readers here take an empty text, or an empty list, for nothing
        records, expected = ([emptied(each) for each in each_side] for each_side in (records, expected))
    assert records == expected


@given(text=TEXT)
def test_csv_tells_null_from_an_empty_text(text: str) -> None:
    rows: list[tuple[Any, ...]] = [
        ("x", "", 1.5, 2, None, [], None),
        ("x", None, None, None, None, None, None),
        ("x", text, None, 1, None, ["a", "b"], None),
    ]
    lines = b"".join(FORMATS["csv"].encode(table_of(rows), Options())).split(b"\r\n")
    assert lines[:3] == [b"id,text,number,integer,day,words,objects", b'x,"",1.5,2,,"",', b"x,,,,,,"]
    assert lines[3].startswith(b'x,""' if text == "" else b'x,"' if {*text} & {*',"\n'} else b"x," + text.encode())


@given(
    rows=st.lists(st.tuples(st.just("x"), *[st.none() | st.sampled_from(ODD[1:]) | TEXT.filter(bool)] * 6), max_size=5)
)
def test_csv_quotes_as_the_standard_library_does(rows: list[tuple[str | None, ...]]) -> None:
    columns = tuple(replace(COLUMNS[1], name=name) for name in KINDS)
    expected = io.StringIO(newline="")
    csv.writer(expected, lineterminator="\r\n").writerows([tuple(KINDS), *rows])
    written = b"".join(FORMATS["csv"].encode(replace(table_of([]), columns=columns, rows=[rows]), Options()))
    assert written.decode() == expected.getvalue()


@pytest.mark.parametrize("text", ODD)
def test_a_workbook_holds_texts_as_texts(text: str) -> None:
    content = b"".join(FORMATS["xlsx"].encode(table_of([("x", text, None, None, None, None, None)]), Options()))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"<hyperlink" not in sheet
    cell = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["B2"]
    assert cell.data_type in {"s", "inlineStr", "n"}
    assert unescape(cell.value or "") == text  # as spreadsheets read it; openpyxl leaves it to its caller


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    rows = [("x", "长" * 32_768, None, None, None, None, None)]
    with pytest.raises(InvalidQuery, match="longer than 32767"):
        b"".join(FORMATS["xlsx"].encode(table_of(rows), Options()))
    assert len(read_back("csv", with_csv, rows)[0]["text"]) == 32_768


@pytest.mark.parametrize(
    ("text", "shown"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\r\nb", "a\n\nb"), ("_x000D_", "_x000D_")]
)
def test_lines_of_a_cell_end_as_spreadsheets_end_them(text: str, shown: str) -> None:
    ((record),) = read_back("xlsx", with_openpyxl, [("x", text, None, None, None, None, None)])
    assert record["text"] == shown


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (701500000.0, "#,##0"),
        (-843.0, "#,##0"),
        (33333333.3, "#,##0.###"),
        (12.25, "#,##0.###"),
        (0.0625, "General"),  # which would be rounded
        (0.0004, "General"),
        (1e300, "General"),
    ],
)
def test_a_number_is_shown_with_separators_and_never_rounded(number: float, code: str) -> None:
    table = table_of([("x", None, number, 1_234_567, dt.date(2022, 8, 6), None, None)])
    content = b"".join(FORMATS["xlsx"].encode(table, Options()))
    cells = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][2]
    assert [cell.number_format for cell in cells[2:5]] == [code, "#,##0", "yyyy-mm-dd"]
    assert cells[2].value == number


@pytest.mark.parametrize("form", ["xlsx", "parquet", "csv", "ndjson", "json"])
def test_the_same_table_is_the_same_bytes(form: str) -> None:
    rows: list[tuple[Any, ...]] = [("x", "a", 0.1, 1, dt.date(2022, 8, 6), ["x"], [])]
    first, second = (b"".join(FORMATS[form].encode(table_of(rows), Options())) for _ in range(2))
    assert first == second


def test_a_workbook_that_nobody_wants_is_not_packed() -> None:
    table = replace(table_of([("x", None, None, None, None, None, None)] * 3), rows=repeat([("x",) + (None,) * 6]))
    pieces = FORMATS["xlsx"].encode(table, Options())
    assert isinstance(pieces, Generator)
    before = psutil.Process().num_fds()
    with patch("xlsxwriter.Workbook.close") as pack:
        assert [next(pieces) for _ in range(5)] == [b""] * 5
        assert psutil.Process().num_fds() > before
        pieces.close()
    assert not pack.called
    assert psutil.Process().num_fds() == before
