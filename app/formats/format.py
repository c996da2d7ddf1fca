"""`Format`: a name, a media type and an encoder."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from app.entity import Bilingual, Table

SLUGS = Bilingual("{}（标识）", "{} (identifier)")  # the title of a column of slugs beside that of their labels


class Options(NamedTuple):
    """Query parameters that change how a file is encoded, not its data."""

    bom: bool = False
    lang: Literal["zh", "en"] | None = None

    def header(self, table: Table) -> list[str]:
        """Return the header: the keys, or the columns' titles in `lang`. Slugs yield their title to their labels."""
        if self.lang is None:
            return [column.name for column in table.columns]
        titles = [getattr(column.declared.title, self.lang) for column in table.columns]
        labelled = {column.label_of for column in table.columns}
        slugs = getattr(SLUGS, self.lang)
        return [
            slugs.format(title) if column in labelled else title
            for column, title in zip(table.columns, titles, strict=True)
        ]


class Format(NamedTuple):
    """A format: its name, which is also its file extension and its value of `format=`, its media type and its encoder.

    The encoder yields the file in pieces and imports heavy libraries itself. `options` are the query parameters it
    supports, `nested` means that records may contain included records, `max_rows` is None where there is no limit,
    `buffered` means that no byte is ready before the whole file is, and `readable` that people read it: its columns are
    in reading order, and with `lang` it has labels in that language. Clients may also ask for it by its `aliases` and
    `other_media_types`; the answer has its own media type.
    """

    name: str
    media_type: str
    encode: Callable[[Table, Options], Iterator[bytes]]
    options: tuple[str, ...] = ()
    nested: bool = False
    max_rows: int | None = None
    buffered: bool = False
    readable: bool = False
    aliases: tuple[str, ...] = ()
    other_media_types: tuple[str, ...] = ()
    rank: int = 5  # negotiation prefers the lowest rank that the client accepts
