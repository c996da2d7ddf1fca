"""`Table`: the input of an output format."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.entity.column import Column
from app.entity.words import Bilingual, Labels


@dataclass(frozen=True)
class Table:
    """Typed columns and rows in batches, as values and as JSON. A format reads one of the two.

    `meta` and `links` are members of the JSON document. `provenance` maps labels to texts for readers; formats that
    carry metadata include it. `terms` are those of the release.
    """

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Sequence[Any]]]
    json_rows: Iterable[Sequence[bytes]]
    meta: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str | None] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    terms: Labels = field(default_factory=dict)

    def close(self) -> None:
        """Close both row generators, which releases their database cursors."""
        for batches in (self.rows, self.json_rows):
            if isinstance(batches, Generator):
                batches.close()
