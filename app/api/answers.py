"""Answers in the one envelope of /v1: `data`, `meta` and `links`, the links in the Link header too."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection
from starlette.types import Scope

from app.errors import NotAcceptable
from app.formats import FORMATS, JSON, Format, json
from app.http.addresses import Given, encoded, header
from app.http.context import context
from app.http.negotiation import Offer, negotiate
from app.http.validators import holds
from app.read.dataset import DatasetReader
from app.standards import signposting
from app.standards.signposting import Signpost

T = TypeVar("T")

Links = dict[str, str | None]

# Links whose plain name is no registered relation stand in the Link header under one that is.
REGISTERED = {"figure": "about", "derived_figure": "about", "evidence": "describedby"}

TABULAR: tuple[Offer, ...] = tuple((each.name, each.media_type) for each in FORMATS.values())
ONLY_JSON: tuple[Offer, ...] = ((JSON.name, JSON.media_type),)
JSON_LD = "application/ld+json"
LINKED: tuple[Offer, ...] = (*ONLY_JSON, ("jsonld", JSON_LD))
GRAPHS: tuple[Offer, ...] = (*LINKED, ("ttl", "text/turtle"))

# Whatever an address negotiates among, it is one of these.
NEGOTIATED = (TABULAR, LINKED, GRAPHS)

LIVING = {"Cache-Control": "public, max-age=60, stale-while-revalidate=600", "Vary": "Accept, Accept-Encoding"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept, Accept-Encoding"}


def chosen(scope: Scope, offered: tuple[Offer, ...]) -> str:
    """The name of what a request asks for, of what is on offer. Raises NotAcceptable."""
    asked = next((value for name, value in context(scope).query if name == "format"), None)
    return negotiate(header(scope, b"accept"), asked, offered)


def wanted(scope: Scope, offered: tuple[Offer, ...] = ONLY_JSON) -> Format:
    """The format that a request asks for. Raises NotAcceptable."""
    return FORMATS[chosen(scope, offered)]


def variant(scope: Scope) -> str:
    """What tells apart the answers that one address may give: what would be chosen of each that may be on offer.

    It is asked before anybody knows which address offers what; so an answer goes by all of them.
    """
    return " ".join(_or_nothing(scope, offered) for offered in NEGOTIATED)


def _or_nothing(scope: Scope, offered: tuple[Offer, ...]) -> str:
    try:
        return chosen(scope, offered)
    except NotAcceptable:
        return "-"  # the route will tell what is wrong


def given(request: Request) -> Given:
    """The parameters that a request gives."""
    return context(request.scope).query


def served(request: Request) -> DatasetReader:
    """The dataset that this application serves."""
    dataset: DatasetReader = request.app.state.served
    return dataset


async def snapshot(request: Request, work: Callable[[Connection], T]) -> T:
    """Run `work` on a snapshot of the database, and let the answer carry that snapshot's validators."""
    context(request.scope).state, result = await served(request).read(work)
    return result


def answer(
    request: Request,
    data: bytes,
    links: Links,
    media_type: str = JSON.media_type,
    signposts: Iterable[Signpost] = (),
    **members: Any,
) -> Response:
    """The answer around `data`, which is JSON already. `members` of `meta` stand under that name, others beside it.

    `signposts` are links for machines, which stand in the header alone.
    """
    meta = {**members.pop("meta", {}), **release_of(request)}
    body = json.document(data, **members, meta=meta, links=links)
    return Response(body, headers={"Link": link_header(links, *signposts)}, media_type=media_type)


def records_signposts(request: Request) -> list[Signpost]:
    """What machines are told beside records: what their keys mean, and the licence."""
    about = context(request.scope)
    return signposting.records(about.state.license_url, about.base_url) if about.state else []


def tagged(request: Request, response: Response, caching: dict[str, str]) -> Response:
    """An answer that depends on more than the release, known by its own bytes; or that the client has it already."""
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {**caching, "ETag": etag}
    if holds(request.scope, etag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def release_of(request: Request) -> dict[str, str | None]:
    """What every answer tells of the release that it shows."""
    state = context(request.scope).state
    return {"release": state.release if state else None, "license": state.license if state else None}


def link_header(links: Links, *more: Signpost) -> str:
    """The links as the header tells them (RFC 8288), and those that only machines follow."""
    named = {REGISTERED.get(name, name): address for name, address in links.items() if address}
    return signposting.link_header([*(Signpost(where, relation) for relation, where in named.items()), *more])


def address(request: Request, path: str, query: str = "") -> str:
    """The absolute address of a path of this service."""
    return f"{context(request.scope).base_url}{path}{'?' if query else ''}{query}"


def own_address(request: Request) -> str:
    """The absolute address that was asked for, its parameters sorted: in any order they are one answer."""
    return address(request, quote(request.scope["path"]), encoded(given(request)))
