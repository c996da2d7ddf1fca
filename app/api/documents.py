"""The metadata documents: a table, and a route generated for each of its rows.

`app/standards` writes them, one pure file each; `metadata` lists their addresses and forms.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.dependencies import ChosenOffer, Releases, Snapshot, parsed_query
from app.api.envelope import Links, link_header, url_of, with_content_etag
from app.api.texts import texts
from app.entity import Bilingual
from app.gateway.route import offering
from app.http.context import context_of
from app.http.headers import REVALIDATE, VARY, VARY_BY_LANGUAGE
from app.http.languages import negotiate_language
from app.http.negotiation import Offer
from app.releases.dataset import read_dataset
from app.request.controls import format_parameter
from app.request.parameters import NO_PARAMETERS, by_name
from app.standards.dataset import Dataset

HTML_OFFER = Offer("html", "text/html")


class DocumentForm(NamedTuple):
    """A form of a document: its media type, its writer, and its model or schema in the OpenAPI document."""

    media_type: str
    write: Callable[[Dataset], bytes]
    schema: openapi.Answer = openapi.OBJECT


class Document(NamedTuple):
    """A document: its id in the index, its address, title and description, and its forms by name, preferred first.

    `page` is the path of its page below the language; clients that prefer HTML are redirected there.
    """

    id: str
    path: str
    title: Bilingual
    about: Bilingual
    operation: str
    forms: Mapping[str, DocumentForm]
    indexed: bool = True
    page: str | None = None

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What a client can negotiate: each form, and the page."""
        forms = tuple(Offer(name, form.media_type) for name, form in self.forms.items())
        return (*forms, HTML_OFFER) if self.page else forms


def document_router(documents: tuple[Document, ...]) -> APIRouter:
    """Return a route for each document."""
    router = APIRouter(tags=["Metadata"])
    for document in documents:
        # A document in one form has no `format` parameter, and every client gets it.
        parameters = by_name(format_parameter([offer.name for offer in document.offers]))
        is_negotiated = len(document.offers) > 1
        router.add_api_route(
            document.path,
            _endpoint(document),
            name=document.operation,
            dependencies=[Depends(parsed_query(parameters if is_negotiated else NO_PARAMETERS))],
            route_class_override=offering(*document.offers) if is_negotiated else offering(),
            include_in_schema=document.indexed,
            **_described(document),
        )
    return router


def index_entries(documents: tuple[Document, ...]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield the entries of the documents in the index."""
    for document in documents:
        if document.indexed:
            yield document.id, (document.path, *document.title)


def dataset_of(connection: Connection, request: Request) -> Dataset:
    """Read the dataset as this application serves it, for the documents to describe."""
    state = request.app.state
    base_url, is_public = context_of(request.scope).base_url, state.has_public_url
    return read_dataset(connection, state.release_store, base_url, is_public=is_public, contact=state.reader.contact)


def _endpoint(document: Document) -> Callable[..., Awaitable[Response]]:
    async def negotiated(request: Request, offer: ChosenOffer, snapshot: Snapshot, store: Releases) -> Response:
        if offer == HTML_OFFER:
            page = url_of(request, f"/{negotiate_language(request.scope)}{document.page}")
            return RedirectResponse(page, 303, {"Cache-Control": REVALIDATE, "Vary": VARY_BY_LANGUAGE})
        return await document_response(document, document.forms[offer.name], request, snapshot, store)

    async def single(request: Request, snapshot: Snapshot, store: Releases) -> Response:
        (form,) = document.forms.values()
        return await document_response(document, form, request, snapshot, store)

    return negotiated if len(document.offers) > 1 else single


async def document_response(
    document: Document, form: DocumentForm, request: Request, snapshot: Snapshot, store: Releases
) -> Response:
    """Return a document in one of its forms, cached until what it describes changes."""
    release, cache = await snapshot.release(), request.app.state.documents
    is_frozen = store.find(release.release) is not None
    key = (release.fingerprint, is_frozen, context_of(request.scope).base_url, document.path, form.media_type)
    body = cache.get(key)
    if body is None:
        dataset = await snapshot.read(dataset_of, request)
        body = await to_thread.run_sync(form.write, dataset)
        if context_of(request.scope).release == release:  # no other release was loaded since the key was made
            cache[key] = body
    links: Links = {
        "canonical": url_of(request, document.path),
        "about": url_of(request, f"/v1/releases/{release.release}"),
        "license": release.license_url,
    }
    headers = {"Link": link_header(links), "Vary": VARY_BY_LANGUAGE if document.page else VARY}
    return with_content_etag(Response(body, headers=headers, media_type=form.media_type))


def _described(document: Document) -> dict[str, Any]:
    """Document the preferred form; another one is negotiated."""
    form = next(iter(document.forms.values()))
    media_type = form.media_type.partition(";")[0]
    arguments = openapi.route(document.title, document.about, form.schema, (422,), media_type=media_type)
    if document.page:
        arguments["responses"][303] = texts(
            description=Bilingual(
                "网页，语言由 Accept-Language 决定。", "The page, in the language that Accept-Language prefers."
            )
        )
    return arguments
