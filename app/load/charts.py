"""Checks of the catalogue: its headlines and charts must match figures."""

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from app.catalog import Catalog
from app.errors import InvalidQuery
from app.load.checks import Records
from app.load.faults import InvalidSeed, SeedFault
from app.models import Figure
from app.nearest import suggest_nearest
from app.read.charts import MAX_BARS, read_chart, read_chart_query

FILE = "catalog.toml"


def catalog_faults(catalog: Catalog, records: Records) -> Iterator[SeedFault]:
    """Report headlines that are no figures, duplicate charts and invalid queries; needs no database."""
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


def check_charts(connection: Connection, catalog: Catalog) -> None:
    """Run each chart's query on the records just written. Raises InvalidSeed."""
    faults = []
    for chart in catalog.charts:
        _, total = read_chart(connection, chart.model_dump())
        if not total:
            detail = f"{chart.query!r} matches no figure. Try it at '/v1/figures', or remove the chart."
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", detail))
        elif total > MAX_BARS:
            detail = f"The query matches {total} figures, a chart shows at most {MAX_BARS}. Add a filter."
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", detail))
    if faults:
        raise InvalidSeed(faults)
