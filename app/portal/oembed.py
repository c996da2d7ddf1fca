"""`/oembed`: how to show a chart, a record or a table within a page of another site."""

import re
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.charts.declared import Charts
from app.charts.style import EMBED_WIDTH_PX, MIN_WIDTH_PX
from app.entity import SLUG, Bilingual
from app.errors import FormatNotProvided, InvalidQuery, NotFound
from app.formats import JSON
from app.formats.json import encode
from app.gateway.route import ReleaseRoute
from app.http.context import context_of
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.collection import normalize, read_collection
from app.portal.frames import SCHEME
from app.portal.language import Language
from app.portal.page import Page, RequestedPage
from app.portal.record import read_record_page
from app.portal.tracking import is_tracking
from app.read.dataset import read_catalog
from app.request.parameters import Parameter, by_name, integer, read_parameters
from app.sentence import Sentence
from app.standards.oembed import Embedded, oembed

# What follows the address of this service; a frame stands for its page.
PATH = re.compile(rf"/(?P<language>{'|'.join(LANGUAGES)})(?:/embed)?/(?P<first>{SLUG})(?:/(?P<id>{SLUG}))?/?")
CHARTS = "charts"
MAX_PX = 10_000
URL = Parameter(
    "url",
    Bilingual("图表、记录或数据表的网页地址。", "The address of the page of a chart, a record or a collection."),
    {"type": "string", "format": "uri"},
    "http://127.0.0.1:8000/en/charts/money",
    str,
    required=True,
)
MAX_WIDTH = integer("maxwidth", Bilingual("最大宽度。", "The largest width."), 1, MAX_PX, 640)
MAX_HEIGHT = integer("maxheight", Bilingual("最大高度。", "The largest height."), 1, MAX_PX, 480)
KNOWN = by_name(URL, MAX_WIDTH, MAX_HEIGHT)

# Consumers know the protocol, and find the address in a page: neither needs OpenAPI.
router = APIRouter(route_class=ReleaseRoute)


async def read_query(request: Request) -> dict[str, Any]:
    """Return the parameters. Consumers add their own, such as `dnt`. Raises FormatNotProvided, InvalidQuery."""
    query = context_of(request.scope).parameters
    if {text for name, text in query if name == "format"} - {JSON.name}:
        raise FormatNotProvided(
            Sentence("oEmbed 只提供 JSON，请用 `format=json`。", "oEmbed is served as JSON only. Use `format=json`.")
        )
    return read_parameters(KNOWN, [pair for pair in query if pair[0] in KNOWN], required=[URL.name])


@router.get("/oembed")
async def get_oembed(
    request: Request, page: RequestedPage, query: Annotated[dict[str, Any], Depends(read_query)]
) -> Response:
    """Return the frame of a page, within the size that the consumer allows. No address is fetched."""
    max_width, max_height = query.get(MAX_WIDTH.name, MAX_PX), query.get(MAX_HEIGHT.name, MAX_PX)
    first, record_id = turn_to(page, query[URL.name], request.app.state.gateway.max_parameters)

    def read(connection: Connection) -> bytes:
        embedded = read_embedded(connection, page, first, record_id, max_width).within(max_width, max_height)
        publisher = page.language.localize(read_catalog(connection)["publisher"])
        return encode(oembed(embedded, publisher, page.url()))

    return Response(await page.read(read), media_type=JSON.media_type)


def turn_to(page: Page, url: str, max_parameters: int) -> tuple[str, str | None]:
    """Make `page` the one at an address of this service, of either scheme; return the steps of its path.

    Raises NotFound if the address is no page's, or no page's of those that a frame can show.
    """
    address, _, query = url.partition("#")[0].partition("?")
    scheme, _, rest = address.partition(":")
    own = page.base_url.partition(":")[2]
    match = PATH.fullmatch(rest, len(own)) if scheme in {"http", "https"} and rest.startswith(own) else None
    is_shown = match and (match["first"] in COLLECTIONS or (match["first"] == CHARTS and match["id"]))
    if not match or not is_shown or query.count("&") >= max_parameters:
        raise NotFound(
            Sentence(
                f"`url` 不是本站图表、记录或数据表的网址。例：{page.base_url}/zh/figures。",
                f"`url` is not the address of a chart, a record or a table here, such as {page.base_url}/en/figures.",
            )
        )
    page.language, page.path = Language(match["language"]), "/".join(["", *filter(None, match.group("first", "id"))])
    pairs = parse_qsl(query, keep_blank_values=True)
    page.query = [pair for pair in pairs if not is_tracking(pair[0]) and pair[0] != SCHEME.name]
    return match["first"], match["id"]


def read_embedded(connection: Connection, page: Page, first: str, record_id: str | None, max_width: int) -> Embedded:
    """Read what embeds a page, which is what the page itself shows. Raises NotFound."""
    if first == CHARTS:
        width = max(MIN_WIDTH_PX, min(max_width, EMBED_WIDTH_PX))
        return Charts(connection, page.base_url).embed(str(record_id), page.language, width)
    entity = COLLECTIONS[first]
    if record_id:
        embedded: Embedded = read_record_page(connection, page, entity, record_id)["embed"]
        return embedded
    page.query = normalize(page.query, entity)
    try:
        embedded = read_collection(connection, page, entity)["embed"]
    except InvalidQuery as error:
        raise NotFound(
            Sentence("`url` 中的查询有误，没有这样的网页。", f"There is no page at `url`: {error.detail}")
        ) from None
    return embedded
