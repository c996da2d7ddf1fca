"""`/v1/{figures,derived-figures}/{id}/evidence`: where in the source a figure stands, or which two another comes from.

As our own JSON; and as JSON-LD in the terms of W3C, a figure's as a Web Annotation, a derived one's as PROV-O.
"""

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import (
    JSON_LD,
    LINKED,
    Links,
    address,
    answer,
    chosen,
    given,
    link_header,
    own_address,
    snapshot,
)
from app.api.shapes import ref
from app.entity import Entity
from app.evidence.explain import explain
from app.formats import JSON
from app.formats.json import encode
from app.http.context import context
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.read.dataset import PublishedRelease, read_release
from app.read.page import read_record
from app.request.controls import format_parameter
from app.request.parameters import by_name, read_parameters
from app.request.records import RecordRequest
from app.request.relations import relations
from app.standards.annotation import MEDIA_TYPE as ANNOTATION
from app.standards.annotation import annotation
from app.standards.prov import provenance

LINKS: dict[type[Entity], dict[str, str]] = {
    Figure: {"evidence": "/evidence"},
    DerivedFigure: {"evidence": "/evidence"},
}
FORMAT = format_parameter([name for name, _ in LINKED])
PARAMETERS = by_name(FORMAT)
TROUBLES = (404, 406, 422, 503)

Record = dict[str, Any]

router = APIRouter()


@router.get(
    "/v1/figures/{id}/evidence",
    name="getEvidence",
    tags=[Figure.collection.title.en],
    **openapi.route(
        "Figures: the evidence of one",
        "Where in the source the figure stands, and how its value follows from the words; as JSON-LD, a W3C Web "
        "Annotation.",
        {JSON.media_type: ref("EvidenceAnswer"), JSON_LD: ref("Annotation")},
        [openapi.path_id(Figure), openapi.query(FORMAT)],
        TROUBLES,
    ),
)
async def evidence(request: Request) -> Response:
    """The evidence of one figure."""
    read_parameters(PARAMETERS, given(request))
    form = chosen(request.scope, LINKED)
    figure_id = request.path_params["id"]
    figure, source = await snapshot(request, lambda connection: _cited(connection, figure_id))
    links = _links(request, "figure", f"/v1/figures/{figure_id}")
    data = explain(figure, source)
    if form == JSON.name:
        return answer(request, encode(data), links)
    return _linked(annotation(data, source, figure, context(request.scope).base_url), links, ANNOTATION)


@router.get(
    "/v1/derived-figures/{id}/evidence",
    name="getDerivedEvidence",
    tags=[DerivedFigure.collection.title.en],
    **openapi.route(
        "Derived figures: the evidence of one",
        "How the derived figure follows from its two figures, with the evidence of each; as JSON-LD, its provenance in "
        "PROV-O.",
        {JSON.media_type: ref("DerivedEvidenceAnswer"), JSON_LD: ref("Provenance")},
        [openapi.path_id(DerivedFigure), openapi.query(FORMAT)],
        TROUBLES,
    ),
)
async def derived_evidence(request: Request) -> Response:
    """The evidence of one derived figure."""
    read_parameters(PARAMETERS, given(request))
    form = chosen(request.scope, LINKED)
    derived_id = request.path_params["id"]
    derived, cited, release = await snapshot(request, lambda connection: _derived(connection, derived_id))
    links = _links(request, "derived_figure", f"/v1/derived-figures/{derived_id}")
    if form == JSON.name:
        data = {
            "derived_figure_id": derived["id"],
            "formula": derived["formula"],
            "steps": derived["steps"],
            "figures": [explain(figure, source) for figure, source in cited],
        }
        return answer(request, encode(data), links)
    numerator, denominator = (figure for figure, _ in cited)
    told = provenance(derived, numerator, denominator, release, context(request.scope).base_url)
    return _linked(told, links, JSON_LD)


def _links(request: Request, name: str, path: str) -> Links:
    """Of all forms the same address is canonical: which one, is negotiated."""
    return {
        "self": own_address(request),
        "canonical": address(request, f"{path}/evidence"),
        name: address(request, path),
    }


def _linked(document: Record, links: Links, media_type: str) -> Response:
    return Response(encode(document), headers={"Link": link_header(links)}, media_type=media_type)


def _cited(connection: Connection, figure_id: str) -> tuple[Record, Record]:
    """A figure and its source."""
    asked = RecordRequest({}, Figure, None, (relations(Figure)["source"],))
    figure = msgspec.json.decode(read_record(connection, asked, figure_id))
    return figure, figure.pop("source")


def _derived(connection: Connection, derived_id: str) -> tuple[Record, list[tuple[Record, Record]], PublishedRelease]:
    """A derived figure; its two figures, each with its source, the numerator first; and the release."""
    asked = RecordRequest({}, DerivedFigure, None, ())
    derived = msgspec.json.decode(read_record(connection, asked, derived_id))
    both = [_cited(connection, derived[name]) for name in ("numerator_id", "denominator_id")]
    return derived, both, read_release(connection)
