"""The answer of `/v1/search`."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Closed, FacetValue, FileMeta, Links, PageLinks
from app.api.texts import chinese, described
from app.entity import Bilingual


class Highlight(
    Closed, json_schema_extra=chinese(description="记录中匹配的文字，以及其中要突出显示的各段，以码位计。")
):
    """A matching text of a record and the ranges to highlight in it, in code points."""

    field: str
    text: str
    ranges: list[Annotated[list[NonNegativeInt], Field(min_length=2, max_length=2)]]


class HitValue(Closed, json_schema_extra=chinese(description="一条数字的值，以文字写出。")):
    """The value of a figure in words."""

    text_zh: str
    text_en: str
    status: str
    as_of: str


class SearchHit(
    Closed,
    json_schema_extra=chinese(
        description="一条匹配的记录。`text[start:end]`（以码位计）即匹配之处。若只有所引用记录的文字匹配，"
        "`field` 为引用该记录的列，或为 `mentions`，`links.related` 为其地址。"
    ),
):
    """A matching record. `text[start:end]`, in code points, is the match.

    If only words of a record that it refers to match, `field` is the column that does, or `mentions`; `links.related`
    leads to that record.
    """

    collection: str
    id: str
    name_zh: str
    name_en: str
    field: str
    text: str
    start: NonNegativeInt
    end: NonNegativeInt
    value: HitValue | None
    links: Links
    highlights: list[Highlight] = Field(
        default_factory=list, **described(Bilingual("`highlights=true` 时才有。", "Present with `highlights=true`."))
    )


class CollectionCount(FacetValue, json_schema_extra=chinese(description="一张表中的结果数。")):
    """The number of hits in a collection."""

    links: Links


class SearchFacets(Closed, json_schema_extra=chinese(description="各张表中的结果数。")):
    """The number of hits in each collection."""

    collection: list[CollectionCount]


class Suggestion(Closed, json_schema_extra=chinese(description="相近的检索词及其结果数。")):
    """A similar query and its number of hits."""

    q: str
    total: NonNegativeInt
    links: Links


class SearchAnswer(Closed, json_schema_extra=chinese(description="一页结果，最相符的在前。")):
    """A page of hits, best first."""

    data: list[SearchHit]
    facets: SearchFacets
    suggestions: list[Suggestion] = Field(
        **described(
            Bilingual("没有结果时：有结果的相近检索词。", "If nothing matches: similar queries that have hits.")
        )
    )
    meta: FileMeta
    links: PageLinks
