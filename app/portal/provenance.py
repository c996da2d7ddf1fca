"""Who states the figures, and when: shown on the first screen of every page that shows data."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.models.indicator import Indicator
from app.models.source import Source
from app.portal.language import Language
from app.read.page import read_page, read_record
from app.request.records import RecordRequest, read_page_request


class Provenance(NamedTuple):
    """How many sources there are, and the source, if it is the only one."""

    total: int
    source: Mapping[str, Any] | None


def read_provenance(connection: Connection) -> Provenance:
    """Read the number of sources, and the only one."""
    page = read_page(connection, read_page_request(Source, [("limit", "1")]))
    return Provenance(page.total, msgspec.json.decode(page.records[0]) if page.total == 1 else None)


def read_provenance_of_record(
    connection: Connection, entity: type[Entity], record: Mapping[str, Any]
) -> dict[str, Provenance]:
    """Read who states the figures of an indicator, or what a derived figure is computed from; a source is its own."""
    if entity is Source:
        return {"provenance": Provenance(1, record)}
    if entity is Indicator:
        figures = [("indicator_id", record["id"])]
    elif entity is DerivedFigure:
        figures = [("id__in", f"{record['numerator_id']},{record['denominator_id']}")]
    else:
        return {}
    query = [*figures, ("limit", "0"), ("facet", "source_id")]
    facet = read_page(connection, read_page_request(Figure, query)).facets["source_id"]
    return {"provenance": _provenance_of_sources(connection, [each.value for each in facet])}


def read_provenance_of_table(connection: Connection, records: Sequence[Mapping[str, Any]], total: int) -> Provenance:
    """Read who states the records of a table; of all records, unless it shows all that match."""
    if len(records) < total or not all("source_id" in record for record in records):
        return read_provenance(connection)
    return _provenance_of_sources(connection, {record["source_id"] for record in records})


def _provenance_of_sources(connection: Connection, sources: Collection[str]) -> Provenance:
    if len(sources) != 1:
        return Provenance(len(sources), None)
    (source,) = sources
    return Provenance(1, msgspec.json.decode(read_record(connection, RecordRequest({}, Source), source)))


def reported(language: Language, source: Mapping[str, Any]) -> str:
    """Return the newspaper and its date, or that of the repost, which it says: 《铜仁日报》（2022年8月6日转载）."""
    own, reposted = source["published_on"], source["reposted_on"]
    date = language.date(own) if own else language.say("{}转载", "reposted {}").format(language.date(reposted))
    english = source.get("publisher_en") or source["publisher"]
    return language.say(f"《{source['publisher']}》（{date}）", f"{english} ({date})")
