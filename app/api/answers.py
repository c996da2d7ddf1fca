"""Answers in the one envelope of /v1: `data`, `meta` and `links`, the links in the Link header too."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection
from starlette.types import Scope

from app.formats import FORMATS, JSON, Format, json, negotiate
from app.http.addresses import header, query_value
from app.http.context import context
from app.query.parameters import format_parameter
from app.query.served import Served

T = TypeVar("T")

Links = dict[str, str | None]

# Links whose plain name is no registered relation stand in the Link header under one that is.
REGISTERED = {"figure": "about", "evidence": "describedby"}


NAMES = tuple(FORMATS)
FORMAT = {"format": format_parameter(NAMES)}  # what documents take, which have no parameters of their own


def wanted(scope: Scope) -> Format:
    """The format that a request asks for. Raises NotAcceptable."""
    return negotiate(header(scope, b"accept"), query_value(scope, "format"))


def served(request: Request) -> Served:
    """The dataset that this application serves."""
    dataset: Served = request.app.state.served
    return dataset


async def snapshot(request: Request, work: Callable[[Connection], T]) -> T:
    """Run `work` on a snapshot of the database, and let the answer carry that snapshot's validators."""
    context(request.scope).state, result = await served(request).read(work)
    return result


def answer(request: Request, data: str, links: Links, media_type: str = JSON.media_type, **members: Any) -> Response:
    """The answer around `data`, which is JSON already. `members` of `meta` stand under that name, others beside it."""
    about = context(request.scope)
    meta = {
        **members.pop("meta", {}),
        "release": about.state.release if about.state else None,
        "license": about.state.license if about.state else None,
    }
    body = json.document(data, **members, meta=meta, links=links)
    named = {REGISTERED.get(name, name): address for name, address in links.items() if address}
    link = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in named.items())
    return Response(body, headers={"Link": link}, media_type=media_type)


def address(request: Request, path: str, query: str = "") -> str:
    """The absolute address of a path of this service."""
    return f"{context(request.scope).base_url}{path}{'?' if query else ''}{query}"


def own_address(request: Request) -> str:
    """The absolute address that was asked for, its parameters sorted: in any order they are one answer."""
    return address(request, quote(request.url.path), urlencode(sorted(request.query_params.multi_items()), safe=",:"))
