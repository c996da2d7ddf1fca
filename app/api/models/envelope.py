"""What surrounds the data of every JSON answer: its metadata, links and facets."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, RootModel

from app.api.texts import chinese, described
from app.entity import Bilingual

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

    model_config = ConfigDict(
        defer_build=True, json_schema_extra=chinese(description="各种关系的绝对网址；没有则为空。")
    )


class PageLinks(Closed, json_schema_extra=chinese(description="本页与前后页的网址；没有前页或后页则为空。")):
    """Addresses of this page and its neighbours; null at either end."""

    self: Address
    next: Address | None
    prev: Address | None
    canonical: Address


class Meta(Closed, json_schema_extra=chinese(description="当前提供的版本及其许可；首个版本之前为空。")):
    """The served release and its licence; null before the first release."""

    release: str | None
    license: str | None


class PageMeta(Closed, json_schema_extra=chinese(description="符合条件的记录总数、每页条数、版本与许可。")):
    """The exact number of matching records, the page's limit, the release and its licence."""

    total: NonNegativeInt
    limit: NonNegativeInt
    release: str
    license: str


class FileMeta(Closed, json_schema_extra=chinese(description="符合条件的总数、条数上限（如果有）、版本与许可。")):
    """The exact number of matches, the limit if there is one, the release and its licence."""

    total: NonNegativeInt
    limit: NonNegativeInt | None
    release: str
    license: str


class AggregateMeta(Closed, json_schema_extra=chinese(description="组数与记录数、对数值的提醒、版本与许可。")):
    """The numbers of groups and records, notes on the values, the release and its licence."""

    total: NonNegativeInt = Field(
        **described(Bilingual("组数，包括 `limit` 以外的组。", "Groups, including those beyond `limit`."))
    )
    records: NonNegativeInt = Field(**described(Bilingual("各组记录数的总和。", "Records in all groups.")))
    note_zh: str = Field(default_factory=str)
    note_en: str = Field(
        default_factory=str,
        **described(
            Bilingual(
                "对数值的提醒，如数值不精确、单位不一。",
                "A caveat on the numbers, such as inexact values or mixed units.",
            )
        ),
    )
    release: str
    license: str


class FacetValue(Closed, json_schema_extra=chinese(description="字段的一个取值，以及具有该值的记录数。")):
    """A value of a field and the number of records that have it."""

    value: str | float | None
    label_zh: str | None
    label_en: str | None
    count: NonNegativeInt


class Facets(RootModel[dict[str, list[FacetValue]]]):
    """The values of each requested field, with the number of records for each value."""

    model_config = ConfigDict(
        defer_build=True, json_schema_extra=chinese(description="所求各字段的取值，以及每个取值的记录数。")
    )
