"""The answer of `/v1/search`."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Closed, FacetValue, FileMeta, Links, PageLinks


class Highlight(Closed):
    """A matching text of a record and the ranges to highlight in it, in code points."""

    field: str
    text: str
    ranges: list[Annotated[list[NonNegativeInt], Field(min_length=2, max_length=2)]]


class SearchHit(Closed):
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
    highlights: list[Highlight] = Field(default_factory=list, description="Present with `highlights=true`.")


class CollectionCount(FacetValue):
    """The number of hits in a collection."""

    links: Links


class SearchFacets(Closed):
    """The number of hits in each collection."""

    collection: list[CollectionCount]


class Suggestion(Closed):
    """A similar query and its number of hits."""

    q: str
    total: NonNegativeInt
    links: Links


class SearchAnswer(Closed):
    """A page of hits, best first."""

    data: list[SearchHit]
    facets: SearchFacets
    suggestions: list[Suggestion] = Field(description="If nothing matches: similar queries that have hits.")
    meta: FileMeta
    links: PageLinks
