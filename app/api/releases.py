"""`/v1/releases`: the editions of the dataset, their files, and what changed between two of them."""

import datetime as dt
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import PlainTextResponse, Response

from app.api import openapi
from app.api.dependencies import FORMAT_QUERY, NO_QUERY, ChosenOffer, Releases, Snapshot, parsed_query
from app.api.envelope import (
    JSON_OFFER,
    JsonRoute,
    envelope,
    identifiers_of,
    link_header,
    self_links,
    url_of,
    with_content_etag,
)
from app.api.files import is_intact
from app.api.models.releases import DiffAnswer, ReleaseAnswer, ReleasesAnswer
from app.api.texts import described
from app.entity import Bilingual
from app.errors import NotFound, Unavailable
from app.formats import JSON, json
from app.gateway.route import ReleaseRoute, offering
from app.gateway.static_file import StaticFile
from app.http.disposition import attachment
from app.http.headers import IMMUTABLE, REVALIDATE, VARY
from app.http.negotiation import Offer
from app.http.redirects import redirect
from app.nearest import quote_words
from app.read.dataset import PublishedRelease, read_catalog, read_history, read_release
from app.releases.diff import Diff, as_text, compare
from app.releases.store import FrozenRelease, ReleaseStore
from app.request.controls import format_parameter
from app.request.parameters import by_name
from app.standards.atom import MEDIA_TYPE as ATOM
from app.standards.atom import release_feed

TEXT_OFFER = Offer("text", "text/plain; charset=utf-8")
DIFF_FORMAT = format_parameter([JSON_OFFER.name, TEXT_OFFER.name])
ReleaseId = Annotated[str, Path(**described(Bilingual("版本的标识。", "The id of a release."), openapi.SLUG_SCHEMA))]
OldId = Annotated[
    str, Path(**described(Bilingual("旧版本的标识。", "The id of the release before."), openapi.SLUG_SCHEMA))
]
NewId = Annotated[
    str, Path(**described(Bilingual("新版本的标识。", "The id of the release after."), openapi.SLUG_SCHEMA))
]
FileName = Annotated[
    str,
    Path(
        **described(
            Bilingual(
                "该版本中文件的名称；按年份分存的文件，名称含文件夹。",
                "The name of a file of that release; that of a file by year has folders.",
            ),
            {"pattern": "^[A-Za-z0-9._=/-]+$", "examples": ["figures.csv"]},
        )
    ),
]

router = APIRouter(tags=["Releases"], route_class=JsonRoute)
single_form_router = APIRouter(tags=["Releases"], route_class=ReleaseRoute)


@router.get(
    "/v1/releases",
    name="listReleases",
    dependencies=[FORMAT_QUERY],
    **openapi.route(
        Bilingual("版本：全部", "Releases: all of them"),
        Bilingual(
            "在这里提供过的全部版本，最后加载的在前；文件若存于此处，一并列出。",
            "Every edition that was served here, the last loaded first, with its files if they are stored here.",
        ),
        ReleasesAnswer,
        (422,),
    ),
)
async def list_releases(request: Request, snapshot: Snapshot, store: Releases) -> Response:
    """Return every edition that was served here."""
    history = await snapshot.read(read_history)
    data = json.encode([_release(request, store, release) for release in history])
    return with_content_etag(envelope(request, data, self_links(request, feed=url_of(request, "/v1/releases.atom"))))


@single_form_router.get("/v1/releases.atom", include_in_schema=False, dependencies=[NO_QUERY])
async def get_feed(request: Request, snapshot: Snapshot) -> Response:
    """Return the releases as an Atom feed."""
    history, catalog = await snapshot.read(lambda connection: (read_history(connection), read_catalog(connection)))
    document = release_feed(catalog, history, identifiers_of(request))
    return Response(document, media_type=f"{ATOM}; charset=utf-8")


@single_form_router.get("/v1/releases/latest", include_in_schema=False)
@single_form_router.get("/v1/releases/latest/{below:path}", include_in_schema=False)
@single_form_router.get("/v1/releases/{old}/diff/latest", include_in_schema=False)
async def redirect_to_latest(request: Request, snapshot: Snapshot) -> Response:
    """Redirect an address that names the latest release to the one that names it by id."""
    latest = (await snapshot.read(read_release))["id"]
    path = "/".join(latest if part == "latest" else part for part in request.url.path.split("/"))
    location = url_of(request, quote(path, safe="/="), request.url.query)
    return redirect(location, 307, {"Cache-Control": REVALIDATE, "Vary": VARY})


