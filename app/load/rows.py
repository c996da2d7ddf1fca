"""Read the seed's CSV files: every cell by its column's declared type, every fault with its place."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from app.entity import RESERVED_IDS, Anchored, Column, Entity, ValueFault, parse
from app.load.faults import SeedFault
from app.models import COLLECTIONS

LOCATORS = "locators.csv"
LONGEST_CELL = 5_000  # characters; a record of such texts still fits a row of the search index
OCCURRENCE = "occurrence"  # which of several equal words is meant; read here, served nowhere


@dataclass
class Row:
    """A record on its way into the database, and where it was read."""

    entity: type[Entity]
    file: str
    line: int
    values: dict[str, Any]
    occurrence: int | None = None
    broken: set[str] = field(default_factory=set)

    def fault(self, column: str, detail: str) -> SeedFault:
        """A fault of this row."""
        self.broken.add(column)
        return SeedFault(self.file, self.line, column, detail)

    @property
    def words(self) -> str:
        """The source's very words that this record stands on."""
        assert issubclass(self.entity, Anchored)  # noqa: S101 - tells the type
        return str(self.values[self.entity.words_column])


def read_rows(seed: Path, report: Callable[[str], None]) -> tuple[list[Row], list[SeedFault]]:
    """Every row of every collection's file, and every fault found in reading them."""
    rows: list[Row] = []
    faults = list(_stray_files(seed))
    for slug, entity in COLLECTIONS.items():
        path = seed / f"{slug}.csv"
        before = len(rows)
        for item in _read_file(path, entity):
            if isinstance(item, Row):
                rows.append(item)
            else:
                faults.append(item)
        report(f"read {path.name}: {len(rows) - before} records")
    faults += _repeated_ids(rows)
    return rows, faults


def _stray_files(seed: Path) -> Iterator[SeedFault]:
    known = [f"{slug}.csv" for slug in COLLECTIONS] + [LOCATORS]
    for path in sorted(seed.glob("*.csv")):
        if path.name not in known:
            near = get_close_matches(path.name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; the files are {', '.join(known)}"
            yield SeedFault(path.name, 0, "", f"no collection has this name{hint}")


def _read_file(path: Path, entity: type[Entity]) -> Iterator[Row | SeedFault]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        yield SeedFault(path.name, 0, "", "file not found; a collection without records is a file with a header alone")
        return
    except OSError as fault:
        yield SeedFault(path.name, 0, "", f"cannot be read: {fault.strerror}")
        return
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        wrong = fault.object[fault.start]
        yield SeedFault(
            path.name, line, "", f"not UTF-8: byte 0x{wrong:02X}; save the file as UTF-8 (in Excel: CSV UTF-8)"
        )
        return
    yield from _read_table(path.name, entity, text)


def _read_table(file: str, entity: type[Entity], text: str) -> Iterator[Row | SeedFault]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    line = 1
    try:
        header = next(reader, [])
        faults = list(_header_faults(file, entity, header))
        yield from faults
        if faults:
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) != len(header) and cells:
                detail = f"{len(cells)} cells where the header has {len(header)}; a cell with a comma wants quotes"
                yield SeedFault(file, line, "", detail)
            elif cells:
                yield from _read_row(file, line, entity, dict(zip(header, cells, strict=True)))
            line = reader.line_num + 1
    except csv.Error as fault:
        yield SeedFault(file, line, "", f"not valid CSV: {fault}")


def _header_faults(file: str, entity: type[Entity], header: list[str]) -> Iterator[SeedFault]:
    columns = entity.columns()
    given = {name for name, column in columns.items() if not column.declared.computed}
    optional = {OCCURRENCE} if issubclass(entity, Anchored) else set()
    if not header:
        yield SeedFault(file, 1, "", f"is empty; its header is {','.join(_in_order(columns, given))}")
        return
    for name in sorted(given - set(header)):
        yield SeedFault(file, 1, name, f"column missing; the columns are {', '.join(_in_order(columns, given))}")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield SeedFault(file, 1, name, "column given twice")
        if name in columns and columns[name].measured:
            yield SeedFault(
                file, 1, name, f"is filled from figures; state the number in figures.csv, with field {name}"
            )
        elif name in columns and columns[name].declared.computed:
            yield SeedFault(file, 1, name, "is computed; leave the column out")
        elif name not in given | optional:
            near = get_close_matches(name, given | optional, n=1)
            yield SeedFault(
                file, 1, name, "unknown column" + (f"; did you mean {near[0]}?" if near else "; leave it out")
            )


def _in_order(columns: Mapping[str, Column], names: Iterable[str]) -> list[str]:
    return [name for name in columns if name in names]


def _read_row(file: str, line: int, entity: type[Entity], cells: dict[str, str]) -> Iterator[Row | SeedFault]:
    row = Row(entity, file, line, {})
    for name, column in entity.columns().items():
        row.values[name] = None
        if not column.declared.computed:
            try:
                row.values[name] = _read_cell(column, cells[name])
            except ValueFault as fault:
                allowed = f"; it is one of {', '.join(fault.allowed)}" if fault.allowed else ""
                yield row.fault(name, f"{fault.detail}{allowed}")
    if occurrence := cells.get(OCCURRENCE):
        if occurrence.isdecimal() and len(occurrence) < 6 and int(occurrence) > 0:
            row.occurrence = int(occurrence)
        else:
            yield row.fault(OCCURRENCE, f"{occurrence!r} is not a whole number from 1")
    yield row


def _read_cell(column: Column, text: str) -> Any:
    if text != text.strip():
        raise ValueFault(f"{text!r} begins or ends with white space; take it away")
    if len(text) > LONGEST_CELL:
        raise ValueFault(f"is {len(text)} characters long; at most {LONGEST_CELL} can be searched and shown")
    if not text:
        if column.nullable:
            return None
        raise ValueFault("is empty and must not be")
    value = parse(column, text)
    declared = column.declared
    if declared.pattern and not re.fullmatch(declared.pattern, text):
        form = "a to z, 0 to 9 and single hyphens, such as youth-teams" if column.name == "id" else declared.pattern
        raise ValueFault(f"{text!r} has not the form {form}")
    if declared.ge is not None and value < declared.ge:
        raise ValueFault(f"{text} is less than {declared.ge}")
    if column.name == "id" and text in RESERVED_IDS:
        raise ValueFault(f"{text!r} is an address of its own; choose another id")
    return value


def _repeated_ids(rows: Iterable[Row]) -> Iterator[SeedFault]:
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row.file, row.values["id"])
        if row.values["id"] and key in first:
            yield row.fault("id", f"{row.values['id']!r} stands already on line {first[key].line}; ids are unique")
        first.setdefault(key, row)
