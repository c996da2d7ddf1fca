"""Problem documents (RFC 9457) and the kinds of problem that `/v1/problems` lists."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Closed, Links, Meta


class ProblemFault(Closed):
    """A parameter at fault: what is wrong, and the allowed values if they can be listed."""

    parameter: str
    detail: str
    allowed: list[str] | None


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
