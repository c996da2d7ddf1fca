"""A requested page, the URLs it links to, and how it is rendered."""

import pathlib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy.engine import Connection

from app.contact import report_url
from app.db import require_thread
from app.entity import Labels
from app.formats.json import encode
from app.gateway.route import ReleaseRoute
from app.http.addresses import QueryItems, encoded
from app.http.context import context_of
from app.http.headers import PAGE_POLICY, REVALIDATE, html_headers
from app.http.languages import LANGUAGES, negotiate_language
from app.models import COLLECTIONS
from app.portal.assets import asset_version
from app.portal.language import Language, mark_chinese, split_amount, tag_of
from app.portal.provenance import read_provenance
from app.portal.samples import samples
from app.portal.tracking import is_tracking
from app.read.dataset import DatasetReader, read_catalog, read_release
from app.read.terms import read_terms
from app.releases.dataset import read_dataset
from app.releases.store import ReleaseStore
from app.request.feeds import followed
from app.request.parameters import Parameters
from app.standards.citation import STYLES
from app.standards.dataset import Dataset
from app.standards.json_ld import plain
from app.standards.opensearch import SHORT_NAME
from app.standards.signposting import Signpost, link_header

if TYPE_CHECKING:
    from jinja2 import Environment

T = TypeVar("T")

Context = dict[str, Any]  # the variables of a template

TEMPLATES = pathlib.Path(__file__).parent / "templates"


class Page:
    """A requested page: its language, its path below the language (empty for the home page) and its query."""

    def __init__(self, request: Request) -> None:
        self.app = request.app
        self.context = context_of(request.scope)
        self.base_url = self.context.base_url
        self.query: QueryItems = self.context.parameters
        self._own_path: str = request.scope["path"]
        steps = [step for step in self._own_path.split("/") if step]
        named = steps.pop(0) if steps and steps[0] in LANGUAGES else None
        self.language = Language(named or negotiate_language(request.scope))
        self.path = "".join(f"/{step}" for step in steps)
        self.terms: Labels = {}  # of the release, once the database is read
        self.scheme: str | None = None  # the colours, if not those that the reader prefers

    @property
    def shown_query(self) -> QueryItems:
        """The query, if it decides what the page shows: that of a table or a search."""
        return self.query if self.path == "/search" or self.path.removeprefix("/") in COLLECTIONS else []

    @property
    def release_store(self) -> ReleaseStore:
        """The files of all releases."""
        store: ReleaseStore = self.app.state.release_store
        return store

    @property
    def contact(self) -> str:
        """The publisher's contact, or empty."""
        reader: DatasetReader = self.app.state.reader
        return reader.contact

    def report_url(self, release_id: str) -> str | None:
        """Return the address at which a reader reports an error on this page; None if the publisher has no contact."""
        about, address = self.path.removeprefix("/"), self.url(self.path, self.shown_query)
        title = self.language.say(f"发现错误：{about}", f"Something wrong: {about}")
        text = self.language.say(
            f"哪里有误？请写明正确的内容和依据。\n\n\n内容：{about}\n版本：{release_id}\n网页：{address}\n",
            "What is wrong, what is right, and how do you know?\n\n\n"
            f"About: {about}\nRelease: {release_id}\nPage: {address}\n",
        )
        return report_url(self.contact, title, text) if self.contact else None

    def url(self, path: str = "", query: Iterable[tuple[str, str]] = (), language: str | None = None) -> str:
        """Return the URL of a page, by default in the language of this one."""
        return self.root_url(f"/{language or self.language}{path}", query)

    def own_url(self, query: Iterable[tuple[str, str]]) -> str:
        """Return the URL of this page with another query."""
        return self.root_url(self._own_path, query)

    def api_url(self, path: str, query: Iterable[tuple[str, str]] = ()) -> str:
        """Return the URL of a response of the API."""
        return self.root_url(f"/v1{path}", query)

    def feed_url(self, path: str, known: Parameters) -> str:
        """Return the URL of the feed of what this page shows, whose parameters are these."""
        return self.api_url(f"{path}.atom", [*followed(known, self.query), ("lang", self.language)])

    def json_ld(self, document: Mapping[str, Any]) -> Markup:
        """Return a JSON-LD document in this page's language as the text of a script element."""
        return as_script(plain(document, self.language.tag))

    def static_url(self, name: str, folder: str = "/static") -> str:
        """Return the URL of a static file, which changes with its content."""
        return self.root_url(f"{folder}/{name}", [("v", asset_version(folder, name))])

    def root_url(self, path: str, query: Iterable[tuple[str, str]]) -> str:
        """Return the URL of a path below the base URL."""
        encoded_query = encoded(query)
        return f"{self.base_url}{quote(path)}{'?' if encoded_query else ''}{encoded_query}"

    def read_dataset(self, connection: Connection) -> Dataset:
        """Read the dataset, as metadata documents describe it."""
        is_public = self.app.state.has_public_url
        return read_dataset(connection, self.release_store, self.base_url, is_public=is_public, contact=self.contact)

    def bare_dataset(self, catalog: Mapping[str, Any], release: Mapping[str, Any]) -> Dataset:
        """Return the dataset without its history, sources, places and files, which take long to read."""
        return Dataset(catalog, release, (), (), (), (), (), self.base_url, self.app.state.has_public_url)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot of the database. The response gets the validators of that snapshot."""
        dataset: DatasetReader = self.app.state.reader

        def run(connection: Connection) -> T:
            self.terms = read_terms(connection)
            return work(connection)

        self.context.release, result = await dataset.read(run)
        return result


class PageRoute(ReleaseRoute):
    """A route of a page. It redirects to the address without the words that others add to it to track readers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of ReleaseRoute, behind the redirect."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            query = context_of(request.scope).parameters
            own = [pair for pair in query if not is_tracking(pair[0])]
            if len(own) == len(query):
                return await answer(request)
            return RedirectResponse(Page(request).own_url(own), 303, {"Cache-Control": REVALIDATE})

        return handle


