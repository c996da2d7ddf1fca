"""`/oembed`: how to show the page of a chart within a page of another site."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api.dependencies import Context, Snapshot
from app.api.envelope import JsonRoute, link_header, self_links, url_of
from app.charts.declared import Charts
from app.charts.style import DEFAULT_WIDTH_PX, EMBED_WIDTH_PX, MIN_WIDTH_PX, SLIDE_RATIO
from app.entity import SLUG, Bilingual
from app.errors import NotFound
from app.formats import JSON
from app.formats.json import encode
from app.http.context import context_of
from app.http.languages import LANGUAGES
from app.request.controls import DOCUMENT
from app.request.parameters import Parameter, by_name, integer, read_parameters
from app.sentence import Sentence
from app.standards.oembed import oembed

PAGE = re.compile(rf"/({'|'.join(LANGUAGES)})(?:/embed)?/charts/({SLUG})/?")
URL = Parameter(
    "url",
    Bilingual("图表页的网址。", "The address of a chart's page."),
    {"type": "string", "format": "uri"},
    "http://127.0.0.1:8000/en/charts/money",
    str,
    required=True,
)
MAX_PX = 10_000
MAX_WIDTH = integer("maxwidth", Bilingual("最大宽度。", "The largest width."), 1, MAX_PX, 640)
MAX_HEIGHT = integer("maxheight", Bilingual("最大高度。", "The largest height."), 1, MAX_PX, 480)
OWN = by_name(URL, MAX_WIDTH, MAX_HEIGHT)

# Consumers know the protocol, and find the address in a page: neither needs OpenAPI.
router = APIRouter(include_in_schema=False, route_class=JsonRoute)


async def read_query(request: Request) -> dict[str, Any]:
    """Return the parameters. Consumers add their own, such as `dnt`, which oEmbed does not define."""
    known = {**DOCUMENT, **OWN}
    query = [pair for pair in context_of(request.scope).parameters if pair[0] in known]
    return read_parameters(known, query, required=[URL.name])


@router.get("/oembed")
async def get_oembed(
    request: Request, query: Annotated[dict[str, Any], Depends(read_query)], context: Context, snapshot: Snapshot
) -> Response:
    """Return the frame of a chart, within the size that the consumer allows."""
    language, chart_id = read_page_url(query[URL.name], context.base_url)

    def read(connection: Connection) -> bytes:
        charts = Charts(connection, context.base_url)
        widest, highest = query.get(MAX_WIDTH.name, EMBED_WIDTH_PX), query.get(MAX_HEIGHT.name, MAX_PX)
        embedded = charts.embed(chart_id, language, max(MIN_WIDTH_PX, min(widest, EMBED_WIDTH_PX)))
        embedded = embedded._replace(width=min(embedded.width, widest), height=min(embedded.height, highest))
        thumbnail = url_of(request, f"/v1/charts/{chart_id}.png", f"lang={language}&shape=slide")
        size = DEFAULT_WIDTH_PX, round(DEFAULT_WIDTH_PX / SLIDE_RATIO)
        publisher = charts.catalog["publisher"][language]
        return encode(oembed(embedded, publisher, f"{context.base_url}/{language}", thumbnail, size))

    body = await snapshot.read(read)
    return Response(body, headers={"Link": link_header(self_links(request))}, media_type=JSON.media_type)


def read_page_url(url: str, base_url: str) -> tuple[str, str]:
    """Return the language and the chart of a page's address, of either scheme. Raises NotFound."""
    address, own = url.partition(":")[2], base_url.partition(":")[2]
    page = PAGE.fullmatch(address, len(own)) if address.startswith(own) else None
    if page is None:
        raise NotFound(
            Sentence(
                f"`url` 不是图表页的网址。图表页的网址以 {base_url}/zh/charts/ 开头。",
                f"`url` is not the address of a chart’s page, which begins with {base_url}/en/charts/.",
            )
        )
    return page[1], page[2]
