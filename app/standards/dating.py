"""When a source was published, as far as that is known: on its own date, or by the date of the repost that was read."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.entity import Bilingual

Source = Mapping[str, Any]  # as it is served


class Coverage(NamedTuple):
    """From the first to the last day of the sources; no start where one of them was published on an unknown day."""

    start: str | None
    end: str


def dated(source: Source) -> Bilingual:
    """The date that is cited, and for a repost of unknown original date that it is the repost's."""
    if source["published_on"]:
        return Bilingual(str(source["published_on"]), str(source["published_on"]))
    reposted = source["reposted_on"]
    return Bilingual(f"刊发日期不详，{reposted} 转载", f"date of publication unknown, reposted {reposted}")


def coverage(sources: Iterable[Source]) -> Coverage | None:
    """The days of all sources together; None where there are no sources."""
    each = list(sources)
    if not each:
        return None
    published = [str(source["published_on"]) for source in each if source["published_on"]]
    known_by = [str(source["published_on"] or source["reposted_on"]) for source in each]
    return Coverage(min(published) if len(published) == len(each) else None, max(known_by))
