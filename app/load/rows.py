"""Read the seed's CSV files: parse each cell by its column's declared type, and report every fault with its line."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from app.entity import RESERVED_IDS, Cited, Column, Entity, ValueFault, parse
from app.load.faults import SeedFault
from app.models import COLLECTIONS
from app.models.term import Term
from app.nearest import suggest_nearest

LOCATORS = "locators.csv"
SYNONYMS = "synonyms.csv"
MAX_CELL_CHARS = 5_000  # a record of such texts still fits a row of the search index
OCCURRENCE = "occurrence"  # an input column: which of several equal words in a paragraph is cited
# What a header may have in place of commas.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", "，": "Chinese commas"}
LIST_SEPARATORS = "、，,；;/｜"  # that curators write where one | belongs between the texts of a list
CHUNK_ROWS = 1_000
MAX_CACHED_CELLS = 4_000

Report = Callable[[str], None]


class Chunk(NamedTuple):
    """Consecutive rows of a collection's file: each with its line number and its cells."""

    entity: type[Entity]
    file: str
    header: tuple[str, ...]
    lines: list[tuple[int, list[str]]]


@dataclass(slots=True)
class Row:
    """A row of a seed file with its parsed and computed values; `broken` are the columns that have a fault."""

    entity: type[Entity]
    file: str
    line: int
    values: dict[str, Any]
    occurrence: int | None = None
    broken: set[str] = field(default_factory=set)

    def fault(self, column: str, detail: str) -> SeedFault:
        """Return a fault of this row, and mark the column as broken."""
        self.broken.add(column)
        return SeedFault(self.file, self.line, column, detail)

    def pick(self, *columns: str) -> "Row":
        """Return the row with only its id and these columns, to keep until a collection is complete."""
        values = {name: self.values[name] for name in ("id", *columns)}
        return Row(self.entity, self.file, self.line, values)

    @property
    def words(self) -> str:
        """The words of the source that this record cites."""
        assert issubclass(self.entity, Cited)  # noqa: S101 - narrows the type
        return str(self.values[self.entity.words_column])


def read_rows(seed: Path, report: Report) -> tuple[list[Row], list[SeedFault]]:
    """Return the rows of all files, and the faults found in parsing them."""
    rows: list[Row] = []
    faults = list(unknown_files(seed))
    for slug, entity in COLLECTIONS.items():
        before = len(rows)
        for part in read_file(seed / f"{slug}.csv", entity):
            for item in [part] if isinstance(part, SeedFault) else parse_chunk(part):
                (rows if isinstance(item, Row) else faults).append(item)  # type: ignore[arg-type]
        report(f"read {slug}.csv: {len(rows) - before} records")
    return rows, faults


def unknown_files(seed: Path) -> Iterator[SeedFault]:
    """Report CSV files that belong to no collection."""
    known = [f"{slug}.csv" for slug in COLLECTIONS] + [LOCATORS, SYNONYMS]
    for path in sorted(seed.glob("*.csv")):
        if path.name not in known:
            hint = suggest_nearest(path.name, known) or f" The files are {', '.join(known)}."
            yield SeedFault(path.name, 0, "", f"No collection has this name.{hint}")


def read_file(path: Path, entity: type[Entity]) -> Iterator[Chunk | SeedFault]:
    """Read a collection's file in chunks, and report what cannot be read."""
    try:
        if fault := encoding_fault(path):
            yield fault
            return
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _read_table(path.name, entity, csv.reader(file, strict=True))
    except FileNotFoundError:
        if not entity.may_be_missing:
            terms = " If the seed is older than vocabularies, copy the project's." if entity is Term else ""
            detail = f"File not found. A collection without records is a file with only a header.{terms}"
            yield SeedFault(path.name, 0, "", detail)
    except OSError as error:
        yield SeedFault(path.name, 0, "", f"Cannot be read: {error.strerror}.")


def encoding_fault(path: Path) -> SeedFault | None:
    """Return the fault of a file that is not UTF-8."""
    # Checked before any row is read: in another encoding nearly every cell would be reported.
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                detail = f"Byte 0x{line[error.start]:02X} is not UTF-8. Save the file as UTF-8 (in Excel: CSV UTF-8)."
                return SeedFault(path.name, number, "", detail)
    return None


def _read_table(file: str, entity: type[Entity], reader: Any) -> Iterator[Chunk | SeedFault]:
    line = 1
    lines: list[tuple[int, list[str]]] = []
    empty: list[int] = []  # lines of commas alone, such as Excel leaves behind the table
    try:
        header = tuple(next(reader, ()))
        if faults := list(_header_faults(file, entity, header)):
            yield from faults
            return
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) > 1 and not any(map(str.strip, cells)):
                empty.append(line)
            elif len(cells) == len(header):
                lines.append((line, cells))
                if len(lines) == CHUNK_ROWS:
                    yield Chunk(entity, file, header, lines)
                    lines = []
            elif cells:
                number = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}"
                detail = f"{number} under a header of {len(header)}. Put quotes around a cell with a comma."
                yield SeedFault(file, line, "", detail)
            line = reader.line_num + 1
    except csv.Error as error:
        yield SeedFault(file, line, "", f"Not valid CSV: {error}.")
    if lines:
        yield Chunk(entity, file, header, lines)
    if empty:
        more = (
            f" So are {len(empty) - 1} more, up to line {empty[-1]}. Delete them." if len(empty) > 1 else " Delete it."
        )
        yield SeedFault(file, empty[0], "", f"The line is empty.{more}")


