"""Problem documents (RFC 9457) and the kinds of problem that `/v1/problems` lists."""

from typing import Annotated

from pydantic import MISSING, Field, NonNegativeInt

from app.api.models.envelope import Closed, Links, Meta


class ProblemFault(Closed):
    """A parameter at fault: what is wrong, and the allowed values if they can be listed."""

    parameter: str
    detail: str
    allowed: list[str] | None


class ProblemLinks(Closed):
    """The first page of the same query."""

    first: Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Problem(Closed):
    """RFC 9457 problem details."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemFault] = Field(default_factory=list)
    release_of_cursor: Annotated[str | MISSING, Field(description="Of 409: the release whose page had the cursor.")] = (
        MISSING
    )
    release: Annotated[str | MISSING, Field(description="Of 409: the release that is served.")] = MISSING
    links: Annotated[ProblemLinks | MISSING, Field(description="Of 409: where to begin again.")] = MISSING


class ProblemKind(Closed):
    """A kind of problem."""

    status: NonNegativeInt
    code: str
    title: str
    about: str


class ProblemsAnswer(Closed):
    """Every kind of problem."""

    data: list[ProblemKind]
    meta: Meta
    links: Links


class ProblemAnswer(Closed):
    """One kind of problem."""

    data: ProblemKind
    meta: Meta
    links: Links
