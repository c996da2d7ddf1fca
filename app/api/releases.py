"""`/v1/releases`: the editions of the dataset, their files, and what changed from one to another."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from app.api import openapi
from app.api.answers import (
    FOREVER,
    LIVING,
    ONLY_JSON,
    Links,
    address,
    answer,
    chosen,
    given,
    link_header,
    own_address,
    snapshot,
    tagged,
    wanted,
)
from app.api.shapes import TEXT, ref
from app.errors import NotFound, Unavailable
from app.formats import JSON, json
from app.gateway.static_file import StaticFile, static_response
from app.http.disposition import attachment
from app.read.dataset import read_catalog, read_history, read_release
from app.releases.diff import Diff, as_text, compare
from app.releases.store import FrozenFile, FrozenRelease, ReleaseStore
from app.request.controls import DOCUMENT, format_parameter, named
from app.request.parameters import NONE, read_parameters
from app.standards.atom import feed

router = APIRouter(tags=["Releases"])

PLAIN = ("text", "text/plain; charset=utf-8")
DIFF_FORMATS = (*ONLY_JSON, PLAIN)
DIFF_PARAMETERS = named(format_parameter(dict(DIFF_FORMATS)))
RELEASE = openapi.path("release", "The id of a release.", example="2026-11-0123abcd")


def shelf(request: Request) -> ReleaseStore:
    """Where the files of releases are kept."""
    kept: ReleaseStore = request.app.state.shelf
    return kept


@router.get(
    "/v1/releases",
    name="listReleases",
    **openapi.route(
        "Releases: all of them",
        "Every edition that was served here, newest first, with its files where they are kept here.",
        "ReleasesAnswer",
        [openapi.query(DOCUMENT["format"])],
        (406, 422, 503),
    ),
)
async def releases(request: Request) -> Response:
    """Every edition that was served here."""
    read_parameters(DOCUMENT, given(request))
    wanted(request.scope)
    history = await snapshot(request, read_history)
    here = own_address(request)
    links: Links = {"self": here, "canonical": here, "feed": address(request, "/v1/releases.atom")}
    data = [_told(request, each) for each in history]
    return tagged(request, answer(request, json.encode(data), links), LIVING)


@router.get("/v1/releases.atom", include_in_schema=False)
async def atom(request: Request) -> Response:
    """The releases as a feed."""
    read_parameters(NONE, given(request))
    history, catalog = await snapshot(request, lambda found: (read_history(found), read_catalog(found)))
    document = feed(catalog, history, address(request, ""))
    return Response(document, media_type="application/atom+xml; charset=utf-8")


@router.get("/v1/releases/latest", include_in_schema=False)
@router.get("/v1/releases/latest/{below:path}", include_in_schema=False)
@router.get("/v1/releases/{old}/diff/latest", include_in_schema=False)
async def latest(request: Request) -> Response:
    """From an address that always means the newest release to the one that does not change."""
    newest = (await snapshot(request, read_release))["id"]
    path = "/".join(newest if part == "latest" else part for part in request.url.path.split("/"))
    return RedirectResponse(address(request, quote(path), request.url.query), 307, LIVING)


@router.get(
    "/v1/releases/{release}",
    name="getRelease",
    **openapi.route(
        "Releases: one",
        "One edition, with its files where they are kept here.",
        "ReleaseAnswer",
        [RELEASE, openapi.query(DOCUMENT["format"])],
        (404, 406, 422, 503),
    ),
)
async def release(request: Request) -> Response:
    """One edition."""
    read_parameters(DOCUMENT, given(request))
    wanted(request.scope)
    asked = request.path_params["release"]
    history = await snapshot(request, read_history)
    found = next((each for each in history if each["id"] == asked), None)
    if found is None:
        raise NotFound(f"there is no release {asked[:100]!r}; /v1/releases lists them")
    here = own_address(request)
    links: Links = {"self": here, "canonical": here, "collection": address(request, "/v1/releases")}
    return tagged(request, answer(request, json.encode(_told(request, found)), links), LIVING)


@router.get(
    "/v1/releases/{release}/files/{name}",
    name="downloadReleaseFile",
    **openapi.download(
        "Releases: a file",
        "A file of an edition: it never changes. Parts can be asked for with Range, so that a download goes on.",
        [
            RELEASE,
            openapi.path(
                "name", "The name of a file of that release.", pattern="^[A-Za-z0-9.-]+$", example="figures.csv"
            ),
        ],
        (404, 416, 422, 503),
    ),
)
async def file(request: Request) -> Response:
    """A file of an edition."""
    read_parameters(NONE, given(request))
    frozen, name = shelf(request).get(request.path_params["release"]), request.path_params["name"]
    found = frozen.file(name)
    if found is None:
        offered = ", ".join(each.name for each in frozen.edition.files)
        raise NotFound(f"release {frozen.edition.id} has no file {name[:100]!r}; it has {offered}")
    if not frozen.is_present(found):
        raise Unavailable(f"{name} of {frozen.edition.id} is damaged here; `shanhai release` makes it anew")
    stem, _, extension = name.rpartition(".")
    headers = {
        **FOREVER,
        "Content-Disposition": attachment(stem, extension) if stem else f'attachment; filename="{name}"',
        "Link": link_header({"collection": address(request, f"/v1/releases/{frozen.edition.id}")}),
    }
    return static_response(request.scope, static_file(frozen, found), headers)


@router.get(
    "/v1/releases/{old}/diff/{new}",
    name="getDiff",
    **openapi.route(
        "Releases: what changed",
        "Records added and removed from one edition to another, and each changed value before and after.",
        {JSON.media_type: ref("DiffAnswer"), PLAIN[1]: TEXT},
        [
            openapi.path("old", "The id of the release before.", example="2026-11-0123abcd"),
            openapi.path("new", "The id of the release after.", example="2026-11-0123abcd"),
            openapi.query(DIFF_PARAMETERS["format"]),
        ],
        (404, 406, 422),
    ),
)
async def diff(request: Request) -> Response:
    """What changed from one edition to another."""
    read_parameters(DIFF_PARAMETERS, given(request))
    form = chosen(request.scope, DIFF_FORMATS)
    old, new = (shelf(request).get(request.path_params[name]) for name in ("old", "new"))
    found = await to_thread.run_sync(compare, old, new)
    if form == PLAIN[0]:
        return tagged(request, PlainTextResponse(as_text(found)), FOREVER)
    return tagged(request, _document(request, new, found), FOREVER)


def static_file(frozen: FrozenRelease, file: FrozenFile, modified: dt.datetime | None = None) -> StaticFile:
    """Return a file of an edition as the gateway sends it; by default it was modified when the edition was released."""
    since = modified or dt.datetime.fromisoformat(frozen.edition.released_on).replace(tzinfo=dt.UTC)
    return StaticFile(frozen.path(file.name), file.media_type, file.bytes, file.sha256, since)


def _told(request: Request, release: dict[str, Any]) -> dict[str, Any]:
    """A release with its files and links."""
    frozen, here = shelf(request).find(release["id"]), address(request, f"/v1/releases/{release['id']}")
    files = frozen.edition.files if frozen else ()
    before = release["previous_id"]
    compared = before if frozen and before and shelf(request).find(before) else None
    return {
        **release,
        "files": [{**each._asdict(), "url": f"{here}/files/{each.name}"} for each in files],
        "links": {
            "self": here,
            "previous": address(request, f"/v1/releases/{before}") if before else None,
            "diff": address(request, f"/v1/releases/{compared}/diff/{release['id']}") if compared else None,
        },
    }


def _document(request: Request, new: FrozenRelease, found: Diff) -> Response:
    """The diff in the envelope; it speaks of the two editions alone, whatever is served now."""
    here = own_address(request)
    lists = ("added", "removed", "changed")
    data = {**found._asdict(), **{name: [each._asdict() for each in getattr(found, name)] for name in lists}}
    meta = {"release": new.edition.id, "license": new.edition.license}
    links: Links = {"self": here, "canonical": here}
    body = json.document(json.encode(data), meta=meta, links=links)
    return Response(body, headers={"Link": link_header(links)}, media_type=JSON.media_type)
