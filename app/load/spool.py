"""The records of a seed on their way into the database: on disk where they are many, in any order to be read again."""

import os
from array import array
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

import msgspec

from app.entity import Entity
from app.models import ENTITIES

IN_MEMORY = 8 << 20  # bytes up to which nothing is written


class Spool:
    """Bytes that are appended, and read again from anywhere. The file is gone when nobody knows of it any more."""

    def __init__(self) -> None:
        file = TemporaryFile(buffering=0)  # noqa: SIM115
        self._file = file.fileno()
        self._written = 0
        self._unwritten = bytearray()
        finalize(self, file.close)

    def append(self, given: bytes) -> int:
        """Keep some bytes; return where they begin."""
        start = self._written + len(self._unwritten)
        self._unwritten += given
        if len(self._unwritten) > IN_MEMORY:
            self._write()
        return start

    def read(self, start: int, length: int) -> bytes:
        """Bytes that were kept."""
        if start >= self._written:
            return bytes(self._unwritten[start - self._written : start - self._written + length])
        return os.pread(self._file, length, start)

    def _write(self) -> None:
        with memoryview(self._unwritten) as left:
            done = 0
            while done < len(left):
                done += os.pwrite(self._file, left[done:], self._written + done)
        self._written += done
        self._unwritten.clear()


class Spooled:
    """The records of one collection, each as the JSON that will be served: of each, memory holds its id and place."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._places: dict[str, int] = {}  # by id, the place in the lists below
        self._starts, self._lengths, self._lines = array("Q"), array("I"), array("I")
        self._groups: dict[tuple[str, ...], int] = {}  # what clients filter by at once, numbered
        self._grouped = array("I")
        self._filled: dict[str, dict[str, Any]] = {}

    def add(self, record_id: str, line: int, record: bytes, group: tuple[str, ...] = ()) -> None:
        """Keep a record; those of a group are laid side by side."""
        self._places[record_id] = len(self._starts)
        self._starts.append(self._spool.append(record))
        self._lengths.append(len(record))
        self._lines.append(line)
        self._grouped.append(self._groups.setdefault(group, len(self._groups)))

    def __contains__(self, record_id: object) -> bool:
        """Whether there is a record with this id."""
        return record_id in self._places

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        """The ids, in the order in which they were read."""
        return iter(self._places)

    def line(self, record_id: str) -> int:
        """On which line a record was read."""
        return int(self._lines[self._places[record_id]])

    def values(self, record_id: str) -> dict[str, Any]:
        """What is known of a record."""
        values: dict[str, Any] = msgspec.json.decode(self.record(record_id))
        return values

    def fill(self, record_id: str, column: str, value: Any) -> bool:
        """Fill a column that is told by another record; False where it is filled already."""
        own = self._filled.setdefault(record_id, {})
        if column in own:
            return False
        own[column] = value
        return True

    def records(self) -> Iterator[bytes]:
        """All of them, as they will be served, by id."""
        for record_id in sorted(self._places):
            yield self.record(record_id)

    def laid(self) -> Iterator[bytes]:
        """All of them, group by group, and by id within: so that what is read at once lies together on the disk."""
        ranks = {number: rank for rank, (_, number) in enumerate(sorted(self._groups.items()))}
        # Two sorts, as the second leaves equals in their order: one would make a pair for each record.
        by_id = sorted(self._places)
        by_id.sort(key=lambda each: ranks[self._grouped[self._places[each]]])
        yield from map(self.record, by_id)

    def record(self, record_id: str) -> bytes:
        """One of them, as it will be served."""
        place = self._places[record_id]
        record = self._spool.read(self._starts[place], self._lengths[place])
        if filled := self._filled.get(record_id):
            return msgspec.json.encode(msgspec.json.decode(record) | filled)
        return record


Batch = Mapping[type[Entity], Spooled]


def new_batch() -> Batch:
    """Room for the records of all collections."""
    spool = Spool()
    return {entity: Spooled(spool) for entity in ENTITIES}