@router.get(
    "/v1/releases/{release}",
    name="getRelease",
    dependencies=[FORMAT_QUERY],
    **openapi.route(
        Bilingual("版本：一个", "Releases: one"),
        Bilingual("一个版本；文件若存于此处，一并列出。", "One edition, with its files if they are stored here."),
        ReleaseAnswer,
        (404, 406, 422, 503),
    ),
)
async def get_release(request: Request, release: ReleaseId, snapshot: Snapshot, store: Releases) -> Response:
    """Return one edition."""
    history = await snapshot.read(read_history)
    row = next((each for each in history if each["id"] == release), None)
    if row is None:
        raise NotFound(f"There is no release {release[:100]!r}. GET /v1/releases lists them.")
    links = self_links(request, collection=url_of(request, "/v1/releases"))
    return with_content_etag(envelope(request, json.encode(_release(request, store, row)), links))


@single_form_router.get(
    "/v1/releases/{release}/files/{name:path}",
    name="downloadReleaseFile",
    dependencies=[NO_QUERY],
    **openapi.route(
        Bilingual("版本：一个文件", "Releases: a file"),
        Bilingual(
            "一个版本中的文件，媒体类型由版本注明；内容不再改变。可以用 Range 请求继续中断的下载。",
            "A file of an edition, in the media type that the release names. It never changes. Range requests resume a "
            "download.",
        ),
        openapi.BINARY,
        (206, 304, 404, 416, 422, 503),
        media_type="*/*",
    ),
)
async def download_file(request: Request, release: ReleaseId, name: FileName, store: Releases) -> Response:
    """Return a file of an edition."""
    frozen = store.get(release)
    file = frozen.file(name)
    if file is None:
        available = quote_words(each.name for each in frozen.edition.files)
        raise NotFound(f"Release {frozen.edition.id} has no file {name[:100]!r}. Available: {available}.")
    if not await is_intact(frozen, file):
        raise Unavailable(f"{name} of {frozen.edition.id} is damaged. `shanhai release` repairs it.")
    stem, _, extension = name.replace("/", "_").rpartition(".")
    headers = {
        "Cache-Control": IMMUTABLE,
        "Content-Disposition": attachment(stem, extension) if stem else f'attachment; filename="{name}"',
        "Link": link_header({"collection": url_of(request, f"/v1/releases/{frozen.edition.id}")}),
    }
    released = dt.datetime.fromisoformat(frozen.edition.released_on).replace(tzinfo=dt.UTC)
    return StaticFile(frozen.path(name), file.media_type, file.bytes, file.sha256, released, headers)


async def get_diff(request: Request, old: OldId, new: NewId, offer: ChosenOffer, store: Releases) -> Response:
    """Return what changed from one edition to another."""
    before, after = store.get(old), store.get(new)
    diff = await to_thread.run_sync(partial(compare, before, after))
    if offer == TEXT_OFFER:
        return with_content_etag(PlainTextResponse(as_text(diff)), IMMUTABLE)
    return with_content_etag(_diff_document(request, after, diff), IMMUTABLE)


router.add_api_route(
    "/v1/releases/{old}/diff/{new}",
    get_diff,
    name="getDiff",
    dependencies=[Depends(parsed_query(by_name(DIFF_FORMAT)))],
    route_class_override=offering(JSON_OFFER, TEXT_OFFER),
    **openapi.route(
        Bilingual("版本：改动", "Releases: what changed"),
        Bilingual(
            "从一个版本到另一个版本增加、删除的记录，以及每处改动前后的值；`format=text` 为纯文本。",
            "Records added and removed from one edition to another, and each changed value before and after; with "
            "`format=text`, as plain text.",
        ),
        DiffAnswer,
        (404, 422),
    ),
)


def _release(request: Request, store: ReleaseStore, release: PublishedRelease) -> dict[str, Any]:
    """Return a release with its files and links."""
    frozen, url = store.find(release["id"]), url_of(request, f"/v1/releases/{release['id']}")
    previous = release["previous_id"]
    has_diff = frozen and previous and store.find(previous)
    return {
        **release,
        "files": [
            {**file._asdict(), "url": f"{url}/files/{file.name}"} for file in (frozen.edition.files if frozen else ())
        ],
        "links": {
            "self": url,
            "previous": url_of(request, f"/v1/releases/{previous}") if previous else None,
            "diff": url_of(request, f"/v1/releases/{previous}/diff/{release['id']}") if has_diff else None,
        },
    }


def _diff_document(request: Request, new: FrozenRelease, diff: Diff) -> Response:
    """Return the diff in the envelope; `meta` names the newer edition, whichever is served."""
    lists = ("added", "removed", "changed")
    data = {**diff._asdict(), **{name: [each._asdict() for each in getattr(diff, name)] for name in lists}}
    meta = {"release": new.edition.id, "license": new.edition.license}
    links = self_links(request)
    body = json.document(json.encode(data), meta=meta, links=links)
    return Response(body, headers={"Link": link_header(links)}, media_type=JSON.media_type)
