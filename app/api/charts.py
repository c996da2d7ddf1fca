"""`/v1/charts`: figures drawn, as a Vega-Lite specification with its data, as SVG and as PNG.

The catalogue declares a chart; its figures are those of its query, read by the code that answers /v1/figures.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from app.api import openapi
from app.api.dependencies import FORMAT_QUERY, Context, Snapshot, parsed_query
from app.api.envelope import JsonRoute, Links, envelope, link_header, own_url, self_links, url_of
from app.api.models.charts import ChartsAnswer
from app.api.texts import described
from app.charts.declared import Charts
from app.charts.drawing import MEDIA_TYPE, SHAPES, VERSION
from app.charts.render import render
from app.charts.style import DEFAULT_WIDTH_PX, MAX_WIDTH_PX, MIN_WIDTH_PX, PALETTES
from app.entity import Bilingual
from app.formats.json import encode
from app.gateway.route import CompressedRoute, ReleaseRoute
from app.http.compression import is_compressible
from app.http.languages import LANGUAGES
from app.read.dataset import read_catalog
from app.request.parameters import Parameters, by_name, choice, integer

INDEX_ENTRIES = {"charts": ("/v1/charts", "图表", "Charts")}

# An SVG opened by itself is a document: it loads nothing and runs no script.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

LANGUAGE = choice(
    "lang",
    Bilingual(
        "图表的语言；不写则为中文，副标题为英文。",
        "The language of the chart; without it, Chinese with an English subtitle.",
    ),
    LANGUAGES,
    "language",
    "en",
)
DEFAULTS: dict[str, Any] = {"theme": "light", "width": DEFAULT_WIDTH_PX, "scale": 1, "shape": SHAPES[0]}
THEME = choice(
    "theme",
    Bilingual("配色：用于浅色或深色背景。", "The colours: for a light or a dark background."),
    PALETTES,
    "theme",
    "dark",
    default=DEFAULTS["theme"],
)
WIDTH = integer(
    "width",
    Bilingual("缩放前的宽度，以像素计。", "Width in pixels, before scaling."),
    MIN_WIDTH_PX,
    MAX_WIDTH_PX,
    480,
    default=DEFAULTS["width"],
)
SCALE = integer(
    "scale",
    Bilingual("每个像素对应的设备像素数。", "Device pixels for each pixel."),
    1,
    3,
    2,
    default=DEFAULTS["scale"],
)
SHAPE = choice(
    "shape",
    Bilingual(
        "page 附各数字的注，card 不附；slide 为 16:9，scale=3 时为 1920×1080。",
        "`page` has the notes of its figures, `card` has not; `slide` is 16:9, with scale=3 1920 × 1080.",
    ),
    SHAPES,
    "shape",
    "slide",
    default=DEFAULTS["shape"],
)


class ChartForm(NamedTuple):
    """A form of a chart: its extension, media type and parameters."""

    extension: str
    media_type: str
    parameters: Parameters


SPEC = ChartForm("vl.json", MEDIA_TYPE, by_name(LANGUAGE, THEME, WIDTH))
SVG = ChartForm("svg", "image/svg+xml", by_name(LANGUAGE, THEME, WIDTH, SHAPE))
PNG = ChartForm("png", "image/png", by_name(LANGUAGE, THEME, WIDTH, SCALE, SHAPE))
FORMS = {"spec": SPEC, "svg": SVG, "png": PNG}

CHART_ID = described(Bilingual("图表的标识。", "The chart's id."), openapi.SLUG_SCHEMA)
ChartId = Annotated[str, Path(alias="id", **CHART_ID)]

router = APIRouter(tags=["Charts"], route_class=JsonRoute)


@router.get(
    "/v1/charts",
    name="listCharts",
    dependencies=[FORMAT_QUERY],
    **openapi.route(
        Bilingual("图表：全部", "Charts: all of them"),
        Bilingual(
            "每张图，连同它所画的 /v1/figures 查询和各种形式。",
            "Each with the query of /v1/figures that it draws, and its forms.",
        ),
        ChartsAnswer,
        (422,),
    ),
)
async def list_charts(request: Request, snapshot: Snapshot) -> Response:
    """Return every chart that the catalogue declares."""
    catalog = await snapshot.read(read_catalog)
    return envelope(request, encode([_entry(request, each) for each in catalog.get("charts", ())]), self_links(request))


def _entry(request: Request, chart: dict[str, Any]) -> dict[str, Any]:
    texts = {f"{name}_{language}": chart[name][language] for name in ("title", "about") for language in LANGUAGES}
    links = {name: url_of(request, f"/v1/charts/{chart['id']}.{form.extension}") for name, form in FORMS.items()}
    links |= {"data": url_of(request, "/v1/figures", chart["query"])}
    links |= {"csv": url_of(request, "/v1/figures.csv", chart["query"])}
    return {"id": chart["id"], **texts, "query": chart["query"], "links": links}


def _endpoint(form: ChartForm) -> Callable[..., Awaitable[Response]]:
    Settings = Annotated[dict[str, Any], Depends(parsed_query(form.parameters))]  # noqa: N806 - a type

    async def get_chart(
        request: Request, chart_id: ChartId, settings: Settings, context: Context, snapshot: Snapshot
    ) -> Response:
        """Return a chart in one form; each variant is drawn once per release."""
        release, cache = await snapshot.release(), request.app.state.documents
        language, chosen = settings.get("lang"), {name: settings.get(name, DEFAULTS[name]) for name in DEFAULTS}
        theme, width, scale, shape = chosen.values()
        key = (release.fingerprint, context.base_url, "chart", chart_id, form.extension, language, *chosen.values())
        body = cache.get(key)
        if body is None:
            drawn = await snapshot.read(
                lambda connection: Charts(connection, context.base_url).draw(chart_id, language, theme, width, shape)
            )
            if form is SPEC:
                body = cache[key] = encode(drawn.spec)
            else:
                size, paper = (drawn.width, drawn.height), PALETTES[theme]["paper"]
                state = request.app.state
                client = state.client_of(request.scope)
                body = await state.pictures.draw(
                    client, key, render, drawn.spec, form.extension, VERSION, size, scale, paper
                )
        links: Links = {
            "canonical": own_url(request),
            "collection": url_of(request, "/v1/charts"),
            "license": release.license_url,
        }
        variant = [f"{name}-{value}" for name, value in chosen.items() if value != DEFAULTS[name]]
        name = "_".join(["shanhai", chart_id, *([language] if language else []), *variant, release.release])
        headers = {
            "Link": link_header(links),
            "Content-Disposition": f'inline; filename="{name}.{form.extension}"',
            **({"Content-Security-Policy": SVG_POLICY} if form is SVG else {}),
        }
        return Response(body, headers=headers, media_type=form.media_type)

    return get_chart


for _form in FORMS.values():
    router.add_api_route(
        f"/v1/charts/{{id}}.{_form.extension}",
        _endpoint(_form),
        name=f"getChart{'Spec' if _form is SPEC else _form.extension.title()}",
        route_class_override=ReleaseRoute if is_compressible(_form.media_type) else CompressedRoute,
        **openapi.route(
            Bilingual(
                f"图表：一张，{'Vega-Lite 规范' if _form is SPEC else _form.extension.upper()}",
                f"Charts: one as {'a Vega-Lite specification' if _form is SPEC else _form.extension.upper()}",
            ),
            Bilingual(
                "同一量纲的数值用同一刻度画成条形，无可比较的只写数字；计划与预计的颜色较浅或只画轮廓。",
                "Bars on one scale for each dimension, numbers where nothing compares; plans are lighter or outlined.",
            ),
            openapi.OBJECT if _form is SPEC else openapi.BINARY,
            (404, 422),
            map(openapi.query, _form.parameters.values()),
            _form.media_type,
        ),
    )
