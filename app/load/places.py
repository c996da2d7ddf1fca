"""Where every record's words stand, as a load needs it: packed, as there is a place for each record."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from app.evidence.spans import Paragraph
from app.load.faults import SeedFault
from app.load.locators import PARAGRAPHS, UNREADABLE, Locator, read_locator_rows, unreadable

_PACKED = Struct("<IIII32s")  # which source, paragraph, start, end, hash; behind them the prefix


class Some(NamedTuple):
    """The places of some records of a collection: still packed, as they are handed to other processes."""

    collection: str = ""
    sources: Sequence[str] = ()
    packed: Mapping[str, bytes] = {}

    def get(self, record_id: str) -> Locator | None:
        """Where a record's words stand."""
        if (packed := self.packed.get(record_id)) is None:
            return None
        source, paragraph, start, end, digest = _PACKED.unpack_from(packed)
        prefix = packed[_PACKED.size :].decode()
        return Locator(self.sources[source], paragraph, start, end, self.collection, record_id, digest.hex(), prefix)


class Places:
    """The rows of `locators.csv`."""

    def __init__(self) -> None:
        self._sources: dict[str, int] = {}
        self._packed: dict[str, dict[str, bytes]] = {}
        self._paragraphs: dict[str, dict[int, Paragraph]] = {}

    def add(self, row: Locator) -> None:
        """Take in a row."""
        if row.collection == PARAGRAPHS:
            self._paragraphs.setdefault(row.id, {})[row.paragraph] = row.described
            return
        source = self._sources.setdefault(row.source_id, len(self._sources))
        packed = _PACKED.pack(source, row.paragraph, row.start, row.end, _digest(row.sha256)) + row.prefix.encode()
        self._packed.setdefault(row.collection, {})[row.id] = packed

    def of(self, collection: str, ids: Iterable[str]) -> "Some":
        """The places of some records."""
        known = self._packed.get(collection, {})
        return Some(collection, list(self._sources), {each: known[each] for each in ids if each in known})

    def paragraphs(self, source_id: str) -> dict[int, Paragraph]:
        """The paragraphs of a source by their numbers."""
        return self._paragraphs.get(source_id, {})


def _digest(sha256: str) -> bytes:
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        return b""  # an edited hash is none of any words
    return digest if digest.hex() == sha256 else b""


def read_places(seed: Path) -> tuple[Places, list[SeedFault]]:
    """Read the file; a fault where it is missing or was edited into something else."""
    places = Places()
    try:
        for row in read_locator_rows(seed):
            places.add(row)
    except UNREADABLE as fault:
        return Places(), [unreadable(fault)]
    return places, []
