"""A record: its fields, its source, related records, its history, and how to cite it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy.engine import Connection

from app.charts.card import HEIGHT_PX, WIDTH_PX
from app.entity import Bilingual, Cited, Entity
from app.errors import NotFound
from app.evidence.numerals import count
from app.evidence.text import HOW_TO_CHECK
from app.http.languages import LANGUAGES
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.models.place import Place
from app.models.qualifiers import Change, Period, Standing, Status
from app.models.source import Source
from app.portal.article import Mark, draw
from app.portal.cells import BOUNDS, Cell, Record, column_title, format_amount, format_name, format_value, is_qualified
from app.portal.collection import RequestedEntity
from app.portal.embedding import embed_record
from app.portal.hub import read_aliases, read_ancestors, read_related
from app.portal.language import Language
from app.portal.page import Context, Page, RequestedId, RequestedPage, page_router, render_page
from app.portal.provenance import read_provenance_of_record, reported
from app.portal.series import read_series
from app.portal.table import add_nouns, read_records, read_summary
from app.quantity import QuantityError, divide, parse
from app.read.dataset import read_catalog, read_release
from app.read.page import read_record
from app.read.similar import similar_ids
from app.releases.history import read_versions
from app.request.records import RecordRequest
from app.request.relations import relations
from app.standards import schema_org, signposting
from app.standards.citation import STYLES, cite_figure, cite_source, tags
from app.standards.citation.line import Lines, article_lines, cited_lines, dataset_lines
from app.standards.dataset import Dataset
from app.standards.signposting import Signpost
from app.times import in_words

# Fields that the page shows above the list of fields.
SHOWN_ABOVE = {"id", "steps"} | {
    f"{name}_{language}" for name in ("name", "summary", "note", "reuse", "text") for language in LANGUAGES
}

# Counted from 0; the page counts characters from 1. Only where fields are explained are both shown.
SPAN = {"start", "end"}

router = page_router()


@router.get("/{collection}/{id}")
async def record(page: RequestedPage, entity: RequestedEntity, record_id: RequestedId) -> HTMLResponse:
    """Show a record."""
    return await render_page(page, "record", lambda connection: read_record_page(connection, page, entity, record_id))


def read_record_page(connection: Connection, page: Page, entity: type[Entity], record_id: str) -> Context:
    """Read what the page of a record shows. Raises NotFound."""
    forward = tuple(relation for relation in relations(entity).values() if not relation.many)
    try:
        found = read_record(connection, RecordRequest({}, entity, None, forward), record_id)
    except NotFound as error:
        raise NotFound(error.detail, similar_ids(connection, entity, record_id)) from None
    record: Record = msgspec.json.decode(found)
    add_nouns(connection, entity, [record])
    path = f"/{entity.collection.slug}/{record_id}"
    api = page.api_url(path, [("include", ",".join(each.name for each in forward))] if forward else [])
    catalog, release = read_catalog(connection), read_release(connection)
    dataset = page.bare_dataset(catalog, release)
    amount = format_amount(page, entity, record) if is_qualified(entity) else None
    quotations = _quotations(record) if entity is Figure else {}
    aliases = read_aliases(connection, entity, record)
    card = _card(page, record, amount) if amount else None
    citation = _cite(page, entity, record, catalog, release)
    return {
        **read_provenance_of_record(connection, entity, record),
        "json_ld": _json_ld(page, entity, record, aliases, quotations, dataset),
        "signposts": _signposts(page, entity, record_id, dataset),
        "tags": _tags(page, entity, record, catalog, release),
        "card": card,
        "by": reported(page.language, record["source"]) if quotations else None,
        "collection": entity.collection,
        "record": record,
        "aliases": aliases,
        "amount": amount,
        "badges": list(_badges(page, entity, record)),
        "quotations": quotations,
        "siblings": _siblings(connection, page, record) if entity is Figure else None,
        "series": read_series(connection, page, entity, record),
        "fields": list(_fields(page, entity, record, _times_of_fields(connection, page, entity, record))),
        "steps": _steps(entity, record),
        "place": _place(page, entity, record) if issubclass(entity, Cited) else None,
        "numerals": count(record["paragraphs"]) if entity is Source else None,
        "above": [format_name(page, entity, each) for each in read_ancestors(connection, entity, record)],
        "related": list(read_related(connection, page, entity, record)),
        "versions": read_versions(connection, page.release_store, entity, record_id),
        "citation": citation,
        "embed": embed_record(page, page.language.localized(record, "name"), citation.full, card),
        "api": api,
    }


def _steps(entity: type[Entity], record: Record) -> tuple[str, ...]:
    """Return the steps to a value, with their Chinese, if today's code takes the steps that the record states."""
    stated: list[str] = record.get("evidence", record).get("steps") or []
    steps: tuple[str, ...] = ()
    with suppress(QuantityError):  # of a release that was loaded by a version which read these words
        if entity is Figure:
            steps = parse(record["as_stated"]).steps
        elif entity is DerivedFigure:
            steps = divide(*(parse(record[name]["as_stated"]) for name in ("numerator", "denominator"))).steps
    return steps if [*steps] == stated else (*stated,)


