"""Frames for pages of other sites: a chart, a record's card or a small table. They are no pages of this site."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.charts.declared import Charts
from app.charts.style import EMBED_WIDTH_PX, PALETTES
from app.entity import Bilingual, Cited, Entity
from app.http.headers import FRAMED_POLICY
from app.portal.cells import default_columns, is_qualified
from app.portal.charts import Widths, images
from app.portal.collection import RequestedEntity, normalize, read_collection
from app.portal.embedding import FRAMES, MAX_ROWS
from app.portal.page import Context, Page, RequestedId, page_router, render_page
from app.portal.provenance import read_provenance
from app.portal.record import read_record_page
from app.portal.table import POSITION
from app.read.charts import declared_chart
from app.request.parameters import by_name, choice, read_parameters
from app.request.records import read_page_request

PICTURE: Widths = (("(max-width: 30rem)", 360), ("", EMBED_WIDTH_PX))
COLUMNS = 4  # of a table that names none, beside the source if there are several; words take the room of two
# `theme` is a column of some collections.
SCHEME = choice(
    "scheme",
    Bilingual("配色；默认随读者的设置。", "The colours; by default those that the reader prefers."),
    PALETTES,
    "colour scheme",
)

router = page_router()


class Frame(Page):
    """The page that a requested frame stands for, in the colours that its address names."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.path = self.path.removeprefix(FRAMES)
        schemes = [pair for pair in self.query if pair[0] == SCHEME.name]
        self.query = [pair for pair in self.query if pair not in schemes]
        self.scheme = read_parameters(by_name(SCHEME), schemes).get(SCHEME.name)


async def frame_of(request: Request) -> Frame:
    """Return the requested frame. Raises InvalidQuery."""
    return Frame(request)


RequestedFrame = Annotated[Frame, Depends(frame_of)]


@router.get(FRAMES + "/charts/{id}")
async def chart(frame: RequestedFrame, chart_id: RequestedId) -> HTMLResponse:
    """Show a chart alone."""

    def read(connection: Connection) -> Context:
        charts = Charts(connection, frame.base_url)
        declared = declared_chart(charts.catalog, chart_id)
        return {"chart": declared, "images": images(charts, frame, chart_id, "card", PICTURE), "api": ""}

    return await render_page(frame, "framed_chart", read, policy=FRAMED_POLICY)


@router.get(FRAMES + "/{collection}/{id}")
async def card(frame: RequestedFrame, entity: RequestedEntity, record_id: RequestedId) -> HTMLResponse:
    """Show a record in short: its value or a few of its fields, its words and its source."""

    def read(connection: Connection) -> Context:
        found = read_record_page(connection, frame, entity, record_id)
        shown = set(default_columns(entity)) - _shown_otherwise(entity)
        return {**found, "fields": [each for each in found["fields"] if each[0] in shown and each[-1].text]}

    return await render_page(frame, "framed_record", read, policy=FRAMED_POLICY)


def _shown_otherwise(entity: type[Entity]) -> set[str]:
    """Return the columns that a card shows as its amount, its words or their place."""
    amount = {"value", "status", "period", "time_end"} if is_qualified(entity) else set()
    return amount | ({entity.words_column, "source_id", "paragraph"} if issubclass(entity, Cited) else set())


@router.get(FRAMES + "/{collection}")
async def table(frame: RequestedFrame, entity: RequestedEntity) -> HTMLResponse:
    """Show the first rows of a table."""
    frame.query = normalize(frame.query, entity)
    whole = frame.url(frame.path, [pair for pair in frame.query if pair[0] not in {*POSITION, "limit"}])

    def read(connection: Connection) -> Context:
        request = read_page_request(entity, frame.query)
        fields = [*(request.fields or _columns(entity))]
        if "source_id" in entity.columns() and read_provenance(connection).source is None:
            fields.append("source_id")
        rest = [pair for pair in frame.query if pair[0] not in {"limit", "fields"}]
        limit = str(min(request.limit, MAX_ROWS))
        frame.query = [*rest, ("limit", limit), ("fields", ",".join(dict.fromkeys(fields)))]
        found = read_collection(connection, frame, entity)
        return {**found, "whole": whole, "headings": [each._replace(url=None) for each in found["headings"]]}

    return await render_page(frame, "framed_table", read, policy=FRAMED_POLICY)


def _columns(entity: type[Entity]) -> list[str]:
    """Return the columns of a table that names none: a few, and the words that a record is read from."""
    words = [entity.words_column] if issubclass(entity, Cited) else []
    few = [name for name in default_columns(entity) if name not in words]
    return [*few[: COLUMNS - 2 * len(words)], *words]