def _header_faults(file: str, entity: type[Entity], header: tuple[str, ...]) -> Iterator[SeedFault]:
    columns = entity.columns()
    names = [name for name, column in columns.items() if not column.declared.computed]
    known = {*names, OCCURRENCE} if issubclass(entity, Cited) else {*names}
    if not header:
        yield SeedFault(file, 1, "", f"The file is empty. Its header is {','.join(names)}.")
        return
    if separator := next((each for each in SEPARATORS if each in header[0]), None):
        name = SEPARATORS[separator]
        detail = f"The cells are separated by {name}. Save the file with commas between them (in Excel: CSV UTF-8)."
        yield SeedFault(file, 1, "", detail)
        return
    if "" in header:
        detail = "The header has a cell without a name. Delete its column, or name it."
        yield SeedFault(file, 1, "", detail)
        return
    # A column that is nullable or has a default may be missing: the seed may be older than the column.
    required = (name for name in names if not (columns[name].nullable or columns[name].declared.default))
    for name in sorted(name for name in required if name not in header):
        yield SeedFault(file, 1, name, f"Column missing. The columns are {', '.join(names)}.")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield SeedFault(file, 1, name, "The column appears twice. Remove one.")
        if name in columns and columns[name].has_own_unit:
            detail = f"Filled from figures. State the number in figures.csv, with field {name}."
            yield SeedFault(file, 1, name, detail)
        elif name in columns and columns[name].declared.computed:
            yield SeedFault(file, 1, name, "Computed by the loader. Remove the column.")
        elif name not in known:
            yield SeedFault(file, 1, name, f"Unknown column.{suggest_nearest(name, known) or ' Remove it.'}")


def parse_chunk(chunk: Chunk) -> Iterator[Row | SeedFault]:
    """Return the rows of a chunk, each after the faults of its cells. Cells with a fault have the value None."""
    columns = chunk.entity.columns()
    cells = [(name, columns[name], at) for at, name in enumerate(chunk.header) if name != OCCURRENCE]
    occurrence_at = chunk.header.index(OCCURRENCE) if OCCURRENCE in chunk.header else None
    empty = {name: column.declared.default for name, column in columns.items()}
    for line, texts in chunk.lines:
        row = Row(chunk.entity, chunk.file, line, dict(empty))
        for name, column, at in cells:
            try:
                row.values[name] = _parse_cell(column, texts[at])
            except ValueFault as fault:
                allowed = f" It is one of {', '.join(fault.allowed)}." if fault.allowed else ""
                yield row.fault(name, f"{fault.detail}{allowed}")
        if occurrence_at is not None and (occurrence := texts[occurrence_at]):
            if occurrence.isdecimal() and len(occurrence) < 6 and int(occurrence) > 0:
                row.occurrence = int(occurrence)
            else:
                yield row.fault(OCCURRENCE, f"{occurrence!r} is not a whole number from 1.")
        yield row


@lru_cache(MAX_CACHED_CELLS)
def _parse_cell(column: Column, text: str) -> Any:
    if text != text.strip():
        raise ValueFault(f"{text!r} begins or ends with white space. Remove it.")
    text = text.replace("\r\n", "\n")  # Git and editors on Windows end lines so, within cells too
    if "\r" in text:
        raise ValueFault(f"{text!r} holds a carriage return. End lines with a line feed.")
    if not text.isascii() and len(normalize("NFC", text)) < len(text):
        raise ValueFault(f"{text!r} holds decomposed characters (NFD). Save the file with composed ones (NFC).")
    if len(text) > MAX_CELL_CHARS:
        raise ValueFault(f"The text has {len(text)} characters. At most {MAX_CELL_CHARS} can be searched and shown.")
    if not text:
        if column.nullable or column.declared.default:
            return column.declared.default
        raise ValueFault("The cell is empty. This column needs a value.")
    value = parse(column, text)
    declared = column.declared
    _check_form(column, text, value)
    if declared.ge is not None and value < declared.ge:
        raise ValueFault(f"{text} is less than {declared.ge}.")
    if column.name == "id" and text in RESERVED_IDS:
        raise ValueFault(f"{text!r} is an address of the API. Choose another id.")
    return value


def _check_form(column: Column, text: str, value: Any) -> None:
    """Raise ValueFault if a text does not match its column's pattern, or the texts of a list are not parted by |."""
    pattern = column.declared.pattern
    if pattern and not re.fullmatch(pattern, text):
        raise ValueFault(f"{text!r} is not in the right form: {column.declared.form or pattern}.")
    if column.items is not str:
        return
    if separator := next((each for each in LIST_SEPARATORS if each in text), None):
        raise ValueFault(f"{text!r} holds {separator!r}. Write | between the texts of this list, such as 张三|李四.")
    if re.search(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", text):
        raise ValueFault(f"{text!r} has white space between Chinese characters. Write | between texts, or remove it.")
    if any(not item or item != item.strip() for item in value):
        raise ValueFault(f"{text!r} has an empty text, or white space beside a |. Remove it.")
