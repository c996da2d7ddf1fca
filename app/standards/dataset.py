"""`Dataset`: everything that a standard may describe."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from app.entity import Bilingual, Entity, Labels, labels_of
from app.standards.identifiers import Identifiers

Record = Mapping[str, Any]  # as the API serves it


class File(NamedTuple):
    """A file for download. Length, SHA-256 in hex and number of records are None if unknown.

    `entity` is the collection in the file, or None if it contains all of them.
    """

    name: str
    url: str
    media_type: str
    entity: type[Entity] | None
    bytes: int | None = None
    sha256: str | None = None
    rows: int | None = None

    @property
    def plain_type(self) -> str:
        """The media type without parameters."""
        return self.media_type.partition(";")[0].strip()

    @property
    def content_size(self) -> str | None:
        """The length as schema.org writes it."""
        return None if self.bytes is None else f"{self.bytes} B"


class Dataset(NamedTuple):
    """The dataset: its catalogue, releases (newest first), sources, places, files and terms, as the API serves them.

    `base_url` is the URL before `/v1`, and `is_public` whether it is the same for every client. `contact` is the
    publisher's address, or empty.
    """

    catalog: Record
    release: Record
    history: Sequence[Record]
    sources: Sequence[Record]
    places: Sequence[Record]
    entities: Sequence[type[Entity]]
    files: Sequence[File]
    base_url: str
    is_public: bool
    contact: str = ""
    terms: Sequence[Record] = ()

    @property
    def labels(self) -> Labels:
        """The labels of its terms, by vocabulary and slug."""
        return labels_of(map(itemgetter("vocabulary", "slug", "name_zh", "name_en"), self.terms))

    @property
    def title(self) -> Bilingual:
        """Its title."""
        return text_of(self.catalog, "title")

    @property
    def description(self) -> Bilingual:
        """Its description."""
        return text_of(self.catalog, "description")

    @property
    def publisher(self) -> Bilingual:
        """The publisher's name."""
        return text_of(self.catalog, "publisher")

    @property
    def license_url(self) -> str:
        """The URL of the licence."""
        return str(self.catalog["license"]["url"])

    @property
    def coded_places(self) -> list[Record]:
        """The places with an administrative division code."""
        return [place for place in self.places if place["code"]]

    @property
    def ids(self) -> Identifiers:
        """The identifiers of its parts."""
        return Identifiers(self.base_url, self.publisher.en, self.is_public)

    def url(self, path: str) -> str:
        """Return the absolute URL of a path, to be followed."""
        return f"{self.base_url}{path}"

    def release_url(self, release: Record) -> str:
        """Return the URL of a release."""
        return self.url(f"/v1/releases/{release['id']}")

    def field_id(self, entity: type[Entity], name: str) -> str:
        """Return the identifier of a column, which the dictionary describes."""
        return self.ids.of(f"/v1/dictionary#{entity.collection.slug}.{name}")

    def files_of(self, entity: type[Entity] | None) -> list[File]:
        """Return the files that contain a collection, or those that contain all of them."""
        return [file for file in self.files if file.entity is entity]

    def csv_of(self, entity: type[Entity]) -> File:
        """Return the CSV file of a collection."""
        return next(file for file in self.files_of(entity) if file.plain_type == "text/csv")


def text_of(catalog: Record, key: str) -> Bilingual:
    """Return a text of the catalogue in both languages."""
    return Bilingual(catalog[key]["zh"], catalog[key]["en"])


def drop_empty(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without null and empty members, which no standard allows."""
    return {key: value for key, value in document.items() if value is not None and value != [] and value != {}}
