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


class SearchHit(
    Closed, json_schema_extra=chinese(description="一条匹配的记录。`text[start:end]`（以码位计）即匹配之处。")
):
    """A matching record. `text[start:end]`, in code points, is the match."""

    collection: str
    id: str
    name_zh: str
    name_en: str
    field: str
    text: str
    start: NonNegativeInt
    end: NonNegativeInt
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
