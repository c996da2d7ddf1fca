"""The dates of sources. A source has its date of publication or, if that is unknown, the date of its repost."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.entity import Bilingual

Source = Mapping[str, Any]  # as the API serves it


class Coverage(NamedTuple):
    """The first and the last day of the sources. There is no start if a date of publication is unknown."""

    start: str | None
    end: str


def dated(source: Source) -> Bilingual:
    """Return the date for citations; of a repost, it says that the date of publication is unknown."""
    if source["published_on"]:
        return Bilingual(str(source["published_on"]), str(source["published_on"]))
    reposted = source["reposted_on"]
    return Bilingual(f"刊发日期不详，{reposted} 转载", f"date of publication unknown, reposted {reposted}")


def coverage(sources: Iterable[Source]) -> Coverage | None:
    """Return the days that all sources cover, or None if there are no sources."""
    dates = [(source["published_on"], source["reposted_on"]) for source in sources]
    if not dates:
        return None
    start = min(str(published) for published, _ in dates) if all(published for published, _ in dates) else None
    return Coverage(start, max(str(published or reposted) for published, reposted in dates))
