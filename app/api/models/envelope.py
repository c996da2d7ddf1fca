"""What surrounds the data of every JSON answer: its metadata, links and facets."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, RootModel

Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Closed(BaseModel):
    """An object with no keys but those declared. Schemas are built when the OpenAPI document is first requested."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Open(BaseModel):
    """An object of a published standard, of which only the required keys are declared."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class Links(RootModel[dict[str, Address | None]]):
    """Absolute addresses by relation; null where a relation has none."""

    model_config = ConfigDict(defer_build=True)


class PageLinks(Closed):
    """Addresses of this page and its neighbours; null at either end."""

    self: Address
    next: Address | None
    prev: Address | None
    canonical: Address


class Meta(Closed):
    """The served release and its licence; null before the first release."""

    release: str | None
    license: str | None


class PageMeta(Closed):
    """The exact number of matching records, the page's limit, the release and its licence."""

    total: NonNegativeInt
    limit: NonNegativeInt
    release: str
    license: str


class FileMeta(Closed):
    """The exact number of matches, the limit if there is one, the release and its licence."""

    total: NonNegativeInt
    limit: NonNegativeInt | None
    release: str
    license: str


class AggregateMeta(Closed):
    """The numbers of groups and records, notes on the values, the release and its licence."""

    total: NonNegativeInt = Field(description="Groups, including those beyond `limit`.")
    records: NonNegativeInt = Field(description="Records in all groups.")
    note_zh: str = Field(default_factory=str)
    note_en: str = Field(
        default_factory=str, description="A caveat on the numbers, such as inexact values or mixed units."
    )
    release: str
    license: str


class FacetValue(Closed):
    """A value of a field and the number of records that have it."""

    value: str | float | None
    label_zh: str | None
    label_en: str | None
    count: NonNegativeInt


class Facets(RootModel[dict[str, list[FacetValue]]]):
    """The values of each requested field, with the number of records for each value."""

    model_config = ConfigDict(defer_build=True)