def _cite(
    page: Page, entity: type[Entity], record: Record, catalog: Mapping[str, Any], release: Mapping[str, Any]
) -> Lines:
    """Cite the article of a source, the words that a record is read from, or a record of our own."""
    address = page.url(page.path)
    if entity is Source:
        return article_lines(record, page.language)
    if issubclass(entity, Cited):
        words = record[entity.words_column]
        return cited_lines(record, words, record["source"], catalog, release, address, page.language)
    return dataset_lines(record, catalog, release, address, page.language)


def _json_ld(
    page: Page,
    entity: type[Entity],
    record: Record,
    aliases: list[Record],
    quotations: Mapping[Language, str],
    dataset: Dataset,
) -> Markup | None:
    """Describe a figure, a source or a place for search engines; schema.org has no type for the others."""
    url = page.url(page.path)
    if entity is Figure:
        return page.json_ld(schema_org.claim(record, Bilingual(*quotations.values()), dataset, url))
    if entity is Source:
        return page.json_ld(schema_org.article(record, url))
    return page.json_ld(schema_org.place(record, aliases, dataset, url)) if entity is Place else None


def _signposts(page: Page, entity: type[Entity], record_id: str, dataset: Dataset) -> list[Signpost]:
    """Return the links of a record's page; reference managers cite a figure alone, any other record by the dataset."""
    styles = STYLES.items() if entity is Figure else ()
    citations = [
        Signpost(page.api_url(f"/citation.{name}", [("figure", record_id)]), "describedby", style.media_type)
        for name, style in styles
    ]
    address = page.api_url(f"/{entity.collection.slug}/{record_id}")
    return signposting.record_page(address, citations, dataset.license_url, page.base_url)


