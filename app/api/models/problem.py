"""Problem documents (RFC 9457) and the kinds of problem that `/v1/problems` lists."""

from typing import Annotated

from pydantic import MISSING, Field, NonNegativeInt

from app.api.models.envelope import Closed, Links, Meta
from app.api.texts import chinese, described
from app.entity import Bilingual


class ProblemFault(Closed, json_schema_extra=chinese(description="有误的参数：错在哪里，以及可选的值（如能列出）。")):
    """A parameter at fault: what is wrong, and the allowed values if they can be listed."""

    parameter: str
    detail: str
    allowed: list[str] | None


class ProblemLinks(Closed, json_schema_extra=chinese(description="同一查询的第一页。")):
    """The first page of the same query."""

    first: Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Problem(Closed, json_schema_extra=chinese(description="RFC 9457 问题详情。")):
    """RFC 9457 problem details."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemFault] = Field(default_factory=list)
    release_of_cursor: Annotated[
        str | MISSING,
        Field(**described(Bilingual("用于 409：游标所属的版本。", "Of 409: the release whose page had the cursor."))),
    ] = MISSING
    release: Annotated[
        str | MISSING,
        Field(**described(Bilingual("用于 409：当前提供的版本。", "Of 409: the release that is served."))),
    ] = MISSING
    links: Annotated[
        ProblemLinks | MISSING,
        Field(**described(Bilingual("用于 409：从哪里重新取起。", "Of 409: where to begin again."))),
    ] = MISSING


class ProblemKind(Closed, json_schema_extra=chinese(description="一种错误。")):
    """A kind of problem."""

    status: NonNegativeInt
    code: str
    title: str
    about: str


class ProblemsAnswer(Closed, json_schema_extra=chinese(description="全部错误种类。")):
    """Every kind of problem."""

    data: list[ProblemKind]
    meta: Meta
    links: Links


class ProblemAnswer(Closed, json_schema_extra=chinese(description="一种错误。")):
    """One kind of problem."""

    data: ProblemKind
    meta: Meta
    links: Links
