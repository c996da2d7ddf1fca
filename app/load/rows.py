"""Read the seed's CSV files: every cell by its column's declared type, every fault with its place."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app.entity import RESERVED_IDS, Cited, Column, Entity, ValueFault, parse
from app.load.faults import SeedFault
from app.models import COLLECTIONS
from app.nearest import suggest_nearest

LOCATORS = "locators.csv"
LONGEST_CELL = 5_000  # characters; a record of such texts still fits a row of the search index
OCCURRENCE = "occurrence"  # which of several equal words is meant; read here, served nowhere
CHUNK = 1_000  # rows that are read at once
BLOCK = 1 << 20  # bytes
SHORT, KEPT = 100, 1_000  # so many values of so many characters are remembered of a column: many are given often


class Chunk(NamedTuple):
    """Some lines of a collection's file, parted into cells."""

    entity: type[Entity]
    file: str
    header: tuple[str, ...]
    lines: list[tuple[int, list[str]]]


@dataclass(slots=True)
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
        assert issubclass(self.entity, Cited)  # noqa: S101 - tells the type
        return str(self.values[self.entity.words_column])


def read_rows(seed: Path, report: Callable[[str], None]) -> tuple[list[Row], list[SeedFault]]:
    """Every row of every collection's file, and every fault found in reading them."""
    rows: list[Row] = []
    faults = list(stray_files(seed))
    for slug, entity in COLLECTIONS.items():
        before = len(rows)
        for part in read_file(seed / f"{slug}.csv", entity):
            for item in [part] if isinstance(part, SeedFault) else read_chunk(part):
                (rows if isinstance(item, Row) else faults).append(item)  # type: ignore[arg-type]
        report(f"read {slug}.csv: {len(rows) - before} records")
    return rows, faults


def stray_files(seed: Path) -> Iterator[SeedFault]:
    """Files that hold no collection."""
    known = [f"{slug}.csv" for slug in COLLECTIONS] + [LOCATORS]
    for path in sorted(seed.glob("*.csv")):
        if path.name not in known:
            hint = suggest_nearest(path.name, known) or f" The files are {', '.join(known)}."
            yield SeedFault(path.name, 0, "", f"no collection has this name.{hint}")


def read_file(path: Path, entity: type[Entity]) -> Iterator[Chunk | SeedFault]:
    """The lines of a collection's file, and what makes it unreadable."""
    try:
        if undecodable := _undecodable(path):
            yield undecodable
            return
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _read_table(path.name, entity, csv.reader(file, strict=True))
    except FileNotFoundError:
        yield SeedFault(path.name, 0, "", "file not found; a collection without records is a file with a header alone")
    except OSError as fault:
        yield SeedFault(path.name, 0, "", f"cannot be read: {fault.strerror}")


def _undecodable(path: Path) -> SeedFault | None:
    """The first byte that is no UTF-8; found before any row is read, or each would be told to be wrong."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                # What the decoder kept of the block before stands at the beginning, and holds no line end.
                line += fault.object[: fault.start].count(b"\n")
                wrong = fault.object[fault.start]
                told = f"not UTF-8: byte 0x{wrong:02X}; save the file as UTF-8 (in Excel: CSV UTF-8)"
                return SeedFault(path.name, line, "", told)
            if not block:
                return None
            line += block.count(b"\n")


def _read_table(file: str, entity: type[Entity], reader: Any) -> Iterator[Chunk | SeedFault]:
    line = 1
    lines: list[tuple[int, list[str]]] = []
    try:
        header = tuple(next(reader, ()))
        faults = list(_header_faults(file, entity, list(header)))
        yield from faults
        if faults:
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                lines.append((line, cells))
                if len(lines) == CHUNK:
                    yield Chunk(entity, file, header, lines)
                    lines = []
            elif cells:
                detail = f"{len(cells)} cells where the header has {len(header)}; a cell with a comma wants quotes"
                yield SeedFault(file, line, "", detail)
            line = reader.line_num + 1
    except csv.Error as fault:
        yield SeedFault(file, line, "", f"not valid CSV: {fault}")
    if lines:
        yield Chunk(entity, file, header, lines)


def _header_faults(file: str, entity: type[Entity], header: list[str]) -> Iterator[SeedFault]:
    columns = entity.columns()
    given = {name for name, column in columns.items() if not column.declared.computed}
    # A seed from before a nullable column was added has none of its values.
    required = {name for name in given if not columns[name].nullable}
    optional = {OCCURRENCE} if issubclass(entity, Cited) else set()
    if not header:
        yield SeedFault(file, 1, "", f"is empty; its header is {','.join(_in_order(columns, given))}")
        return
    for name in sorted(required - set(header)):
        yield SeedFault(file, 1, name, f"column missing; the columns are {', '.join(_in_order(columns, given))}")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield SeedFault(file, 1, name, "column given twice")
        if name in columns and columns[name].has_own_unit:
            yield SeedFault(
                file, 1, name, f"is filled from figures; state the number in figures.csv, with field {name}"
            )
        elif name in columns and columns[name].declared.computed:
            yield SeedFault(file, 1, name, "is computed; leave the column out")
        elif name not in given | optional:
            hint = suggest_nearest(name, given | optional) or " Leave it out."
            yield SeedFault(file, 1, name, f"unknown column.{hint}")


def _in_order(columns: Mapping[str, Column], names: Iterable[str]) -> list[str]:
    return [name for name in columns if name in names]


def read_chunk(chunk: Chunk) -> Iterator[Row | SeedFault]:
    """The rows of a chunk, and every fault found in reading them."""
    cells = _cells(chunk.entity, chunk.header)
    unread = dict.fromkeys(chunk.entity.columns())
    occurrences = chunk.header.index(OCCURRENCE) if OCCURRENCE in chunk.header else None
    for line, texts in chunk.lines:
        row = Row(chunk.entity, chunk.file, line, dict(unread))
        for cell in cells:
            try:
                row.values[cell.name] = cell[texts[cell.place]]
            except ValueFault as fault:
                allowed = f" It is one of {', '.join(fault.allowed)}." if fault.allowed else ""
                yield row.fault(cell.name, f"{fault.detail}{allowed}")
        if occurrences is not None and (occurrence := texts[occurrences]):
            if occurrence.isdecimal() and len(occurrence) < 6 and int(occurrence) > 0:
                row.occurrence = int(occurrence)
            else:
                yield row.fault(OCCURRENCE, f"{occurrence!r} is not a whole number from 1")
        yield row


class _Cell(dict[str, Any]):
    """The cells of one column: where in a row they stand, and the values of those that were read already."""

    def __init__(self, column: Column, place: int) -> None:
        super().__init__()
        self.name = column.name
        self.place = place
        self._column = column

    def __missing__(self, text: str) -> Any:
        """The value of a cell. Raises ValueFault."""
        value = _read_cell(self._column, text)
        if len(self) < KEPT and len(text) <= SHORT:
            self[text] = value
        return value


@lru_cache
def _cells(entity: type[Entity], header: tuple[str, ...]) -> list[_Cell]:
    """The cells that are read, in the order of the columns; a column that the file lacks stays null."""
    columns = entity.columns().values()
    return [
        _Cell(column, header.index(column.name))
        for column in columns
        if not column.declared.computed and column.name in header
    ]


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
