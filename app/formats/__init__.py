"""The formats in which records are served, and which of them a client gets."""

from functools import lru_cache
from typing import NamedTuple

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import Fault, NotAcceptable


class Format(NamedTuple):
    """A format: its name, which is the extension and the value of `format=` too, and its media type."""

    name: str
    media_type: str


JSON = Format("json", "application/json")

FORMATS: dict[str, Format] = {each.name: each for each in (JSON,)}


@lru_cache(1024)
def negotiate(accept: str | None, asked: str | None = None) -> Format:
    """The format to answer in: the one asked for by name, else the best that `Accept` takes. Raises NotAcceptable."""
    if asked in FORMATS:
        return FORMATS[asked]
    offered = {each.media_type: each for each in FORMATS.values()}
    accepted = MIMEAccept(
        (_plain(value), quality) for value, quality in parse_accept_header(accept or "*/*", MIMEAccept)
    )
    best = accepted.best_match(offered)
    if best is None:
        raise NotAcceptable(
            "none of the accepted media types can be had here",
            [Fault("Accept", f"{accept!r} takes none of the formats on offer", list(offered))],
        )
    return offered[best]


def _plain(media_range: str) -> str:
    """A media range without parameters, none of which tells formats apart here; `*` is what old Java clients send."""
    return {"*": "*/*"}.get(bare := media_range.split(";")[0].strip(), bare)