def page_router() -> APIRouter:
    """Return a router for pages: their responses carry the validators of the release, and are cached."""
    return APIRouter(route_class=PageRoute)


async def page_of(request: Request) -> Page:
    """Return the requested page."""
    return Page(request)


RequestedPage = Annotated[Page, Depends(page_of)]
RequestedId = Annotated[str, Path(alias="id")]


async def render_page(
    page: Page, template: str, read: Callable[[Connection], Context], *, policy: str = PAGE_POLICY
) -> HTMLResponse:
    """Render a template with what `read` returns from one snapshot, both in a thread.

    A page takes several statements and a template, which for some records hold the event loop for a tenth of a second.
    `read` returns `api`, the URL of the response that the page shows, and may return `signposts` for the Link header.
    """

    def work(connection: Connection) -> HTMLResponse:
        require_thread(connection)
        # A catalogue that older code loaded has neither headlines nor charts.
        catalog = {"headlines": [], "charts": [], **read_catalog(connection)}
        context = {
            "release": read_release(connection),
            "catalog": catalog,
            "provenance": read_provenance(connection),
            **read(connection),
        }
        return render(page, template, context, policy=policy)

    return await page.read(work)


def render(
    page: Page, template: str, context: Mapping[str, Any], status: int = 200, *, policy: str = PAGE_POLICY
) -> HTMLResponse:
    """Render a template as a response with a page's headers."""
    is_error = status >= HTTPStatus.BAD_REQUEST
    html = environment().get_template(f"{template}.html.jinja").render(
        context,
        page=page,
        is_error=is_error,
        base=page.base_url,
        url=page.url,
        static=page.static_url,
        lang=page.language,
        scheme=page.scheme,
        say=page.language.say,
        localize=page.language.localize,
        localized=page.language.localized,
    )  # fmt: skip
    links = [] if is_error else [Signpost(page.url(page.path, language=each), "alternate") for each in LANGUAGES]
    if context["api"]:
        links.append(Signpost(context["api"], "alternate", "application/json"))
    headers = {
        **html_headers(page.base_url, policy),
        "Content-Language": page.language.tag,
        "Link": link_header([*links, *context.get("signposts", ())]),
    }
    return HTMLResponse(html, status, headers)


def as_script(document: Mapping[str, Any]) -> Markup:
    """Return a JSON document as the text of a script element, which it cannot end."""
    return Markup(encode(document).decode().replace("<", "\\u003c"))  # noqa: S704


@cache
def environment() -> "Environment":
    """Return the templates' environment. Jinja is imported with the first page, which keeps the start short."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # templates change with the code, at a restart
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    collections = {slug: entity.collection for slug, entity in COLLECTIONS.items()}
    made.globals.update(
        samples=samples,
        tag_of=tag_of,
        mark_chinese=mark_chinese,
        split_amount=split_amount,
        citation_styles=STYLES,
        all_collections=collections,
        search_name=SHORT_NAME,
    )
    return made
