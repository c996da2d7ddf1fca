"""The evidence of a figure and of a derived figure, as JSON and as JSON-LD."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Open, Sha256


class Evidence(Closed):
    """The span of the source that states a figure, and how its value follows from the words."""

    figure_id: str
    as_stated: str
    source_id: str
    paragraph: NonNegativeInt
    start: NonNegativeInt
    end: NonNegativeInt
    paragraph_sha256: Sha256
    source_url: Address
    steps: list[str]
    located_on: dt.date | None = Field(
        description="The date on which `locate` found the words at this span, in a paragraph with this hash."
    )
    check_zh: str
    check_en: str = Field(description="How to check this against the article.")
    verified: bool = Field(
        description="The words were located (`located_on`), fit into their paragraph, and parse to the served value, "
        "bounds, comparator and unit."
    )


class EvidenceAnswer(Closed):
    """The evidence of one figure."""

    data: Evidence
    meta: Meta
    links: Links


class DerivedEvidence(Closed):
    """How a derived figure follows from its numerator and denominator, with the evidence of both."""

    derived_figure_id: str
    formula: str
    steps: list[str]
    figures: Annotated[list[Evidence], Field(min_length=2, max_length=2)]


class DerivedEvidenceAnswer(Closed):
    """The evidence of one derived figure."""

    data: DerivedEvidence
    meta: Meta
    links: Links


class Annotation(Open):
    """A W3C Web Annotation (https://www.w3.org/TR/annotation-model/)."""

    context: Any = Field(alias="@context")
    id: Any
    type: Any
    motivation: Any
    body: Any
    target: Any


class Provenance(Open):
    """A graph in PROV-O (https://www.w3.org/TR/prov-o/)."""

    context: Any = Field(alias="@context")
    graph: Any = Field(alias="@graph")
