"""A source as a map of its numerals: each is served as a figure, excluded with a reason, or not accounted for yet."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.engine import Connection

from app.entity import Cited
from app.errors import NotFound
from app.evidence.numerals import count
from app.models import Figure
from app.models.excluded_numeral import ExcludedNumeral
from app.models.source import Source
from app.portal.article import Mark, draw
from app.portal.cells import Record, format_value
from app.portal.page import Context, Page, RequestedId, RequestedPage, page_router, render_page
from app.portal.provenance import Provenance
from app.portal.table import read_records
from app.read.page import read_record
from app.request.controls import MAX_LIMIT
from app.request.records import RecordRequest
from app.sentence import Sentence

LINE_CHARS = 46  # of the drawing
KINDS: dict[str, type[Cited]] = {"served": Figure, "excluded": ExcludedNumeral}

router = page_router()


@router.get("/evidence")
async def evidence(page: RequestedPage) -> RedirectResponse:
    """Redirect to the map of the source of the latest figure."""
    source_id = await page.read(latest_source_id)
    return RedirectResponse(page.url(f"/sources/{source_id}/evidence"), 307)


@router.get("/sources/{id}/evidence")
async def source_map(page: RequestedPage, source_id: RequestedId) -> HTMLResponse:
    """Show the map of one source."""
    return await render_page(page, "evidence", lambda connection: read_map(connection, page, source_id))


def latest_source_id(connection: Connection) -> str:
    """Return the id of the source of the latest figure. Raises NotFound."""
    records, _ = read_records(connection, Figure, [("sort", "-as_of"), ("limit", "1")])
    if not records:
        raise NotFound(
            Sentence("这个版本没有数字，因此没有数字分布图。", "This release has no figures, so no source has a map.")
        )
    return str(records[0]["source_id"])


def read_map(connection: Connection, page: Page, source_id: str) -> Context:
    """Read a source and the marks of its numerals. Raises NotFound."""
    source: dict[str, Any] = msgspec.json.decode(read_record(connection, RecordRequest({}, Source), source_id))
    query = [("source_id", source_id), ("sort", "paragraph,start"), ("limit", str(MAX_LIMIT))]
    counts: dict[str, int] = {}
    marks: list[Mark] = []
    for kind, entity in KINDS.items():
        records, counts[kind] = read_records(connection, entity, query)
        marks += [_mark(page, kind, entity, record) for record in records]
    marks += islice(_open_marks(page, source), MAX_LIMIT)
    numerals = count(source["paragraphs"])
    return {
        "provenance": Provenance(1, source),
        "source": source,
        "numerals": numerals,
        "paragraphs": draw(source, marks, LINE_CHARS),
        "width": LINE_CHARS,
        "counts": counts,
        "drawn": len(marks),
        "total": sum(counts.values()) + (numerals.unaccounted if numerals else 0),
        "api": page.api_url(f"/{Figure.collection.slug}", query),
        "excluded_api": page.api_url(f"/{ExcludedNumeral.collection.slug}", query),
    }


def _open_marks(page: Page, source: Record) -> Iterator[Mark]:
    """Yield a mark for each numeral that is in no figure and not excluded; its words are not known here."""
    for paragraph in source["paragraphs"]:
        number = paragraph["number"]
        for start, end in paragraph.get("unaccounted", ()):
            record = {"id": f"open-{number}-{start}", "paragraph": number, "start": start, "end": end}
            one, place = end - start == 1, f"{start + 1}–{end}"
            title = page.language.say(
                "第 %s 字：尚未处理", f"{'Character' if one else 'Characters'} %s: not accounted for yet"
            ) % (end if one else place)
            yield Mark(record, "", f"#paragraph-{number}", "open", title)


def _mark(page: Page, kind: str, entity: type[Cited], record: Record) -> Mark:
    """Return the mark of a numeral, titled with the figure's amount or the reason for the exclusion."""
    column = entity.columns()["value" if entity is Figure else "reason"]
    about = format_value(page, entity, column, record).text
    title = f"{page.language.localized(record, 'name')}{page.language.say('：', ': ')}{about}"
    url = page.url(f"/{entity.collection.slug}/{record['id']}")
    return Mark(record, record[entity.words_column], url, kind, title)
