"""What all pages share: one snapshot is read, one template says it, and the page tells which answer it shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.engine import Connection

from app.http.addresses import Given, encoded
from app.http.context import context_of
from app.http.headers import PAGE_POLICY
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.assets import version_of
from app.portal.language import Language
from app.portal.samples import SAMPLES
from app.read.dataset import DatasetReader, read_catalog, read_release
from app.releases.store import ReleaseStore
from app.standards.signposting import Signpost, link_header

if TYPE_CHECKING:
    from jinja2 import Environment

Told = dict[str, Any]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """A page that is asked for: in which language, and where it stands below that."""

    request: Request
    language: Language

    @property
    def base(self) -> str:
        """The service's address, before `/v1`."""
        return context_of(self.request.scope).base_url

    @property
    def path(self) -> str:
        """Its own path below the language, from the first slash on; empty for the home page."""
        _, first, *below = self.request.scope["path"].split("/")
        steps = below if first in LANGUAGES else [first, *below]
        return "".join(f"/{step}" for step in steps if step)

    @property
    def section(self) -> str:
        """The part of the site that it belongs to: what the navigation shows as where the reader is."""
        first = f"/{self.path.split('/')[1]}" if self.path else ""
        if self.path.endswith("/evidence"):
            return "/evidence"
        return "/data" if first.removeprefix("/") in COLLECTIONS else "/docs" if first == "/releases" else first

    @property
    def given(self) -> Given:
        """The parameters of its address."""
        return context_of(self.request.scope).parameters

    @property
    def taken(self) -> Given:
        """Those that decide what is shown: tables and searches have some, and other pages none."""
        return self.given if self.path == "/search" or self.path.removeprefix("/") in COLLECTIONS else []

    @property
    def shelf(self) -> ReleaseStore:
        """Where the files of releases are kept."""
        kept: ReleaseStore = self.request.app.state.release_store
        return kept

    def at(self, path: str = "", given: Iterable[tuple[str, str]] = (), language: str | None = None) -> str:
        """The address of a page in the same language, or in another one."""
        return self._address(f"/{language or self.language}{path}", given)

    def api(self, path: str, given: Iterable[tuple[str, str]] = ()) -> str:
        """The address of an answer of the API."""
        return self._address(f"/v1{path}", given)

    def _address(self, path: str, given: Iterable[tuple[str, str]]) -> str:
        query = encoded(given)
        return f"{self.base}{quote(path)}{'?' if query else ''}{query}"


def asked(request: Request) -> Page:
    """The page that a request asks for: its address begins with the language."""
    return Page(request, Language(request.scope["path"].split("/")[1]))


async def shown(page: Page, template: str, read: Callable[[Connection], Told]) -> Response:
    """The page that a template makes of what is read on one snapshot.

    What is read has `api`, the address of the answer that the page shows, and may have `signposts` for its header.
    """
    served: DatasetReader = page.request.app.state.reader

    def work(connection: Connection) -> Told:
        # A catalogue that was loaded by older code has neither headlines nor charts.
        catalog = {"headlines": [], "charts": [], **read_catalog(connection)}
        return {"release": read_release(connection), "catalog": catalog, **read(connection)}

    context_of(page.request.scope).release, told = await served.read(work)
    return written(page, template, told)


def written(page: Page, template: str, told: Mapping[str, Any], status: int = 200) -> Response:
    """The page that a template makes of what is told."""
    html = environment().get_template(f"{template}.html.jinja").render(_common(page), **told)
    links = [
        *(Signpost(page.at(page.path, page.taken, each), "alternate") for each in LANGUAGES),
        *([Signpost(told["api"], "alternate", "application/json")] if told.get("api") else []),
        *told.get("signposts", ()),
    ]
    headers = {
        "Content-Security-Policy": PAGE_POLICY,
        "Content-Language": page.language.tag,
        "Referrer-Policy": "same-origin",
        "Link": link_header(links),
    }
    return HTMLResponse(html, status, headers)


def _common(page: Page) -> Told:
    return {
        "page": page,
        "lang": page.language,
        "base": page.base,
        "at": page.at,
        "static": lambda name: f"{page.base}/static/{name}?v={version_of(name)}",
        "say": page.language.say,
        "words": page.language.words,
        "of": page.language.of,
        "samples": SAMPLES,
        "collections": [entity.collection for entity in COLLECTIONS.values()],
    }


@cache
def environment() -> "Environment":
    """The templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # a server that shows no page needs none

    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a server goes on with the code that it began with, and with its templates
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
