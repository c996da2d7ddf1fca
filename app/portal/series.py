"""Series: the figures of one thing at several times, as a chart of bars in the order of their times."""

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from app.charts.bars import ends
from app.entity import Entity
from app.models import Figure
from app.models.indicator import Indicator
from app.models.qualifiers import Change, Period, Status
from app.portal.cells import Record, format_value
from app.portal.page import Context, Page
from app.portal.table import read_records

ORDER_IN_TIME = ("time_end", "paragraph", "start")
MAX_FIGURES = 100  # of all charts of a page
MAX_CHARTS = 6  # of a page
USUAL = {"status": Status.ACHIEVED, "period": Period.AS_OF, "change": Change.LEVEL}  # which a chart does not name


class Bar(NamedTuple):
    """A bar: where it begins and how long it is, in percent of the chart's width."""

    start: float
    width: float


def read_series(connection: Connection, page: Page, entity: type[Entity], record: Record) -> list[Context]:
    """Read the charts of an indicator's series, or of the series that a figure belongs to; of other records, none.

    Parts of wholes are left out: those of one series and time are not of one thing.
    """
    if entity is Indicator:
        alike = [("indicator_id", record["id"])]
    elif entity is Figure and record["part_of_id"] is None:
        alike = [_equals(name, record[name]) for name in Figure.series]
    else:
        return []
    drawn = [(f"{name}__isnull", "true") for name in ("part_of_id", "replaced_by_id")]
    shown = [("include", "subject,place,source"), ("limit", str(MAX_FIGURES))]
    figures, total = read_records(connection, Figure, [*alike, *drawn, *shown])
    if total > MAX_FIGURES:  # so that some of a series may not be among those read
        return []
    # Sorted here: no index has this order, and the database would sort all figures that there are.
    in_order = sorted(figures, key=itemgetter(*ORDER_IN_TIME))
    return [_chart(page, each) for each in _over_time(in_order)][:MAX_CHARTS]


def _equals(name: str, value: Any) -> tuple[str, str]:
    return (f"{name}__isnull", "true") if value is None else (name, str(value))


def _over_time(figures: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield the figures of each series that has several times."""
    series: dict[tuple[Any, ...], list[Record]] = {}
    for figure in figures:
        series.setdefault(tuple(figure[name] for name in Figure.series), []).append(figure)
    return (each for each in series.values() if each[0]["time_end"] != each[-1]["time_end"])


def _chart(page: Page, figures: list[Record]) -> Context:
    """Return what a series is of, its rows and its sources."""
    first, columns, language = figures[0], Figure.columns(), page.language
    of = [language.localized(first[name], "name") for name in ("subject", "place") if first[name]]
    names = [name for name, usual in USUAL.items() if first[name] != usual]
    unit, *others = (format_value(page, Figure, columns[name], first).text for name in ("unit", *names))
    times = [format_value(page, Figure, columns["time_end"], each).text for each in figures]
    zero, bars = draw(figures)
    return {
        "of": language.say("，", ", ").join([*of, *filter(None, others)]),
        "unit": unit,
        "zero": zero,
        "rows": [*zip(figures, times, bars, strict=True)],
        "sources": [*{each["source_id"]: each["source"] for each in figures}.values()],
    }


def draw(figures: list[Record]) -> tuple[float, list[Bar]]:
    """Return where zero is, in percent of the width, and a bar for each figure."""
    spans = [sorted(ends(figure)) for figure in figures]
    least, most = min(0, *(low for low, _ in spans)), max(0, *(high for _, high in spans))
    scale = 100 / ((most - least) or 1)
    bars = [Bar(round((low - least) * scale, 2), round((high - low) * scale, 2)) for low, high in spans]
    return round(-least * scale, 2), bars
