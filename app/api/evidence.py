"""`/v1/{figures,derived-figures}/{id}/evidence`: where the source states a figure, or how another derives from two.

As JSON; and as JSON-LD in the terms of W3C: a figure's as a Web Annotation, a derived figure's in PROV-O.
"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.dependencies import ChosenOffer, Snapshot, parsed_query
from app.api.envelope import JSON_LD_OFFER, JSON_OFFER, Links, envelope, identifiers_of, link_header, own_url, url_of
from app.api.models.evidence import DerivedEvidenceAnswer, EvidenceAnswer
from app.entity import Bilingual, Entity
from app.evidence.explain import explain
from app.formats.json import encode
from app.gateway.route import offering
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.read.dataset import PublishedRelease, read_release
from app.read.page import read_record
from app.request.controls import format_parameter
from app.request.parameters import by_name
from app.request.records import RecordRequest
from app.request.relations import relations
from app.standards.annotation import MEDIA_TYPE as ANNOTATION
from app.standards.annotation import annotation
from app.standards.prov import provenance

# The paths below a record that its links name.
SUBRESOURCES: dict[type[Entity], dict[str, str]] = {
    Figure: {"evidence": "/evidence"},
    DerivedFigure: {"evidence": "/evidence"},
}
FORMAT = format_parameter([JSON_OFFER.name, JSON_LD_OFFER.name])
ERRORS = (404, 422)

Record = dict[str, Any]
WithSource = tuple[Record, Record]  # a figure and its source

router = APIRouter(
    route_class=offering(JSON_OFFER, JSON_LD_OFFER), dependencies=[Depends(parsed_query(by_name(FORMAT)))]
)


@router.get(
    "/v1/figures/{id}/evidence",
    name="getEvidence",
    tags=[Figure.collection.title.en],
    **openapi.route(
        Bilingual("数字：一个数字的证据", "Figures: the evidence of one"),
        Bilingual(
            "原文在哪里陈述这个数字，数值怎样由原词得出；JSON-LD 形式为 W3C Web Annotation。",
            "Where the source states the figure, and how its value follows from the words; as JSON-LD, a W3C Web "
            "Annotation.",
        ),
        EvidenceAnswer,
        ERRORS,
    ),
)
async def evidence(
    request: Request,
    figure_id: Annotated[str, Path(alias="id", **openapi.record_id(Figure))],
    offer: ChosenOffer,
    snapshot: Snapshot,
) -> Response:
    """Return the evidence of a figure."""
    figure, source = await snapshot.read(_figure_and_source, figure_id)
    links = _links(request, "figure", f"/v1/figures/{figure_id}")
    data = explain(figure, source)
    if offer == JSON_OFFER:
        return envelope(request, encode(data), links)
    return _json_ld(annotation(data, source, figure, identifiers_of(request)), links, ANNOTATION)


@router.get(
    "/v1/derived-figures/{id}/evidence",
    name="getDerivedEvidence",
    tags=[DerivedFigure.collection.title.en],
    **openapi.route(
        Bilingual("派生数字：一个派生数字的证据", "Derived figures: the evidence of one"),
        Bilingual(
            "派生数字怎样由两个数字得出，并附这两个数字的证据；JSON-LD 形式为 PROV-O 的来历。",
            "How the derived figure follows from its two figures, with the evidence of each; as JSON-LD, its "
            "provenance in PROV-O.",
        ),
        DerivedEvidenceAnswer,
        ERRORS,
    ),
)
async def derived_evidence(
    request: Request,
    derived_id: Annotated[str, Path(alias="id", **openapi.record_id(DerivedFigure))],
    offer: ChosenOffer,
    snapshot: Snapshot,
) -> Response:
    """Return the evidence of a derived figure."""
    derived, cited, release = await snapshot.read(_derived_figure, derived_id)
    links = _links(request, "derived_figure", f"/v1/derived-figures/{derived_id}")
    if offer == JSON_OFFER:
        data = {
            "derived_figure_id": derived["id"],
            "formula": derived["formula"],
            "steps": derived["steps"],
            "figures": [explain(figure, source) for figure, source in cited],
        }
        return envelope(request, encode(data), links)
    numerator, denominator = (figure for figure, _ in cited)
    graph = provenance(derived, numerator, denominator, release, identifiers_of(request))
    return _json_ld(graph, links, JSON_LD_OFFER.media_type)


def _links(request: Request, name: str, path: str) -> Links:
    """Return the links; all formats have one canonical URL."""
    return {"self": own_url(request), "canonical": url_of(request, f"{path}/evidence"), name: url_of(request, path)}


def _json_ld(document: Record, links: Links, media_type: str) -> Response:
    return Response(encode(document), headers={"Link": link_header(links)}, media_type=media_type)


def _figure_and_source(connection: Connection, figure_id: str) -> tuple[Record, Record]:
    request = RecordRequest({}, Figure, None, (relations(Figure)["source"],))
    figure = msgspec.json.decode(read_record(connection, request, figure_id))
    return figure, figure.pop("source")


def _derived_figure(connection: Connection, derived_id: str) -> tuple[Record, list[WithSource], PublishedRelease]:
    """Return a derived figure; its numerator and denominator, each with its source; and the release."""
    request = RecordRequest({}, DerivedFigure, None, ())
    derived = msgspec.json.decode(read_record(connection, request, derived_id))
    cited = [_figure_and_source(connection, derived[name]) for name in ("numerator_id", "denominator_id")]
    return derived, cited, read_release(connection)
