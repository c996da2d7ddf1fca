"""What the catalogue shows of the figures: its headlines and charts must find them."""

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from app.catalog import Catalog
from app.errors import InvalidQuery
from app.load.faults import InvalidSeed, SeedFault
from app.load.spool import Batch
from app.models import Figure
from app.nearest import suggest_nearest
from app.read.charts import MAX_BARS, read_chart, read_chart_query

FILE = "catalog.toml"


def declared_faults(catalog: Catalog, batch: Batch) -> Iterator[SeedFault]:
    """What shows before anything is in a database: headlines that are no figures, charts of one id, wrong queries."""
    for number, headline in enumerate(catalog.headlines):
        if headline not in batch[Figure]:
            hint = suggest_nearest(headline, batch[Figure]) or " Give the id of a row of figures.csv."
            yield SeedFault(FILE, 0, "headlines", f"there is no figure {headline!r}.{hint}")
        elif headline in catalog.headlines[:number]:
            yield SeedFault(FILE, 0, "headlines", f"{headline!r} stands there twice; once is enough")
    seen: set[str] = set()
    for chart in catalog.charts:
        if chart.id in seen:
            yield SeedFault(FILE, 0, "charts", f"there are two charts {chart.id!r}; ids are unique")
        seen.add(chart.id)
        try:
            read_chart_query(chart.query)
        except InvalidQuery as error:
            for fault in error.faults:
                right = f"; right would be {', '.join(fault.allowed[:20])}" if fault.allowed else ""
                yield SeedFault(FILE, 0, f"charts.{chart.id}.query", f"{fault.parameter}: {fault.detail}{right}")


def require_figures(connection: Connection, catalog: Catalog) -> None:
    """Ask for the figures of each chart as clients will, of what was just written. Raises InvalidSeed."""
    faults = []
    for chart in catalog.charts:
        _, total = read_chart(connection, chart.model_dump())
        if not total:
            told = f"{chart.query!r} finds no figure; try it at /v1/figures, or leave the chart out"
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", told))
        elif total > MAX_BARS:
            told = f"finds {total} figures, and a chart has room for {MAX_BARS}; narrow it by another filter"
            faults.append(SeedFault(FILE, 0, f"charts.{chart.id}.query", told))
    if faults:
        raise InvalidSeed(faults)
