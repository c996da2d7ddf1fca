"""Content negotiation: which of the offered media types a client gets."""

from typing import NamedTuple

from starlette.types import Scope
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import Fault, HeadTooLarge, NotAcceptable
from app.http.addresses import header
from app.http.limits import MAX_NEGOTIATION_CHARS
from app.http.memo import cached_by_short_text

NEGOTIATION_HEADERS = ("Accept", "Accept-Encoding", "Accept-Language")


class Offer(NamedTuple):
    """A form in which a response can be had: its name, which `format=` and extensions take, and its media type.

    Clients may also ask for it by its other names and media types.
    """

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()
    other_media_types: tuple[str, ...] = ()

    def is_called(self, name: str | None) -> bool:
        """Return whether this is the form's name, or another one."""
        return name == self.name or name in self.aliases


def require_short_negotiation(scope: Scope) -> None:
    """Raise HeadTooLarge if a negotiation field is so long that parsing it would take long."""
    for name in NEGOTIATION_HEADERS:
        if len(header(scope, name.lower().encode()) or "") > MAX_NEGOTIATION_CHARS:
            limit = f"{MAX_NEGOTIATION_CHARS} characters of {name}"
            detail = f"{name} is longer than {MAX_NEGOTIATION_CHARS:,} characters; name fewer preferences."
            raise HeadTooLarge(detail, limit=limit)


@cached_by_short_text
def negotiate(accept: str | None, name: str | None, offers: tuple[Offer, ...]) -> Offer:
    """Return the offer with this name, else the one that Accept prefers; the first of equals. Raises NotAcceptable."""
    if named := next((offer for offer in offers if offer.is_called(name)), None):
        return named
    by_media_type = {_without_parameters(offer.media_type): offer for offer in offers}
    others = {media_type: offer for offer in offers for media_type in offer.other_media_types}
    ranges = parse_accept_header(accept or "*/*", MIMEAccept)
    accepted = MIMEAccept((_without_parameters(media_range), quality) for media_range, quality in ranges)
    best = accepted.best_match([*by_media_type, *others])
    if best is None:
        detail = f"{accept!r} accepts none of the formats on offer"
        raise NotAcceptable(
            "No accepted media type is available here. Ask for one of those in `errors`.",
            [Fault("Accept", detail, list(by_media_type))],
        )
    return (others | by_media_type)[best]


def _without_parameters(media_range: str) -> str:
    """A media range without parameters, none of which distinguishes formats here; old Java clients send a bare `*`."""
    return {"*": "*/*"}.get(bare := media_range.split(";")[0].strip(), bare)
