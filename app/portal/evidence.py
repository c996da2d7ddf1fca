"""A source as a map of its numerals: each is served as a figure, or left out with the reason."""

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.entity import Cited, Entity
from app.errors import NotFound
from app.models import Figure
from app.models.excluded_numeral import ExcludedNumeral
from app.models.source import Source
from app.portal.article import WIDE, Mark, drawn, pieces
from app.portal.cells import amount_of
from app.portal.page import Page, Told, asked, shown
from app.read.dataset import DatasetReader
from app.read.page import read_page, read_record
from app.request.controls import MAX_LIMIT
from app.request.records import RecordRequest, read_page_request

NUMERALS: tuple[type[Cited], ...] = (Figure, ExcludedNumeral)


async def evidence(request: Request) -> Response:
    """To the map of the newest source."""
    served: DatasetReader = request.app.state.reader
    _, source_id = await served.read(_newest)
    return RedirectResponse(asked(request).at(f"/sources/{source_id}/evidence"), 307)


def _newest(connection: Connection) -> str:
    """The id of the source of the latest figure. Raises NotFound."""
    given = [("sort", "-as_of"), ("limit", "1")]
    for record in read_page(connection, read_page_request(Figure, given)).records:
        return str(msgspec.json.decode(record)["source_id"])
    raise NotFound("no source is served yet")


async def source_map(request: Request) -> Response:
    """The map of one source."""
    page = asked(request)
    return await shown(page, "evidence", lambda connection: read_map(connection, page, request.path_params["id"]))


def read_map(connection: Connection, page: Page, source_id: str) -> Told:
    """What the page shows: the paragraphs with all marks on them, and the marks in a row. Raises NotFound."""
    source: dict[str, Any] = msgspec.json.decode(
        read_record(connection, RecordRequest({}, Source, None, ()), source_id)
    )
    paragraphs = drawn(source["paragraphs"])
    given = [("source_id", source_id), ("sort", "paragraph,start"), ("limit", str(MAX_LIMIT))]
    counts = {}
    for entity in NUMERALS:
        found = read_page(connection, read_page_request(entity, given))
        counts[entity.collection.slug] = found.total
        for mark in _marks(page, entity, found.records):
            paragraphs[mark.record["paragraph"]].marks.append(mark)
    for paragraph in paragraphs.values():
        paragraph.marks.sort(key=lambda mark: mark.record["start"])
    return {
        "source": source,
        "paragraphs": list(paragraphs.values()),
        "width": WIDE,
        "counts": counts,
        "shown": sum(len(each.marks) for each in paragraphs.values()),
        "api": page.api(f"/{Figure.collection.slug}", given),
        "also": page.api(f"/{ExcludedNumeral.collection.slug}", given),
        "call": page.api(f"/{Figure.collection.slug}", given),
    }


def _marks(page: Page, entity: type[Cited], records: list[bytes]) -> Iterator[Mark]:
    for record in map(msgspec.json.decode, records):
        address = page.at(f"/{entity.collection.slug}/{record['id']}")
        place = pieces(record["start"], record["end"])
        yield Mark(place, record | {"words": record[entity.words_column]}, address, *_told(page, entity, record))


def _told(page: Page, entity: type[Entity], record: dict[str, Any]) -> tuple[str, str]:
    """Whether a numeral is served or left out, and as what or why."""
    name = page.language.of(record, "name")
    if entity is Figure:
        return "served", f"{name}{page.language.say('：', ': ')}{amount_of(page, entity, record).text}"
    reason = entity.columns()["reason"].vocabulary
    why = page.language.words(reason.label_of(record["reason"])) if reason else record["reason"]
    return "excluded", f"{name}{page.language.say('：', ': ')}{why}"
