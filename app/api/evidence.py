"""`/v1/figures/{id}/evidence`: where in the source a figure stands, and how its value follows from the words."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import openapi
from app.api.answers import Links, address, answer, given, own_address, snapshot, wanted
from app.entity import Entity
from app.evidence.explain import explain
from app.formats.json import encode
from app.models import Figure
from app.query.controls import DOCUMENT
from app.query.parameters import read_parameters
from app.query.read import read_record
from app.query.relations import relations
from app.query.request import RecordRequest

LINKS: dict[type[Entity], dict[str, str]] = {Figure: {"evidence": "/evidence"}}

router = APIRouter(tags=[Figure.collection.title.en])


@router.get(
    "/v1/figures/{id}/evidence",
    name="getEvidence",
    **openapi.route(
        "Figures: the evidence of one",
        "Where in the source the figure stands, and how its value follows from the words.",
        "EvidenceAnswer",
        [openapi.path_id(Figure), openapi.query(DOCUMENT["format"])],
        (404, 406, 422, 503),
    ),
)
async def evidence(request: Request) -> Response:
    """The evidence of one figure."""
    read_parameters(DOCUMENT, given(request))
    form = wanted(request.scope)
    figure_id = request.path_params["id"]
    asked = RecordRequest({}, Figure, None, (relations(Figure)["source"],))
    found = await snapshot(request, lambda connection: read_record(connection, asked, figure_id))
    figure = msgspec.json.decode(found)
    data = explain(figure, figure.pop("source"))
    here = own_address(request)
    links: Links = {"self": here, "canonical": here, "figure": address(request, f"/v1/figures/{figure_id}")}
    return answer(request, encode(data), links, form.media_type)