def _tags(
    page: Page, entity: type[Entity], record: Record, catalog: Mapping[str, Any], release: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the meta elements of the article of a figure or source; the rest is cited in words alone."""
    if entity is Figure:
        yield from tags(cite_figure(record, record["source"], catalog, release, page.base_url))
    elif entity is Source:
        yield from tags(cite_source(record, catalog, release, page.base_url))


def _card(page: Page, record: Record, amount: Cell) -> Context:
    """Return the address, size and text of the picture of a record with a value."""
    text = f"{page.language.localized(record, 'name')}{page.language.say('：', ': ')}{amount.text}"
    return {"url": page.url(f"{page.path}.png"), "text": text, "width": WIDTH_PX, "height": HEIGHT_PX}


def _quotations(figure: Record) -> dict[Language, str]:
    """Return a sentence in each language that states a figure and who reports it."""
    source, status = figure["source"], figure["status"]
    quotations = {}
    for language in map(Language, LANGUAGES):
        expected = "" if status == Status.ACHIEVED else language.localize(Status.label_of(status))
        name, value, by = language.localized(figure, "name"), figure[f"text_{language}"], reported(language, source)
        time = in_words(figure, language) if figure["time"] else ""
        verb = "为" if figure["change"] == Change.LEVEL else ""  # the words of a change have their own
        doubt = _doubt(figure, language)
        quotations[language] = language.say(
            f"据{by}报道，{time and f'{time}，'}{name}{verb}{value}{expected and f'（{expected}）'}{doubt}。",
            f"{name}: {value}{time and f' {time}'}{expected and f' ({expected.lower()})'}, according to {by}{doubt}.",
        )
    return quotations


def _doubt(figure: Record, language: Language) -> str:
    """Return what follows a figure that was corrected or is in dispute."""
    if correction := figure["replaced_by"]:
        return language.say("，后更正为{}", "; later corrected to {}").format(correction[f"text_{language}"])
    return (
        language.say("，另有不同说法", "; another statement differs") if figure["standing"] == Standing.DISPUTED else ""
    )


def _siblings(connection: Connection, page: Page, figure: Record) -> Context | None:
    """Read the other figures of a figure's subject as a table, if there are any."""
    subject = [(name, figure[name]) for name in ("subject_kind", "subject_id")]
    query = [*subject, ("id__ne", figure["id"])]
    table = read_summary(connection, page, Figure, query, about=("subject_id", figure["subject_id"]))
    return table if table["total"] else None


def _badges(page: Page, entity: type[Entity], record: Record) -> Iterator[Cell]:
    """Yield a figure's status, and the date or period that it speaks of."""
    if not is_qualified(entity):
        return
    # The period “as of the date” shows the time.
    names = ["status", "period"] if record["period"] == Period.AS_OF else ["status", "period", "time_end"]
    for name in names if record.get("time_end") and record["time"] else names[:2]:
        yield format_value(page, entity, entity.columns()[name], record)
    if record.get("standing") not in {None, Standing.LATEST}:
        yield format_value(page, entity, entity.columns()["standing"], record)


def _times_of_fields(connection: Connection, page: Page, entity: type[Entity], record: Record) -> dict[str, str]:
    """Return when the figures hold that fill a record's measured columns, the latest of each column, by column."""
    subject = [("subject_kind", entity.collection.singular), ("subject_id", record["id"])]
    latest = [("replaced_by_id__isnull", "true"), ("sort", "-time_end"), ("limit", "1")]
    times = {}
    for name, column in entity.columns().items():
        if column.has_own_unit and record[name] is not None:
            for figure in read_records(connection, Figure, [*subject, ("field", name), *latest])[0]:
                times[name] = in_words(figure, page.language)
    return times


def _fields(
    page: Page, entity: type[Entity], record: Record, times: Mapping[str, str]
) -> Iterator[tuple[str, str, str, Cell]]:
    """Yield the name, title, description and value of each field, of a measured one with its time."""
    for name, column in entity.columns().items():
        if name in SHOWN_ABOVE or (name in SPAN and entity is not Figure):
            continue
        if is_qualified(entity) and name in BOUNDS and record[name] is None:
            continue
        about = page.language.localize(column.declared.about)
        cell = format_value(page, entity, column, record)
        if name in times:
            cell = cell._replace(text=page.language.say("{}（{}）", "{} ({})").format(cell.text, times[name]))
        yield name, column_title(page, column), about, cell


def _place(page: Page, entity: type[Cited], record: Record) -> Context:
    """Return the position of a record's words in its source, drawn with one line per paragraph."""
    source, words = record["source"], record[entity.words_column]
    width = max(each["length"] for each in source["paragraphs"])
    mark = Mark(record, words, page.url(page.path), "here", page.language.localized(record, "name"))
    return {
        "words": words,
        "paragraph": next(each for each in source["paragraphs"] if each["number"] == record["paragraph"]),
        "paragraphs": draw(source, [mark], width),
        "width": width,
        "is_recomputed": "evidence" in record and record["evidence"]["verified"],
        "check": HOW_TO_CHECK,
    }
