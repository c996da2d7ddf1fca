"""`/v1/citation.{style}`: how to cite the dataset, or the article behind one of its figures."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.dependencies import Context, Snapshot, parsed_query
from app.api.envelope import Links, link_header, own_url, url_of
from app.entity import SLUG, Bilingual
from app.errors import Fault, InvalidQuery, NotFound
from app.gateway.route import ReleaseRoute
from app.models import Figure
from app.nearest import quote_words, suggest_nearest
from app.read.dataset import read_catalog, read_release
from app.read.page import read_record
from app.read.similar import similar_ids
from app.request.parameters import Parameter, by_name
from app.request.records import RecordRequest
from app.request.relations import relations
from app.standards.citation import STYLES, Citation, Style, cite_dataset, cite_figure

PATH = "/v1/citation"
FIGURE = Parameter(
    "figure",
    Bilingual(
        "数字的标识：引用陈述该数字的文章。不写则引用整个数据集。",
        "Id of a figure: cite the article that states it. Without it, the dataset is cited.",
    ),
    {"type": "string", "pattern": f"^{SLUG}$"},
    "stable-employment-in-guangdong",
    str,
)
INDEX_ENTRIES = {
    f"citation.{name}": (f"{PATH}.{name}", f"引用格式：{style.title}", f"How to cite: {style.title}")
    for name, style in STYLES.items()
}

router = APIRouter(tags=["Citation"], route_class=ReleaseRoute)


def _endpoint(style: Style) -> Callable[..., Awaitable[Response]]:
    Query = Annotated[dict[str, Any], Depends(parsed_query(by_name(FIGURE)))]  # noqa: N806 - a type

    async def get_citation(request: Request, query: Query, context: Context, snapshot: Snapshot) -> Response:
        """Return the citation of the dataset or of one figure."""
        figure_id = query.get(FIGURE.name)
        cited = await snapshot.read(_cite, figure_id, context.base_url)
        about = f"/v1/figures/{figure_id}" if figure_id else "/v1"
        links: Links = {"canonical": own_url(request), "about": url_of(request, about)}
        file_name = style.file_name.format(id=cited.item["id"])
        headers = {"Content-Disposition": f'inline; filename="{file_name}"', "Link": link_header(links)}
        # Some of these formats do not declare their encoding, so the header does.
        return Response(style.write(cited), headers=headers, media_type=f"{style.media_type}; charset=utf-8")

    return get_citation


for _name, _style in STYLES.items():
    router.add_api_route(
        f"{PATH}.{_name}",
        _endpoint(_style),
        name=f"getCitation{_name.title().replace('.', '')}",
        **openapi.route(
            Bilingual(f"引用格式：{_style.title}", f"How to cite: {_style.title}"),
            Bilingual(
                "供文献管理软件读取：整个数据集，或陈述其中一个数字的文章。",
                "The dataset, or the article that states one of its figures, as reference managers read it.",
            ),
            _style.shape,
            (422,),
            [openapi.query(FIGURE)],
            _style.media_type,
        ),
    )


@router.get(PATH + ".{style}", include_in_schema=False)
async def refuse_style(style: str) -> Response:
    """Raise NotFound with the styles that there are."""
    available = quote_words(f"{PATH}.{name}" for name in STYLES)
    raise NotFound(f"There is no citation style {style[:100]!r}. Available: {available}.")


def _cite(connection: Connection, figure_id: str | None, base_url: str) -> Citation:
    """Return the citation. Raises InvalidQuery if there is no such figure."""
    catalog, release = read_catalog(connection), read_release(connection)
    if figure_id is None:
        return cite_dataset(catalog, release, base_url)
    figure, source = _figure_and_source(connection, figure_id)
    return cite_figure(figure, source, catalog, release, base_url)


def _figure_and_source(connection: Connection, figure_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a figure and its source. Raises InvalidQuery with the most similar ids."""
    query = RecordRequest({}, Figure, None, (relations(Figure)["source"],))
    try:
        record = read_record(connection, query, figure_id)
    except NotFound as error:
        similar = similar_ids(connection, Figure, figure_id)
        detail = error.detail + suggest_nearest(figure_id, similar)
        raise InvalidQuery([Fault(FIGURE.name, detail, similar or None)]) from None
    figure = msgspec.json.decode(record)
    return figure, figure.pop("source")
