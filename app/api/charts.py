"""`/v1/charts`: figures drawn, as a Vega-Lite specification with its data, as SVG and as PNG.

A chart is declared in the catalogue; its figures are those of its query, read by the code that answers /v1/figures.
"""

from functools import partial
from typing import Any, NamedTuple

from anyio import BrokenWorkerProcess, to_process
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import Links, address, answer, given, link_header, own_address, served, snapshot, wanted
from app.api.documents import OBJECT
from app.api.shapes import TEXT
from app.charts.drawing import MEDIA_TYPE, VERSION, Setting, drawing
from app.charts.render import render
from app.charts.style import DEFAULT_WIDTH_PX, MAX_WIDTH_PX, MIN_WIDTH_PX, PALETTES
from app.errors import Unavailable
from app.formats.json import encode
from app.http.context import context
from app.read.charts import declared_chart, read_chart
from app.read.dataset import READ_TIMEOUT_S, read_catalog, read_release
from app.read.provenance import read_sources
from app.request.controls import DOCUMENT, LANGUAGES, by_name
from app.request.parameters import Parameter, Parameters, read_between, read_one_of, read_parameters

router = APIRouter(tags=["Charts"])

# An SVG that is opened by itself is a document: it is to load nothing, and nothing is to run in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"

LANGUAGE = Parameter(
    "lang",
    "The language of the chart; without it, Chinese with an English subtitle.",
    {"type": "string", "enum": LANGUAGES},
    "en",
    partial(read_one_of, LANGUAGES, "language"),
)
THEME = Parameter(
    "theme",
    "On which ground it is to stand.",
    {"type": "string", "enum": list(PALETTES), "default": "light"},
    "dark",
    partial(read_one_of, list(PALETTES), "theme"),
)
WIDTH = Parameter(
    "width",
    "Pixels from side to side, as far as the picture is not made larger or smaller.",
    {"type": "integer", "minimum": MIN_WIDTH_PX, "maximum": MAX_WIDTH_PX, "default": DEFAULT_WIDTH_PX},
    480,
    partial(read_between, MIN_WIDTH_PX, MAX_WIDTH_PX),
)
SCALE = Parameter(
    "scale",
    "Dots for each pixel.",
    {"type": "integer", "minimum": 1, "maximum": 3, "default": 1},
    2,
    partial(read_between, 1, 3),
)


class Form(NamedTuple):
    """A form of a chart: what its file name ends with, its media type, what it takes."""

    extension: str
    media_type: str
    parameters: Parameters


SPEC = Form("vl.json", MEDIA_TYPE, by_name(LANGUAGE, THEME, WIDTH))
SVG = Form("svg", "image/svg+xml", by_name(LANGUAGE, THEME, WIDTH))
PNG = Form("png", "image/png", by_name(LANGUAGE, THEME, WIDTH, SCALE))
FORMS = {"spec": SPEC, "svg": SVG, "png": PNG}


@router.get(
    "/v1/charts",
    name="listCharts",
    **openapi.route(
        "Charts: all of them",
        "Each with the query of /v1/figures that it draws, and its forms.",
        "ChartsAnswer",
        [openapi.query(DOCUMENT["format"])],
        (406, 422, 503),
    ),
)
async def charts(request: Request) -> Response:
    """Every chart that the catalogue declares."""
    read_parameters(DOCUMENT, given(request))
    form = wanted(request.scope)
    catalog = await snapshot(request, read_catalog)
    here = own_address(request)
    data = [_told(request, chart) for chart in catalog.get("charts", ())]
    return answer(request, encode(data), {"self": here, "canonical": here}, form.media_type)


def _told(request: Request, chart: dict[str, Any]) -> dict[str, Any]:
    words = {f"{name}_{language}": chart[name][language] for name in ("title", "about") for language in LANGUAGES}
    links = {name: address(request, f"/v1/charts/{chart['id']}.{form.extension}") for name, form in FORMS.items()}
    links |= {"data": address(request, "/v1/figures", chart["query"])}
    links |= {"csv": address(request, "/v1/figures.csv", chart["query"])}
    return {"id": chart["id"], **words, "query": chart["query"], "links": links}


async def _answer(form: Form, request: Request) -> Response:
    """A chart in one of its forms; a picture is drawn once for as long as its release is served."""
    values = read_parameters(form.parameters, given(request))
    chart_id, language = request.path_params["id"], values.get("lang")
    theme, width = values.get("theme", "light"), values.get("width", DEFAULT_WIDTH_PX)
    about, written = context(request.scope), request.app.state.written
    about.state = await served(request).current(READ_TIMEOUT_S)
    how = (about.base_url, "chart", chart_id, form.extension, language, width, theme, values.get("scale", 1))
    body = written.get((about.state.fingerprint, *how))
    if body is None:
        spec = await snapshot(request, partial(_spec, chart_id, language, theme, width, about.base_url))
        body = encode(spec) if form is SPEC else await _drawn(request, how, spec)
        written.put((about.state.fingerprint, *how), body)
    links: Links = {
        "canonical": own_address(request),
        "collection": address(request, "/v1/charts"),
        "license": about.state.license_url,
    }
    name = "_".join(["shanhai", chart_id, *([language] if language else []), about.state.release])
    headers = {
        "Link": link_header(links),
        "Content-Disposition": f'inline; filename="{name}.{form.extension}"',
        **({"Content-Security-Policy": POLICY} if form is SVG else {}),
    }
    return Response(body, headers=headers, media_type=form.media_type)


def _spec(
    chart_id: str, language: str | None, theme: str, width: int, base_url: str, connection: Connection
) -> dict[str, Any]:
    """The specification, all of it of one snapshot. Raises NotFound."""
    catalog = read_catalog(connection)
    chart = declared_chart(catalog, chart_id)
    records, _ = read_chart(connection, chart)
    terms, release = catalog["license"], read_release(connection)["id"]
    setting = Setting(language, theme, width, base_url, release, terms["id"], terms["url"])
    return drawing(chart, records, read_sources(connection), setting)


async def _drawn(request: Request, how: tuple[Any, ...], spec: dict[str, Any]) -> bytes:
    """The picture, drawn in another process, since V8 keeps much memory and takes seconds to start; one at a time."""
    *_, extension, _language, _width, theme, scale = how
    state = context(request.scope).state
    async with request.app.state.drawing:
        ready: bytes | None = request.app.state.written.get((state.fingerprint, *how)) if state else None
        if ready is not None:  # somebody else had it drawn meanwhile
            return ready
        try:
            return await to_process.run_sync(render, spec, extension, VERSION, scale, PALETTES[theme]["paper"])
        except BrokenWorkerProcess as fault:
            raise Unavailable("the chart cannot be drawn just now; its specification can be had", fault) from None


for _form in FORMS.values():
    _is_json = _form is SPEC
    router.add_api_route(
        f"/v1/charts/{{id}}.{_form.extension}",
        partial(_answer, _form),
        name=f"getChart{'Spec' if _is_json else _form.extension.title()}",
        **openapi.route(
            f"Charts: one as {'a Vega-Lite specification' if _is_json else _form.extension.upper()}",
            "Bars of the values, each unit on a scale of its own; what has not happened yet is lighter or outlined.",
            {_form.media_type: OBJECT if _is_json else TEXT},
            [openapi.path("id", "The chart's id.", example="money"), *map(openapi.query, _form.parameters.values())],
            (404, 422, 503),
        ),
    )

DOCUMENTS = {"charts": ("/v1/charts", "图表", "Charts")}
