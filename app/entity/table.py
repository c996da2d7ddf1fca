"""`Table`: all that an output format gets to see of an answer."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.entity.column import Column
from app.entity.words import Bilingual


@dataclass(frozen=True)
class Table:
    """Typed columns and their rows in batches, once as values and once as JSON; only what a format takes is read.

    `meta` and `links` are what the JSON document tells beside its data; `provenance` is for people, by what each line
    is called, and goes into files that have a place for it.
    """

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Sequence[Any]]]
    written: Iterable[Sequence[bytes]]
    meta: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str | None] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Stop reading: what still lies open in the database would keep it from being written."""
        for batches in (self.rows, self.written):
            if isinstance(batches, Generator):
                batches.close()
