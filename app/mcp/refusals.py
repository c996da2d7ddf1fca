"""Reading the API for a tool: its answer, or its refusal in its words."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.errors import ShanhaiError
from app.mcp import words
from app.mcp.api import MAX_ANSWER_BYTES, Api, Query

Document = dict[str, Any]


class Refused(Exception):
    """The API refuses a request. The text is for the assistant."""


async def read(api: Api, path: str, query: Mapping[str, Any]) -> Document:
    """Return a JSON response. Raises Refused."""
    if "format" in query:  # which the API makes at some cost, and no assistant reads
        raise Refused(words.NOT_JSON)
    try:
        document: Document = msgspec.json.decode(await read_text(api, path, query))
    except (msgspec.DecodeError, UnicodeDecodeError):  # of an id such as "aggregate.csv", or of another service
        is_file, other = "." in path, f"{api.base_url} answers, but not as a Shanhai server would."
        raise Refused(words.NOT_JSON if is_file else other) from None
    return document


async def read_text(api: Api, path: str, query: Mapping[str, Any]) -> str:
    """Return a response. Raises Refused with the words of the problem document."""
    try:
        answer = await api.get(path, _parameters(query))
    except ShanhaiError as error:
        raise Refused(words_of_error(error)) from None
    except UnicodeEncodeError:  # half of a character, which JSON can state
        raise Refused(words.NOT_UNICODE) from None
    if answer.body is None:
        raise Refused(words.TOO_LONG.format(most=MAX_ANSWER_BYTES))
    if answer.status == 200:
        return answer.body.decode()
    try:
        problem = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:  # of a redirect, or of a proxy in between
        problem = {"detail": f"{path} has no answer for a tool: status {answer.status}."}
    raise Refused(words_of_problem(problem))


def words_of_problem(problem: Document) -> str:
    """Return the words of a problem document: its detail, which has each fault, and what is allowed instead."""
    allowed = [
        f"Allowed for {each['parameter']}: {', '.join(each['allowed'])}."
        for each in problem.get("errors", ())
        if each.get("allowed")
    ]
    return "\n".join([str(problem.get("detail")), *allowed])


def words_of_error(error: ShanhaiError) -> str:
    """Return the words of an error, as those of its problem document."""
    faults = [{"parameter": fault.parameter, "allowed": fault.allowed} for fault in error.faults]
    return words_of_problem({"detail": error.detail, "errors": faults})


def _parameters(query: Mapping[str, Any]) -> Query:
    """Return arguments as query parameters; a null is as if it were not there."""
    return [(name, _text(value)) for name, value in query.items() if value is not None]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
