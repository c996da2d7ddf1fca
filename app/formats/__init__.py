"""The formats in which records are served, one file each, and which of them a client gets."""

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import Fault, NotAcceptable
from app.formats.format import Format, Options

_found = (getattr(import_module(f"{__name__}.{each.name}"), "FORMAT", None) for each in iter_modules(__path__))

FORMATS: dict[str, Format] = {
    each.name: each for each in sorted((each for each in _found if each), key=lambda each: (each.rank, each.name))
}
JSON = FORMATS["json"]


@lru_cache(1024)
def negotiate(accept: str | None, asked: str | None = None, offered: tuple[str, ...] = tuple(FORMATS)) -> Format:
    """The format to answer in: the one asked for by name, else the best that `Accept` takes. Raises NotAcceptable."""
    if asked in offered:
        return FORMATS[asked]
    choices = {_plain(FORMATS[name].media_type): FORMATS[name] for name in offered}
    accepted = MIMEAccept(
        (_plain(value), quality) for value, quality in parse_accept_header(accept or "*/*", MIMEAccept)
    )
    best = accepted.best_match(choices)
    if best is None:
        raise NotAcceptable(
            "none of the accepted media types can be had here",
            [Fault("Accept", f"{accept!r} takes none of the formats on offer", list(choices))],
        )
    return choices[best]


def _plain(media_range: str) -> str:
    """A media range without parameters, none of which tells formats apart here; `*` is what old Java clients send."""
    return {"*": "*/*"}.get(bare := media_range.split(";")[0].strip(), bare)


def media_types(formats: Iterable[Format]) -> list[str]:
    """Their media types."""
    return [each.media_type for each in formats]


__all__ = ["FORMATS", "JSON", "Format", "Options", "media_types", "negotiate"]
