"""A declared chart, read and drawn."""

from sqlalchemy.engine import Connection

from app.charts.drawing import Drawing, Setting, drawing
from app.read.charts import declared_chart, read_chart
from app.read.dataset import read_catalog, read_release
from app.read.provenance import read_sources


def read_drawing(
    connection: Connection, chart_id: str, language: str | None, theme: str, width: int, shape: str, base_url: str
) -> Drawing:
    """Return a chart of the catalogue, read from one snapshot. Raises NotFound."""
    catalog = read_catalog(connection)
    chart = declared_chart(catalog, chart_id)
    records, _ = read_chart(connection, chart)
    license_, release = catalog["license"], read_release(connection)["id"]
    setting = Setting(language, theme, width, base_url, release, license_["id"], license_["url"], shape)
    return drawing(chart, records, read_sources(connection), setting)
