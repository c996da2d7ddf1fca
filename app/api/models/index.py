"""The index at `/v1`, and the documents it lists whose JSON is not an answer's."""

from typing import Any

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Open
from app.api.models.releases import CurrentRelease


class IndexCollection(Closed):
    """A collection with its number of records."""

    slug: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    count: NonNegativeInt
    links: Links


class IndexDocument(Closed):
    """A document with its address."""

    id: str
    title_zh: str
    title_en: str
    links: Links


class IndexPublisher(Closed):
    """The publisher of the dataset."""

    name_zh: str
    name_en: str
    contact: Address | None = Field(description="A mailto: or web address; null if the operator set none.")


class Index(Closed):
    """The collections, the documents, the publisher and the served release."""

    collections: list[IndexCollection]
    documents: list[IndexDocument]
    publisher: IndexPublisher
    release: CurrentRelease


class IndexAnswer(Closed):
    """The index of the service."""

    data: Index
    meta: Meta
    links: Links


class DataPackage(Open):
    """A Data Package descriptor (https://datapackage.org)."""

    profile: Any = Field(alias="$schema")
    name: Any
    version: Any
    licenses: Any
    resources: Any


class Dictionary(Open):
    """Every collection with its fields, and every vocabulary with its terms."""

    collections: Any
    vocabularies: Any


class Conformance(Open):
    """Each practice and principle, with how the service follows it and where to see that."""

    practices: Any
    principles: Any
    counts: Any
