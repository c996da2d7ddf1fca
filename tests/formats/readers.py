"""The tools by which people read our files, each giving back plain records: what a test can compare.

Each is imported where it is used: together they take longer to import than all tests to collect.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

from openpyxl.utils.escape import unescape

from app.entity import Column

Record = dict[str, Any]
Columns = list[Column]
Reader = Callable[[Path, Columns], list[Record]]


def value_of(column: Column, text: str | None) -> Any:
    """What a cell of a flat file means; None is null."""
    if text is None:
        return None
    if column.is_list:
        items = text.split("|") if text else []
        return items if column.items is str else [json.loads(item) for item in items]
    readers: dict[type, Callable[[str], Any]] = {str: str, int: int, float: float, dt.date: dt.date.fromisoformat}
    return readers[column.scalar](text)


def with_csv(path: Path, columns: Columns) -> list[Record]:
    """The standard library, which does not distinguish an empty text from null."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines(keepends=True)))
    assert rows[0] == [column.name for column in columns]
    return [
        {column.name: value_of(column, cell or None) for column, cell in zip(columns, row, strict=True)}
        for row in rows[1:]
    ]


def with_pandas_csv(path: Path, columns: Columns) -> list[Record]:
    import pandas as pd

    frame = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return _flat([{str(name): value for name, value in record.items()} for record in records], columns)


def with_polars_csv(path: Path, columns: Columns) -> list[Record]:
    import polars as pl

    return _flat(pl.read_csv(path, infer_schema=False).to_dicts(), columns)


def with_duckdb_csv(path: Path, columns: Columns) -> list[Record]:
    return _flat(_duckdb(f"SELECT * FROM read_csv('{path}', all_varchar=true, header=true)"), columns)


def with_arrow_csv(path: Path, columns: Columns) -> list[Record]:
    import pyarrow.csv

    text = pyarrow.csv.ConvertOptions(
        column_types={column.name: pyarrow.string() for column in columns},
        strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""],
    )  # fmt: skip
    return _flat(pyarrow.csv.read_csv(path, convert_options=text).to_pylist(), columns)


def with_openpyxl(path: Path, columns: Columns) -> list[Record]:
    import openpyxl

    book = openpyxl.load_workbook(path)
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert sorted(header) == sorted(column.name for column in columns)  # in reading order
    records = (dict(zip(header, row, strict=True)) for row in rows)
    return [{column.name: _cell(column, _shown(record[column.name])) for column in columns} for record in records]


def with_pandas_xlsx(path: Path, columns: Columns) -> list[Record]:
    import pandas as pd

    frame = pd.read_excel(path, dtype=object, keep_default_na=False, na_values=[""])
    records = frame.where(frame.notna(), None).to_dict("records")
    return [{column.name: _cell(column, record[column.name]) for column in columns} for record in records]


def with_json(path: Path, _columns: Columns) -> list[Record]:
    records: list[Record] = json.loads(path.read_text("utf-8"))["data"]
    return records


def with_lines(path: Path, _columns: Columns) -> list[Record]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def with_pandas_ndjson(path: Path, columns: Columns) -> list[Record]:
    import pandas as pd

    frame = pd.read_json(path, lines=True, dtype=False)
    return [
        {column.name: _cell(column, record[column.name]) for column in columns} for record in frame.to_dict("records")
    ]


def with_polars_ndjson(path: Path, columns: Columns) -> list[Record]:
    import polars as pl

    return [
        {column.name: _cell(column, record[column.name]) for column in columns}
        for record in pl.read_ndjson(path, infer_schema_length=None).to_dicts()
    ]


def with_duckdb_ndjson(path: Path, columns: Columns) -> list[Record]:
    return [
        {column.name: _cell(column, record[column.name]) for column in columns}
        for record in plain(_duckdb(f"SELECT * FROM read_ndjson('{path}')"))
    ]


def with_arrow(path: Path, _columns: Columns) -> list[Record]:
    import pyarrow.parquet

    return plain(pyarrow.parquet.read_table(path).to_pylist())


def with_pandas_parquet(path: Path, columns: Columns) -> list[Record]:
    import pandas as pd

    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    return [
        {column.name: _cell(column, record[column.name]) for column in columns} for record in frame.to_dict("records")
    ]


def with_polars_parquet(path: Path, _columns: Columns) -> list[Record]:
    import polars as pl

    return plain(pl.read_parquet(path).to_dicts())


def with_duckdb_parquet(path: Path, _columns: Columns) -> list[Record]:
    return plain(_duckdb(f"SELECT * FROM '{path}'"))


READERS: dict[str, list[Reader]] = {
    "json": [with_json],
    "ndjson": [with_lines, with_pandas_ndjson, with_polars_ndjson, with_duckdb_ndjson],
    "csv": [with_csv, with_pandas_csv, with_polars_csv, with_duckdb_csv, with_arrow_csv],
    "xlsx": [with_openpyxl, with_pandas_xlsx],
    "parquet": [with_arrow, with_pandas_parquet, with_polars_parquet, with_duckdb_parquet],
}


def _duckdb(query: str) -> list[Record]:
    import duckdb

    result = duckdb.sql(query)
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def _flat(records: list[Record], columns: Columns) -> list[Record]:
    return [{column.name: value_of(column, record[column.name]) for column in columns} for record in records]


def plain(records: list[Record]) -> list[Record]:
    """Records as JSON has them; readers see dates at any depth."""
    return [{name: _without_dates(value) for name, value in each.items()} for each in records]


def _without_dates(value: Any) -> Any:
    if isinstance(value, dict):
        # A struct of Arrow has every key.
        return {name: _without_dates(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_dates(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _shown(cell: Any) -> Any:
    """A cell as spreadsheets show it; openpyxl leaves escaped characters to its caller."""
    return unescape(cell) if isinstance(cell, str) else cell


def _cell(column: Column, cell: Any) -> Any:
    """A typed cell as the value that it means, whatever type a tool has for it."""
    import pandas as pd

    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if isinstance(cell, list):
        return [
            {key: item[key] for key in get_type_hints(column.items)} if isinstance(item, dict) else item
            for item in cell
        ]
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, str) and column.scalar is not str:
        return value_of(column, cell)
    return cell
