"""What a format is: its name, its media type, and how it puts a table into bytes."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from app.entity import Table


class Options(NamedTuple):
    """What a client may ask of a file besides its data."""

    bom: bool = False
    lang: Literal["zh", "en"] | None = None

    def labels(self, table: Table) -> list[str]:
        """The header: the keys, or the columns' titles where a language was asked for."""
        if self.lang is None:
            return [column.name for column in table.columns]
        return [getattr(column.declared.title, self.lang) for column in table.columns]


class Format(NamedTuple):
    """A format: its name, which is the extension and the value of `format=` too, its media type and its encoder.

    `takes` names the options that it heeds, `nested` tells that records can lie inside records, `rows` how many it
    can hold at most, `late` that nothing of a file is there before all of it is. The encoder yields the file piece by
    piece; what it needs of heavy libraries it imports itself.
    """

    name: str
    media_type: str
    encode: Callable[[Table, Options], Iterator[bytes]]
    takes: tuple[str, ...] = ()
    nested: bool = False
    rows: int | None = None
    late: bool = False
    rank: int = 5  # negotiation prefers lower ranks where a client does not care
