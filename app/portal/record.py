"""A record: what is known of it, where its words stand, what belongs to it, what it was before, and how to cite it."""

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.entity import Cited, Entity
from app.evidence.explain import explain
from app.evidence.text import HOW_TO_CHECK
from app.models import Figure
from app.portal.article import Mark, drawn, pieces
from app.portal.cells import BOUNDS, Cell, amount_of, cell, is_qualified, label
from app.portal.entities import entity_of
from app.portal.page import Page, Told, asked, shown
from app.portal.table import summary
from app.read.dataset import read_catalog, read_release
from app.read.page import read_record
from app.releases.history import read_versions
from app.request.records import RecordRequest
from app.request.relations import Relation, relations
from app.standards.citation import STYLES
from app.standards.citation.line import citation_line

TOLD_ABOVE = (
    "id",
    "name_zh",
    "name_en",
    "summary_zh",
    "summary_en",
    "note_zh",
    "note_en",
    "reuse_zh",
    "reuse_en",
    "steps",
)


async def record(request: Request) -> Response:
    """The page of a record."""
    page = asked(request)
    entity = entity_of(request.path_params["collection"])
    return await shown(
        page, "record", lambda connection: read_page_of(connection, page, entity, request.path_params["id"])
    )


def read_page_of(connection: Connection, page: Page, entity: type[Entity], record_id: str) -> Told:
    """What the page of a record shows. Raises NotFound."""
    forward = tuple(relation for relation in relations(entity).values() if not relation.many)
    found: dict[str, Any] = msgspec.json.decode(
        read_record(connection, RecordRequest({}, entity, None, forward), record_id)
    )
    here = f"/{entity.collection.slug}/{record_id}"
    include = [("include", ",".join(each.name for each in forward))] if forward else []
    return {
        "entity": entity,
        "collection": entity.collection,
        "record": found,
        "amount": amount_of(page, entity, found) if is_qualified(entity) else None,
        "badges": list(_badges(page, entity, found)),
        "fields": list(_fields(page, entity, found)),
        "steps": _steps(entity, found),
        "place": _place(page, entity, found),
        "related": list(_related(connection, page, entity, found)),
        "versions": read_versions(connection, page.shelf, entity, record_id),
        "cited": _cited(connection, page, entity, found),
        "styles": [
            (style.title, page.api(f"/citation.{name}", _figure(entity, record_id))) for name, style in STYLES.items()
        ],
        "map": page.at(f"{here}/evidence") if "paragraphs" in entity.columns() else None,
        "call": page.api(here, include),
        "api": page.api(here, include),
    }


def _figure(entity: type[Entity], record_id: str) -> list[tuple[str, str]]:
    return [("figure", record_id)] if entity is Figure else []


def _badges(page: Page, entity: type[Entity], record: dict[str, Any]) -> Iterator[Cell]:
    """Terms that say how a value is to be taken."""
    if not is_qualified(entity):
        return
    for name in ("status", "period"):
        if name in entity.columns():
            yield cell(page, entity, entity.columns()[name], record)


def _fields(page: Page, entity: type[Entity], record: dict[str, Any]) -> Iterator[tuple[str, str, str, Cell]]:
    """Each field by its name, its title, what it means, and its value."""
    for name, column in entity.columns().items():
        if name in TOLD_ABOVE or (is_qualified(entity) and name in BOUNDS and record[name] is None):
            continue
        about = page.language.words(column.declared.about)
        yield name, label(page, column), about, cell(page, entity, column, record)


def _steps(entity: type[Entity], record: dict[str, Any]) -> list[str]:
    """How the value follows from the words."""
    if entity is Figure:
        return [*explain(record, record["source"])["steps"]]
    return record.get("steps") or []


def _place(page: Page, entity: type[Entity], record: dict[str, Any]) -> Told | None:
    """Where the words stand: the source as six bars or however many, and the mark of these words."""
    if not issubclass(entity, Cited):
        return None
    source = record["source"]
    longest = max(each["length"] for each in source["paragraphs"])
    paragraphs = drawn(source["paragraphs"], longest)
    name = page.language.of(record, "name")
    paragraph = next(each for each in source["paragraphs"] if each["number"] == record["paragraph"])
    mark = Mark(pieces(record["start"], record["end"], longest), record, page.at(page.path), "here", name)
    paragraphs[record["paragraph"]].marks.append(mark)
    return {
        "source": source,
        "paragraphs": list(paragraphs.values()),
        "width": longest,
        "words": record[entity.words_column],
        "opens": record.get("source_url") or source["url"],
        "map": page.at(f"/sources/{source['id']}/evidence"),
        "located_on": paragraph.get("located_on"),
        "recomputed": entity is Figure and explain(record, source)["verified"],
        "sha256": paragraph["sha256"],
        "check": HOW_TO_CHECK,
    }


def _related(connection: Connection, page: Page, entity: type[Entity], record: dict[str, Any]) -> Iterator[Told]:
    """The records that belong to this one, collection by collection, as far as there are any."""
    for relation in relations(entity).values():
        if relation.many:
            target, given = relation.links[0].target, _given(entity, relation, record["id"])
            found = summary(connection, page, target, given)
            if found["total"]:
                yield {**found, "by": label(page, target.columns()[given[-1][0]])}


def _given(entity: type[Entity], relation: Relation, record_id: str) -> list[tuple[str, str]]:
    """The filter of the other collection that finds what belongs to a record."""
    (link,) = relation.links
    columns = link.target.columns().values()
    refers = next((column.name for column in columns if column.sql is link.remote), None)
    if refers:
        return [(refers, record_id)]
    return [("subject_kind", entity.collection.singular), ("subject_id", record_id)]


def _cited(connection: Connection, page: Page, entity: type[Entity], record: dict[str, Any]) -> str:
    catalog, release = read_catalog(connection), read_release(connection)
    return citation_line(record, catalog, release, page.api(f"/{entity.collection.slug}/{record['id']}"), page.language)
