"""The documents in which catalogues, tools and people read what the dataset is: one table, and a route for each line.

What stands in them is said in `app/standards`, one pure file each; here is where they are found.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import LIVING, Links, address, chosen, given, link_header, served, snapshot, tagged
from app.api.releases import shelf
from app.api.shapes import Schema
from app.entity import Bilingual
from app.http.context import context
from app.http.languages import spoken
from app.http.negotiation import Offer
from app.read.dataset import READ_TIMEOUT_S
from app.releases.dataset import read_dataset
from app.request.controls import format_parameter
from app.request.parameters import NO_PARAMETERS, by_name, read_parameters
from app.standards.dataset import Dataset

OBJECT: Schema = {"type": "object"}
HTML: Offer = ("html", "text/html")


class Form(NamedTuple):
    """A form of a document: its media type, how it is written, and its schema in the OpenAPI document."""

    media_type: str
    write: Callable[[Dataset], bytes]
    schema: Schema = OBJECT


class Document(NamedTuple):
    """A document: its id in the index, its address, what it is, and its forms by name, the preferred one first.

    `page` is where people read it, below the language; who asks for HTML is sent there.
    """

    id: str
    path: str
    title: Bilingual
    about: str
    operation: str
    forms: Mapping[str, Form]
    indexed: bool = True
    page: str | None = None

    @property
    def offered(self) -> tuple[Offer, ...]:
        """What a client can choose from: each form by its name, and the page."""
        forms = tuple((name, form.media_type) for name, form in self.forms.items())
        return (*forms, HTML) if self.page else forms


def routes(documents: tuple[Document, ...]) -> APIRouter:
    """A route for each document."""
    router = APIRouter(tags=["Metadata"])
    for document in documents:
        router.add_api_route(document.path, partial(_answer, document), name=document.operation, **_told(document))
    return router


def index_of(documents: tuple[Document, ...]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """What `/v1` tells of them."""
    for document in documents:
        if document.indexed:
            yield document.id, (document.path, *document.title)


def read_served(request: Request, connection: Connection) -> Dataset:
    """The dataset as this application serves it at the address of a request."""
    return read_dataset(connection, shelf(request), context(request.scope).base_url, served(request).contact)


async def _answer(document: Document, request: Request) -> Response:
    offered = document.offered
    read_parameters(by_name(format_parameter(dict(offered))) if len(offered) > 1 else NO_PARAMETERS, given(request))
    name = chosen(request.scope, offered) if len(offered) > 1 else offered[0][0]
    if name == HTML[0]:
        page = address(request, f"/{spoken(request.scope)}{document.page}")
        return RedirectResponse(page, 303, {**LIVING, "Vary": "Accept, Accept-Language"})
    return await answer_in(document, document.forms[name], request)


async def answer_in(document: Document, form: Form, request: Request) -> Response:
    """A document in one of its forms; it is written once for as long as what it tells stays the same."""
    state = await served(request).current(READ_TIMEOUT_S)
    about, written = context(request.scope), request.app.state.written
    about.state = state
    ready = shelf(request).find(state.release) is not None
    key = (state.fingerprint, ready, about.base_url, document.path, form.media_type)
    body = written.get(key)
    if body is None:
        dataset = await snapshot(request, partial(read_served, request))
        body = await to_thread.run_sync(form.write, dataset)
        if about.state == state:  # or a release came meanwhile
            written.put(key, body)
    links: Links = {
        "canonical": address(request, document.path),
        "about": address(request, f"/v1/releases/{about.state.release}"),
        "license": about.state.license_url,
    }
    headers = {"Link": link_header(links)}
    return tagged(request, Response(body, headers=headers, media_type=form.media_type), LIVING)


def _told(document: Document) -> dict[str, Any]:
    answers = {form.media_type.split(";")[0]: form.schema for form in document.forms.values()}
    several = len(document.offered) > 1
    parameters = [openapi.query(format_parameter(dict(document.offered)))] if several else []
    problems = (406, 422, 503) if several else (422, 503)
    told = openapi.route(document.title.en, document.about, answers, parameters, problems)
    if document.page:
        told["responses"][303] = {
            "description": "The page for people, in the language that `Accept-Language` asks for."
        }
    return told
