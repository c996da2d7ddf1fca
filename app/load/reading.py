"""Read, compute and check a seed: one pass over its files, parents first, in chunks that any process may compute."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.entity import Entity
from app.load.checks import Checks, looked_at
from app.load.compute import DATES, Known, compute
from app.load.faults import SeedFault
from app.load.places import Places
from app.load.rows import Chunk, Row, read_chunk, read_file
from app.load.spool import Batch
from app.load.workers import Spread
from app.models import ENTITIES, Figure
from app.models.source import Source

LARGE = 8 << 20  # bytes of files from which on other processes help

DIVIDED = ("numerator_id", "denominator_id")  # the columns that name the figures which another is computed from

Report = Callable[[str], None]


# A row that was computed: where it stands, its record, what is checked of it, and which columns are at fault. A plain
# tuple, as there is one for each record: anything else takes several times as long from process to process.
Computed = tuple[int, bytes, tuple[Any, ...], frozenset[str]]


class Outcome(NamedTuple):
    """What came of a chunk: its rows, the faults found in reading them, and those found in computing them."""

    rows: list[Computed]
    unread: list[SeedFault]
    uncomputed: list[SeedFault]


def is_large(seed: Path) -> bool:
    """Whether other processes are worth their while."""
    return sum(path.stat().st_size for path in seed.glob("*.csv")) > LARGE


class Reading:
    """A seed being read into a batch. `unread` and `faults` are what was found in reading, and later."""

    def __init__(self, seed: Path, batch: Batch, places: Places) -> None:
        self.unread: list[SeedFault] = []
        self.faults: list[SeedFault] = []
        self.complete = True  # whether every file could be read
        self._seed = seed
        self._batch = batch
        self._places = places
        self._checks = Checks(batch)
        self._sources: dict[str, Any] = {}
        self._broken: dict[str, frozenset[str]] = {}  # the figures at fault, and where

    def run(self, spread: Spread, report: Report) -> None:
        """Read every collection."""
        for entity in ENTITIES:
            before, slug = len(self.unread), entity.collection.slug
            rows = 0
            for chunk, outcome in _paired(spread, self._chunks(entity)):
                self._take(chunk, outcome)
                rows += len(outcome.rows)
                report(f"read {slug}.csv: {rows} records")
            self.complete &= rows > 0 or len(self.unread) == before
            self.faults += self._checks.complete(entity)

    def _chunks(self, entity: type[Entity]) -> Iterator[tuple[Chunk, Known]]:
        for part in read_file(self._seed / f"{entity.collection.slug}.csv", entity):
            if isinstance(part, SeedFault):
                self.unread.append(part)
            else:
                yield part, self._known(part)

    def _known(self, chunk: Chunk) -> Known:
        """What the rows of a chunk are computed from."""

        def named(*columns: str) -> set[str]:
            places = [chunk.header.index(column) for column in columns if column in chunk.header]
            return {cells[place] for _, cells in chunk.lines for place in places}

        ids, sources, divided = named("id"), named("source_id"), named(*DIVIDED)
        return Known(
            self._places.of(chunk.entity.collection.slug, ids),
            {each: self._places.paragraphs(each) for each in (ids if chunk.entity is Source else sources)},
            {each: self._sources[each] for each in sources if each in self._sources},
            {("figure", each): self._figure(each) for each in divided if each in self._batch[Figure]},
        )

    def _figure(self, record_id: str) -> Row:
        figures = self._batch[Figure]
        row = Row(Figure, "figures.csv", figures.line(record_id), figures.values(record_id))
        row.broken |= self._broken.get(record_id, frozenset())
        return row

    def _take(self, chunk: Chunk, outcome: Outcome) -> None:
        """Keep the rows of a chunk, and check them against all others."""
        entity = chunk.entity
        spooled, names = self._batch[entity], looked_at(entity)
        together = next(iter(entity.filtered_together), ())  # rows can lie in one order only
        self.unread += outcome.unread
        self.faults += outcome.uncomputed
        for line, record, checked, broken in outcome.rows:
            row = Row(entity, chunk.file, line, dict(zip(names, checked, strict=True)), broken=set(broken))
            record_id = row.values["id"]
            if record_id and record_id in spooled:
                first = spooled.line(record_id)
                self.unread.append(row.fault("id", f"{record_id!r} stands already on line {first}; ids are unique"))
            elif record_id:
                spooled.add(record_id, line, record, tuple(str(row.values[name]) for name in together))
                if entity is Source and not {"url", *DATES} & broken:
                    values = spooled.values(record_id)
                    self._sources[record_id] = values["url"], values["published_on"] or values["reposted_on"]
            self.faults += self._checks.row(row)
            if entity is Figure and row.broken:
                self._broken[record_id] = frozenset(row.broken)


def _paired(spread: Spread, chunks: Iterator[tuple[Chunk, Known]]) -> Iterator[tuple[Chunk, Outcome]]:
    """Each chunk, without its lines, and what came of it."""
    sent: list[Chunk] = []

    def told() -> Iterator[tuple[Chunk, Known]]:
        for chunk, known in chunks:
            sent.append(chunk._replace(lines=[]))
            yield chunk, known

    for outcome in spread(work, told()):
        yield sent.pop(0), outcome


def work(given: tuple[Chunk, Known]) -> Outcome:
    """Read and compute a chunk: what a process does by itself."""
    chunk, known = given
    names = looked_at(chunk.entity)
    outcome = Outcome([], [], [])
    for item in read_chunk(chunk):
        if isinstance(item, SeedFault):
            outcome.unread.append(item)
        else:
            outcome.uncomputed.extend(compute(item, known))
            record, checked = msgspec.json.encode(item.values), tuple(item.values[name] for name in names)
            outcome.rows.append((item.line, record, checked, frozenset(item.broken)))
    return outcome
