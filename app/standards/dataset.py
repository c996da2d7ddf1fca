"""What every standard describes: the dataset as it is being served, with all that a description may need of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.entity import Bilingual, Entity

Told = Mapping[str, Any]


def publisher_of(catalog: Told) -> Bilingual:
    """The publisher's name."""
    return Bilingual(catalog["publisher"]["zh"], catalog["publisher"]["en"])


class File(NamedTuple):
    """A file that can be downloaded; length, SHA-256 in hex and number of records where they are known.

    `entity` is the collection that it holds, None where it holds all of them.
    """

    name: str
    url: str
    media_type: str
    entity: type[Entity] | None
    bytes: int | None = None
    sha256: str | None = None
    rows: int | None = None


class Dataset(NamedTuple):
    """The dataset: its catalogue, its release and those before it, its sources and places, and its files.

    Catalogue, releases (newest first) and records are told as to clients; `base_url` is the address before `/v1`,
    `contact` where readers write to the publisher, if anywhere.
    """

    catalog: Told
    release: Told
    history: Sequence[Told]
    sources: Sequence[Told]
    places: Sequence[Told]
    entities: Sequence[type[Entity]]
    files: Sequence[File]
    base_url: str
    contact: str = ""

    def address(self, path: str) -> str:
        """The absolute address of a path of the service."""
        return f"{self.base_url}{path}"

    def release_address(self, release: Told) -> str:
        """Where a release tells of itself."""
        return self.address(f"/v1/releases/{release['id']}")

    def files_of(self, entity: type[Entity] | None) -> list[File]:
        """The files that hold a collection, or those that hold all of them."""
        return [file for file in self.files if file.entity is entity]

    def csv_of(self, entity: type[Entity]) -> File:
        """The CSV file of a collection."""
        return next(file for file in self.files_of(entity) if file.media_type.startswith("text/csv"))


def present(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is not there: no property of any of the standards may be null or empty."""
    return {key: value for key, value in document.items() if value is not None and value != [] and value != {}}
