"""When figures hold: their times from the words that state them."""

import datetime as dt
from collections.abc import Iterator

from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.qualifiers import Status, TimeKind
from app.times import Time, bounds, kind_of, read_words


def compute_time(row: Row, *, dated: bool) -> Iterator[SeedFault]:
    """Fill the computed columns of a figure's time. A figure without one holds by the date of its source.

    The year of a source that is `dated` is certain; a repost may be of a later year.
    """
    words, given, published = row.values["time_stated"], row.values["time"], dt.date.fromisoformat(row.values["as_of"])
    row.values |= {"time_kind": TimeKind.NOT_STATED.value, "time_end": published.isoformat()}
    if {"time_stated", "time"} & row.broken:
        return
    if words is None:
        if given is not None:
            detail = "A time needs the words that state it, such as 截至2023年6月. Copy them, or leave time empty."
            yield row.fault("time_stated", detail)
        return
    time = read_words(words, published, dated=dated) or _complete_by_curator(words, given, published, dated=dated)
    if isinstance(time, str):
        yield row.fault("time", time)
        return
    if given not in {None, time.iso}:
        detail = f"{words!r} says {time.iso}, not {given}. Write {time.iso}, or leave time empty."
        yield row.fault("time", detail)
        return
    first, last = bounds(time.iso, published)
    if row.values["status"] == Status.ACHIEVED and "status" not in row.broken:
        if first > published:
            detail = f"{time.iso} begins after {published}, the date of the source, but the status is achieved."
            yield row.fault("time", f"{detail} Correct one of them.")
            return
        last = min(last, published)  # a source can report no more than has passed
    row.values |= {"time": time.iso, "time_kind": time.kind.value}
    row.values |= {"time_start": first.isoformat(), "time_end": last.isoformat()}


def _complete_by_curator(words: str, given: str | None, published: dt.date, *, dated: bool) -> Time | str:
    """Return the time that the curator gives for words that do not state it in full, or what is wrong with it."""
    if given is None:
        return (
            f"{words!r} does not say the time in full. Write it in ISO 8601, such as 2023, 2023-06, 2023-06-30, "
            "2022-01/2022-06, or 2017/.. for the time from 2017 to the date of the source."
        )
    try:
        bounds(given, published)
    except ValueError as error:
        return f"{given!r} is no time: {error}"
    year = int(given[:4])
    stated = read_words(words, published, year, dated=dated)
    if stated and stated.iso != given:
        return f"{words!r} of {year} is {stated.iso}, not {given}. Write {stated.iso}, or another year."
    return stated or Time(given, kind_of(words, given))
