"""Who states the figures, and when: shown on the first screen of every page that shows data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.models.source import Source
from app.portal.language import Language
from app.read.page import read_page
from app.request.records import read_page_request


class Provenance(NamedTuple):
    """How many sources there are, and the source, if it is the only one."""

    total: int
    source: Mapping[str, Any] | None


def read_provenance(connection: Connection) -> Provenance:
    """Read the number of sources, and the only one."""
    page = read_page(connection, read_page_request(Source, [("limit", "1")]))
    return Provenance(page.total, msgspec.json.decode(page.records[0]) if page.total == 1 else None)


def reported(language: Language, source: Mapping[str, Any]) -> str:
    """Return the newspaper and its date, or that of the repost, which it says: 《铜仁日报》（2022年8月6日转载）."""
    own, reposted = source["published_on"], source["reposted_on"]
    date = language.date(own) if own else language.say("{}转载", "reposted {}").format(language.date(reposted))
    english = source.get("publisher_en") or source["publisher"]
    return language.say(f"《{source['publisher']}》（{date}）", f"{english} ({date})")
