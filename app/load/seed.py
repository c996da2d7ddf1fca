"""Read a seed folder: parse, compute and check every row, parents first, in chunks that worker processes can take."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from pydantic import ValidationError

from app.catalog import Catalog, CatalogError, read_catalog
from app.entity import Entity
from app.evidence.numerals import TIMES
from app.load.charts import catalog_faults
from app.load.checks import NameChecks, Record, Records, ReferenceChecks, TermChecks
from app.load.compute import DATES, Inputs, compute
from app.load.faults import InvalidSeed, SeedFault
from app.load.figures import FigureChecks
from app.load.locators import Locators, read_locators
from app.load.mentions import MentionChecks
from app.load.numerals import count_numerals
from app.load.rows import Chunk, Report, Row, parse_chunk, read_file, unknown_files
from app.load.synonyms import read_synonyms
from app.models import ENTITIES, Figure
from app.models.indicator import Indicator
from app.models.source import Source

WORKERS = 2
CHUNKS_AHEAD = 8 * WORKERS  # handed to the workers before the first is needed: what is read ahead stays in memory
MIN_PARALLEL_BYTES = 8 << 20  # of CSV files; below it, starting worker processes takes longer than they save

A = TypeVar("A")
B = TypeVar("B")


class Map(Protocol):
    """The built-in `map`, or its counterpart of worker processes."""

    def __call__(self, function: Callable[[A], B], chunks: Iterable[A], /) -> Iterator[B]:
        """Return the results for each chunk, in order."""


@contextmanager
def worker_map(*, parallel: bool) -> Iterator[Map]:
    """Return a `map` that runs in worker processes, or the built-in one."""
    if not parallel:
        yield map
        return
    # Spawned: progress bars run threads, and a fork of a process with threads may deadlock.
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:

        def map_ahead(function: Callable[[A], B], chunks: Iterable[A]) -> Iterator[B]:
            ahead: deque[Future[B]] = deque()
            for chunk in chunks:
                ahead.append(pool.submit(function, chunk))
                if len(ahead) == CHUNKS_AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

        yield map_ahead


def is_large(seed: Path) -> bool:
    """Whether worker processes are worth starting for this seed."""
    return sum(path.stat().st_size for path in seed.glob("*.csv")) > MIN_PARALLEL_BYTES


def prepare(seed: Path, report: Report, parallel_map: Map = map) -> tuple[Catalog, Records]:
    """Read, compute and check a seed folder without a database. Raises InvalidSeed."""
    if not seed.is_dir():
        detail = "No such folder. A seed holds catalog.toml and a CSV file for each collection."
        raise InvalidSeed([SeedFault(str(seed), 0, "", detail)])
    faults = list(unknown_files(seed))
    catalog = None
    try:
        catalog = read_catalog(seed)
    except CatalogError as error:
        faults += [SeedFault("catalog.toml", 0, "", fault) for fault in error.faults]
    locators, locator_faults = read_locators(seed, dated=True)
    reader = SeedReader(seed, locators)
    reader.read(parallel_map, report)
    faults += [*reader.parse_faults, *locator_faults, *read_synonyms(seed)[1]]
    if reader.complete and not locator_faults:  # otherwise later faults may only follow from what could not be read
        faults += [*reader.faults, *(catalog_faults(catalog, reader.records) if catalog else ())]
    if not faults:
        faults += count_numerals(reader.records, locators)
    if faults or catalog is None:
        raise InvalidSeed(faults)
    return catalog, reader.records


class ChunkResult(NamedTuple):
    """The rows of a chunk, each with its line, its record as JSON and its broken columns; and their faults."""

    entity: type[Entity]
    file: str
    rows: list[tuple[int, bytes, frozenset[str]]]
    parse_faults: list[SeedFault]
    compute_faults: list[SeedFault]


class SeedReader:
    """The records read so far, and the faults found in parsing them and later."""

    def __init__(self, seed: Path, locators: Locators) -> None:
        self.records: Records = {entity: {} for entity in ENTITIES}
        self.parse_faults: list[SeedFault] = []
        self.faults: list[SeedFault] = []
        self.complete = True  # whether every file could be read
        self._seed = seed
        self._locators = locators
        self._term_checks = TermChecks(self.records)
        self._checks = (
            ReferenceChecks(self.records),
            FigureChecks(self.records),
            MentionChecks(self.records),
            NameChecks(),
        )
        self._sources: dict[str, tuple[str, str, bool]] = {}  # url, date, and whether it was published on it, by id
        self._broken_figures: dict[str, frozenset[str]] = {}

    def read(self, parallel_map: Map, report: Report) -> None:
        """Read every collection."""
        for entity in ENTITIES:
            count, faults = 0, len(self.parse_faults)
            for result in parallel_map(process_chunk, self._chunks(entity)):
                self._merge(result)
                count += len(result.rows)
                report(f"read {entity.collection.slug}.csv: {count} records")
            self.complete &= count > 0 or len(self.parse_faults) == faults
            for checks in self._checks:
                self.faults += checks.complete(entity)

    def _chunks(self, entity: type[Entity]) -> Iterator[tuple[Chunk, Inputs]]:
        for part in read_file(self._seed / f"{entity.collection.slug}.csv", entity):
            if isinstance(part, SeedFault):
                self.parse_faults.append(part)
            else:
                yield part, self._inputs(part)

    def _inputs(self, chunk: Chunk) -> Inputs:
        def cells(*columns: str) -> set[str]:
            indexes = [chunk.header.index(column) for column in columns if column in chunk.header]
            return {texts[index] for _, texts in chunk.lines for index in indexes}

        ids, sources = cells("id"), cells("source_id")
        indicators = cells("indicator_id") & self.records[Indicator].keys()
        divided = cells("numerator_id", "denominator_id") & self.records[Figure].keys()
        spans = ((each, self._locators.span(chunk.entity.collection.slug, each)) for each in ids)
        times = ((each, self._locators.span(TIMES, each)) for each in ids if chunk.entity is Figure)
        return Inputs(
            {each: span for each, span in spans if span},
            {each: span for each, span in times if span},
            {
                each: {paragraph.number: paragraph for paragraph in self._locators.paragraphs(each)}
                for each in (ids if chunk.entity is Source else sources)
            },
            {each: self._sources[each] for each in sources & self._sources.keys()},
            {each: Indicator.noun(self.records[Indicator][each].values()) for each in indicators},
            {each: self._figure(each) for each in divided},
        )

    def _figure(self, record_id: str) -> Row:
        record, broken = self.records[Figure][record_id], self._broken_figures.get(record_id, frozenset())
        return Row(Figure, "figures.csv", record.line, record.values(), broken=set(broken))

    def _merge(self, result: ChunkResult) -> None:
        """Add the records of a chunk, and check its rows against all others."""
        self.parse_faults += result.parse_faults
        self.faults += result.compute_faults
        records = self.records[result.entity]
        for line, json, broken in result.rows:
            row = Row(result.entity, result.file, line, msgspec.json.decode(json), broken=set(broken))
            record_id = row.values["id"]
            if record_id in records:
                detail = f"{record_id!r} is already the id of line {records[record_id].line}. Ids are unique."
                self.parse_faults.append(row.fault("id", detail))
            elif record_id:
                records[record_id] = Record(line, json)
                if row.entity is Source and not {"url", *DATES} & broken:
                    published, reposted = (row.values[name] for name in DATES)
                    self._sources[record_id] = row.values["url"], published or reposted, bool(published)
            self.parse_faults += self._term_checks.row(row)
            for checks in self._checks:
                self.faults += checks.row(row)
            if row.entity is Figure and row.broken:
                self._broken_figures[record_id] = frozenset(row.broken)


def process_chunk(task: tuple[Chunk, Inputs]) -> ChunkResult:
    """Parse, compute and validate the rows of a chunk."""
    chunk, inputs = task
    result = ChunkResult(chunk.entity, chunk.file, [], [], [])
    for item in parse_chunk(chunk):
        if isinstance(item, SeedFault):
            result.parse_faults.append(item)
        else:
            result.compute_faults.extend(compute(item, inputs))
            result.compute_faults.extend(_validate(item))
            result.rows.append((item.line, msgspec.json.encode(item.values), frozenset(item.broken)))
    return result


def _validate(row: Row) -> Iterator[SeedFault]:
    """Validate a row into its entity, unless a fault of this row or of one that it refers to left it incomplete."""
    if row.broken or any(row.values[name] is None for name in _required(row.entity)):
        return
    try:
        _validator(row.entity)(row.values)
    except ValidationError as error:
        for each in error.errors():
            yield row.fault(str(each["loc"][0]), f"{each['msg']}.")


@cache
def _validator(entity: type[Entity]) -> Callable[[dict[str, Any]], object]:
    """Return what validates the values of an entity, into one instance for all rows.

    `model_validate` would make an instance of each row and set its attributes under the eyes of SQLAlchemy, which takes
    twenty times as long.
    """
    return partial(entity.__pydantic_validator__.validate_python, self_instance=entity.__new__(entity))


@cache
def _required(entity: type[Entity]) -> list[str]:
    return [name for name, column in entity.columns().items() if not column.nullable]
