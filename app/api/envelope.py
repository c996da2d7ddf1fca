"""Responses in the envelope of /v1: `data`, `meta` and `links`, which the Link header repeats."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from app.formats import FORMATS, JSON, json
from app.gateway.route import offering
from app.http.addresses import encoded
from app.http.context import context_of
from app.http.headers import REVALIDATE
from app.http.negotiation import Offer
from app.standards import signposting
from app.standards.identifiers import Identifiers
from app.standards.signposting import Signpost

Links = dict[str, str | None]

# Link names that are no registered relations, and the relations that stand for them in the Link header.
RELATIONS = {"figure": "about", "derived_figure": "about", "evidence": "describedby"}

JSON_OFFER = Offer(JSON.name, JSON.media_type)
JSON_LD_OFFER = Offer("jsonld", "application/ld+json")
TURTLE_OFFER = Offer("ttl", "text/turtle")

JsonRoute = offering(JSON_OFFER)
TabularRoute = offering(
    *(Offer(each.name, each.media_type, each.aliases, each.other_media_types) for each in FORMATS.values())
)


def envelope(
    request: Request, data: bytes | Sequence[bytes], links: Links, signposts: Iterable[Signpost] = (), **members: Any
) -> Response:
    """Return the response around `data`, JSON already, or an array of such records.

    `meta` extends the envelope's own, other members follow `data`. `signposts` are links for machines, in the header.
    """
    release = context_of(request.scope).release
    meta = {
        **members.pop("meta", {}),
        "release": release.release if release else None,
        "license": release.license if release else None,
    }
    body = json.document(data, **members, meta=meta, links=links)
    return Response(body, headers={"Link": link_header(links, *signposts)}, media_type=JSON.media_type)


def identifiers_of(request: Request) -> Identifiers:
    """Return the identifiers that documents contain. The request has read the release."""
    context = context_of(request.scope)
    assert context.release  # noqa: S101 - a snapshot without a release is an error
    return Identifiers(context.base_url, context.release.publisher, request.app.state.has_public_url)


def record_signposts(request: Request) -> list[Signpost]:
    """Return the links of records for machines: the dictionary and the licence."""
    context = context_of(request.scope)
    return signposting.records(context.release.license_url, context.base_url) if context.release else []


def with_content_etag(response: Response, cache_control: str = REVALIDATE) -> Response:
    """Give a response that depends on more than the release an ETag of its own bytes."""
    response.headers["ETag"] = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = cache_control
    return response


def link_header(links: Links, *signposts: Signpost) -> str:
    """Return the links as a Link header (RFC 8288)."""
    by_relation = {RELATIONS.get(name, name): url for name, url in links.items() if url}
    return signposting.link_header([*(Signpost(url, relation) for relation, url in by_relation.items()), *signposts])


def url_of(request: Request, path: str, query: str = "") -> str:
    """Return the absolute URL of a path of this service."""
    return f"{context_of(request.scope).base_url}{path}{'?' if query else ''}{query}"


def own_url(request: Request) -> str:
    """Return the absolute URL of this request, its parameters sorted."""
    return url_of(request, quote(request.scope["path"]), encoded(context_of(request.scope).parameters))


def self_links(request: Request, **links: str | None) -> Links:
    """Return the links of a resource whose own URL is canonical."""
    url = own_url(request)
    return {"self": url, "canonical": url, **links}
