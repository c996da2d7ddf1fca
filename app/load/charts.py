"""Checks of the catalogue: its headlines and charts must match figures."""

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Any

from sqlalchemy.engine import Connection

from app.catalog import Catalog, Chart
from app.errors import InvalidQuery
from app.load.checks import Records
from app.load.faults import InvalidSeed, SeedFault
from app.models import Figure
from app.nearest import suggest_nearest
from app.read.charts import MAX_BARS, read_chart, read_chart_query
from app.request.relations import references

FILE = "catalog.toml"


def catalog_faults(catalog: Catalog, records: Records) -> Iterator[SeedFault]:
    """Report headlines that are no figures, duplicate charts, invalid queries and groups; needs no database."""
    for number, headline in enumerate(catalog.headlines):
        if headline not in records[Figure]:
            hint = suggest_nearest(headline, records[Figure]) or " Use the id of a row of figures.csv."
            yield SeedFault(FILE, 0, "headlines", f"No figure has the id {headline!r}.{hint}")
        elif headline in catalog.headlines[:number]:
            yield SeedFault(FILE, 0, "headlines", f"{headline!r} appears twice. Remove one.")
    seen: set[str] = set()
    for chart in catalog.charts:
        if chart.id in seen:
            yield SeedFault(FILE, 0, "charts", f"Two charts have the id {chart.id!r}. Ids are unique.")
        seen.add(chart.id)
        try:
            read_chart_query(chart.query)
        except InvalidQuery as error:
            for fault in error.faults:
                allowed = f" Allowed: {', '.join(fault.allowed[:20])}." if fault.allowed else ""
                yield SeedFault(FILE, 0, f"charts.{chart.id}.query", f"{fault.parameter}: {fault.detail}{allowed}")
        yield from _group_faults(chart, records)


def _group_faults(chart: Chart, records: Records) -> Iterator[SeedFault]:
    """Report a relation that cannot divide figures, and groups of records that do not exist or are in two groups."""
    place, relations = f"charts.{chart.id}.group", {each.name: each for each in references(Figure).values()}
    if chart.group_by is None:
        if chart.groups:
            yield SeedFault(FILE, 0, f"{place}s", "Groups need `group_by`, the relation that divides the figures.")
        return
    if chart.group_by not in relations:
        hint = suggest_nearest(chart.group_by, relations) or f" Use one of {', '.join(sorted(relations))}."
        yield SeedFault(FILE, 0, f"{place}_by", f"Figures have no relation {chart.group_by!r} to one record.{hint}")
        return
    known = {each for link in relations[chart.group_by].links for each in records[link.target]}
    values = [value for group in chart.groups for value in group.values]
    for number, value in enumerate(values):
        if value not in known:
            hint = suggest_nearest(value, known) or f" Use the id of a record that a figure has as {chart.group_by}."
            yield SeedFault(FILE, 0, f"{place}s", f"There is no {chart.group_by} {value!r}.{hint}")
        elif value in values[:number]:
            yield SeedFault(FILE, 0, f"{place}s", f"{value!r} is in two groups, or twice in one. Remove one.")


def check_charts(connection: Connection, catalog: Catalog) -> None:
    """Run each chart's query on the records just written, and divide what it finds. Raises InvalidSeed."""
    faults = []
    for chart in catalog.charts:
        figures, total = read_chart(connection, chart.model_dump())
        if not total:
            detail = f"{chart.query!r} matches no figure. Try it at '/v1/figures', or remove the chart."
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", detail))
        elif total > MAX_BARS:
            detail = f"The query matches {total} figures, a chart shows at most {MAX_BARS}. Add a filter."
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", detail))
        else:
            faults += [*_ungrouped_faults(chart, figures), *_finding_faults(chart, {each["id"] for each in figures})]
    if faults:
        raise InvalidSeed(faults)


def _ungrouped_faults(chart: Chart, figures: Sequence[dict[str, Any]]) -> Iterator[SeedFault]:
    if chart.group_by is None:
        return
    values = {value for group in chart.groups for value in group.values}
    for figure in figures:
        related = figure[chart.group_by]
        if related is None:
            detail = f"The figure {figure['id']!r} has no {chart.group_by}. Use another relation or filter."
            yield SeedFault(FILE, 0, f"charts.{chart.id}.group_by", detail)
        elif values and related["id"] not in values:
            detail = f"The figure {figure['id']!r} is in no group. Add {related['id']!r} to one, or filter it out."
            yield SeedFault(FILE, 0, f"charts.{chart.id}.groups", detail)


def _finding_faults(chart: Chart, ids: set[str]) -> Iterator[SeedFault]:
    """Report titles with anything in braces but the ids of the chart's figures."""
    for language, text in chart.finding or ():
        place = f"charts.{chart.id}.finding.{language}"
        try:
            names = [name for _, name, *_ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            yield SeedFault(
                FILE, 0, place, f"The braces are not in pairs: {error}. Write {{}} around the id of a figure."
            )
            continue
        for name in names:
            if name not in ids:
                hint = suggest_nearest(name, ids) or f" It draws {', '.join(sorted(ids)[:20])}."
                yield SeedFault(FILE, 0, place, f"The chart draws no figure {name!r}.{hint}")
