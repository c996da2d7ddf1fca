"""`/v1/citation.{style}`: how to cite the dataset, or the article behind one of its figures."""

from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import Links, address, given, link_header, own_address, snapshot
from app.entity import SLUG
from app.errors import Fault, InvalidQuery, NotFound
from app.http.context import context
from app.models import Figure
from app.nearest import suggest_nearest
from app.read.dataset import read_catalog, read_release
from app.read.page import read_record
from app.read.similar import similar_ids
from app.request.parameters import Parameter, by_name, read_parameters
from app.request.records import RecordRequest
from app.request.relations import relations
from app.standards.citation import STYLES, Citation, Style, cite_dataset, cite_figure

PATH = "/v1/citation"
FIGURE = Parameter(
    "figure",
    "Id of a figure: cite the article that states it. Without it, the dataset is cited.",
    {"type": "string", "pattern": f"^{SLUG}$"},
    "stable-employment-in-guangdong",
    str,
)
DOCUMENTS = {
    f"citation.{name}": (f"{PATH}.{name}", f"引用格式：{style.title}", f"How to cite: {style.title}")
    for name, style in STYLES.items()
}

router = APIRouter(tags=["Citation"])


@router.get(
    PATH + ".{style}",
    name="getCitation",
    **openapi.route(
        "How to cite",
        "The dataset, or the article that states one of its figures, as reference managers read it.",
        {style.media_type: style.shape for style in STYLES.values()},
        [openapi.path("style", "The style, which is the extension.", list(STYLES)), openapi.query(FIGURE)],
        (404, 422, 503),
    ),
)
async def citation(request: Request) -> Response:
    """The citation of the dataset or of one figure, in one style."""
    style = _style(request.path_params["style"])
    figure_id = read_parameters(by_name(FIGURE), given(request)).get(FIGURE.name)
    base_url = context(request.scope).base_url
    cited = await snapshot(request, partial(_cite, figure_id=figure_id, base_url=base_url))
    about = f"/v1/figures/{figure_id}" if figure_id else "/v1"
    links: Links = {"canonical": own_address(request), "about": address(request, about)}
    file_name = style.file_name.format(id=cited.item["id"])
    headers = {"Content-Disposition": f'inline; filename="{file_name}"', "Link": link_header(links)}
    # Some of these formats say nothing of their encoding, so each answer does.
    return Response(style.write(cited), headers=headers, media_type=f"{style.media_type}; charset=utf-8")


def _style(name: str) -> Style:
    if name not in STYLES:
        there = ", ".join(f"{PATH}.{known}" for known in STYLES)
        raise NotFound(f"there is no citation style {name[:100]!r}; there are {there}")
    return STYLES[name]


def _cite(connection: Connection, figure_id: str | None, base_url: str) -> Citation:
    """The citation, read from one snapshot. Raises InvalidQuery where there is no such figure."""
    catalog, release = read_catalog(connection), read_release(connection)
    if figure_id is None:
        return cite_dataset(catalog, release, base_url)
    figure, source = _figure(connection, figure_id)
    return cite_figure(figure, source, catalog, release, base_url)


def _figure(connection: Connection, figure_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A figure and its source. Raises InvalidQuery that names the nearest figures."""
    asked = RecordRequest({}, Figure, None, (relations(Figure)["source"],))
    try:
        found = read_record(connection, asked, figure_id)
    except NotFound as none:
        near = similar_ids(connection, Figure, figure_id)
        detail = none.detail + suggest_nearest(figure_id, near)
        raise InvalidQuery([Fault(FIGURE.name, detail, near or None)]) from None
    figure = msgspec.json.decode(found)
    return figure, figure.pop("source")
