"""Freeze the served edition into files.

The same data gives the same bytes on every machine, except in `dataset.sqlite`, which depends on the version of SQLite,
and so in its lines of SHA256SUMS and the manifest.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import Connection

from app.db import Database
from app.entity import Entity, Table
from app.errors import InvalidQuery
from app.formats import FORMATS, Format, Options
from app.formats.xlsx import workbook
from app.models import COLLECTIONS
from app.read.dataset import PublishedRelease, read_catalog, read_release
from app.read.export import read_table
from app.read.provenance import read_provenance, read_sources
from app.read.terms import read_terms
from app.releases import partitions
from app.releases.archive import store_archive, write_archive
from app.releases.package import package_members
from app.releases.sqlite import write_sqlite
from app.releases.store import Edition, FrozenFile, FrozenRelease, ReleaseStore, set_dates, write_manifest
from app.request.records import FileRequest, whole_collection

Report = Callable[[str], None]

PER_COLLECTION = ("csv", "ndjson", "parquet")
SUMS = "SHA256SUMS"


def freeze(database: Database, store: ReleaseStore, report: Report) -> FrozenRelease:
    """Write the files of the served release unless they are there and undamaged. Raises Unavailable."""
    with database.transaction() as connection:
        release = read_release(connection)
        known = store.find(release["id"])
        damaged = known.damaged() if known else []
        if damaged:
            report(f"writing again, since {', '.join(damaged)} changed")
        if known is None or damaged:
            with store.draft(release["id"]) as folder, ExitStack() as open_tables:
                _Freezing(connection, open_tables, folder, release, report).run()
    return store.get(release["id"])


class _Freezing:
    """The state of one release while its files are written."""

    def __init__(
        self, connection: Connection, open_tables: ExitStack, folder: Path, release: PublishedRelease, report: Report
    ) -> None:
        self._connection = connection
        self._open_tables = open_tables  # closed before the connection, whose cursors they hold
        self._folder = folder
        self._release = release
        self._report = report
        self._catalog = read_catalog(connection)
        self._provenance = read_provenance(connection)
        self._sources = read_sources(connection)
        self._labels = read_terms(connection)
        self._counts: dict[str, int] = release["counts"]
        self._files: list[FrozenFile] = []

    def run(self) -> None:
        """Write every file, then their checksums, then the manifest."""
        for slug, entity in COLLECTIONS.items():
            for name in PER_COLLECTION:
                form = FORMATS[name]
                self._write(
                    f"{slug}.{name}",
                    form.media_type,
                    form.encode(self._table(entity, form), Options()),
                    self._counts[slug],
                )
            self._write_partitions(entity)
        total = sum(self._counts.values())
        write_sqlite(self._folder / "dataset.sqlite", list(self._tables(FORMATS["csv"])))
        self._add("dataset.sqlite", "application/vnd.sqlite3", total)
        self._write_workbook(total)
        write_archive(self._folder / "dataset.zip", self._package())
        self._add("dataset.zip", "application/zip", total)
        sums = "".join(f"{each.sha256}  {each.name}\n" for each in sorted(self._files))
        self._write(SUMS, "text/plain; charset=utf-8", [sums.encode()], None)
        write_manifest(self._folder, self._edition())
        set_dates(self._folder)

    def _table(self, entity: type[Entity], form: Format) -> Table:
        return self._read(whole_collection(entity, form), form)

    def _read(self, request: FileRequest, form: Format) -> Table:
        table = replace(read_table(self._connection, request, form), provenance=self._provenance)
        self._open_tables.callback(table.close)
        return table

    def _tables(self, form: Format) -> Iterator[Table]:
        return (self._table(entity, form) for entity in COLLECTIONS.values())

    def _write_partitions(self, entity: type[Entity]) -> None:
        """Write a large table by the year of its sources, unless these are of too many years."""
        slug, form = entity.collection.slug, FORMATS["parquet"]
        if self._counts[slug] < partitions.MIN_ROWS:
            return
        requests = [*partitions.requests(entity, form, self._sources)]
        if len(requests) > partitions.MAX_YEARS:
            self._report(f"{slug} is not partitioned: its sources are of more than {partitions.MAX_YEARS} years")
            return
        for name, request in requests:
            table = self._read(request, form)
            if rows := table.meta["total"]:
                self._write(name, form.media_type, form.encode(table, Options()), rows)

    def _write_workbook(self, total: int) -> None:
        """Write the workbook, unless the data exceed its limits."""
        form, compressed = FORMATS["xlsx"], self._folder / ".compressed.xlsx"
        try:
            tables = list(self._tables(form))
            with compressed.open("wb") as file:
                file.writelines(workbook(tables, Options()))
        except InvalidQuery as error:
            self._report(f"dataset.xlsx is left out: {error}")
        else:
            store_archive(compressed, self._folder / "dataset.xlsx")
            self._add("dataset.xlsx", form.media_type, total)
        compressed.unlink(missing_ok=True)

    def _package(self) -> Iterator[tuple[str, bytes | Path]]:
        csv = [(entity, self._file(f"{slug}.csv")) for slug, entity in COLLECTIONS.items()]
        yield from package_members(self._catalog, self._release, self._sources, csv, self._folder, self._labels)

    def _edition(self) -> Edition:
        values = {name: str(self._release[name]) for name in ("id", "edition", "released_on", "content_hash")}
        return Edition(**values, license=self._catalog["license"]["id"], counts=self._counts, files=tuple(self._files))

    def _file(self, name: str) -> FrozenFile:
        return next(each for each in self._files if each.name == name)

    def _write(self, name: str, media_type: str, chunks: Iterable[bytes], rows: int | None) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(chunks)
        self._add(name, media_type, rows)

    def _add(self, name: str, media_type: str, rows: int | None) -> None:
        path = self._folder / name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        self._files.append(FrozenFile(name, media_type, path.stat().st_size, digest, rows))
        self._report(f"wrote {name}")
