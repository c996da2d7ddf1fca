"""The picture of a figure's page, for sites that show links: name, value, status, and who reports it."""

from base64 import b64encode
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.charts.card import HEIGHT_PX, MARGIN_PX, WIDTH_PX, block
from app.charts.render import render_svg
from app.charts.style import FONT, PALETTES
from app.entity import Entity
from app.errors import NotFound
from app.gateway.route import CompressedRoute
from app.models.qualifiers import Status
from app.portal.assets import FOLDERS
from app.portal.cells import format_amount, is_qualified
from app.portal.collection import RequestedEntity
from app.portal.page import Page, RequestedId, RequestedPage, environment
from app.portal.provenance import Provenance, read_provenance, reported
from app.read.dataset import read_catalog
from app.read.page import read_record
from app.request.records import RecordRequest
from app.request.relations import relations
from app.sentence import Sentence

MARK = "mark.svg"  # of the publisher

router = APIRouter(route_class=CompressedRoute)


@router.get("/{collection}/{id}.png")
async def card(request: Request, page: RequestedPage, entity: RequestedEntity, record_id: RequestedId) -> Response:
    """Return the card of a figure, or of a derived one."""
    svg = await page.read(lambda connection: read_card(connection, page, entity, record_id))
    state = request.app.state
    body = await state.pictures.draw(state.client_of(request.scope), svg, render_svg, svg)
    return Response(body, media_type="image/png")


def read_card(connection: Connection, page: Page, entity: type[Entity], record_id: str) -> str:
    """Return the card as SVG. Raises NotFound if there is no such record, or if it states no value."""
    if not is_qualified(entity):
        raise NotFound(Sentence("只有数字才有图片。", "Only figures have pictures."))
    forward = tuple(relation for relation in relations(entity).values() if not relation.many)
    record = msgspec.json.decode(read_record(connection, RecordRequest({}, entity, None, forward), record_id))
    name = block(page.language.localized(record, "name"), 124, (54, 46, 40), 2)
    value = block(format_amount(page, entity, record).text or "", name.bottom + 12, (92, 80, 68), 2)
    return (
        environment()
        .get_template("card.svg.jinja")
        .render(
            width=WIDTH_PX,
            height=HEIGHT_PX,
            margin=MARGIN_PX,
            font=FONT,
            color=PALETTES["light"],
            lang=page.language,
            publisher=page.language.localize(read_catalog(connection)["publisher"]),
            name=name,
            value=value,
            status=block(page.language.localize(Status.label_of(record["status"])), value.bottom + 12, (34,), 1),
            mark=f"data:image/svg+xml;base64,{b64encode((FOLDERS['/static'] / MARK).read_bytes()).decode()}",
            origin=block(_origin(page, record, read_provenance(connection)), 0, (30, 28), 2),
        )
    )


def _origin(page: Page, record: dict[str, Any], provenance: Provenance) -> str:
    """Return who reports the figure, or the figures that it is computed from."""
    say, source = page.language.say, record.get("source")
    if source:
        return say("{}报道；未经独立核实。", "Reported by {}; not independently verified.").format(
            reported(page.language, source)
        )
    by = (
        reported(page.language, provenance.source)
        if provenance.source
        else say(f"{provenance.total} 篇报道", f"{provenance.total} articles")
    )
    return say(f"由{by}所述数字算出；未经独立核实。", f"Computed from figures of {by}; not independently verified.")
