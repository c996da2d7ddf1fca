"""Content negotiation: which of the media types on offer a client gets."""

from starlette.types import Scope
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import Fault, HeadTooLarge, NotAcceptable
from app.http.addresses import header
from app.http.limits import MAX_NEGOTIATION_CHARS
from app.http.memo import cached_by_short_text

Offer = tuple[str, str]  # a name and its media type

NEGOTIATED = ("Accept", "Accept-Encoding", "Accept-Language")


def require_short_negotiation(scope: Scope) -> None:
    """Raises HeadTooLarge where a field takes longer to parse than any client's own would."""
    for name in NEGOTIATED:
        if len(header(scope, name.lower().encode()) or "") > MAX_NEGOTIATION_CHARS:
            raise HeadTooLarge(f"{name} is longer than {MAX_NEGOTIATION_CHARS:,} characters; name fewer preferences.")


@cached_by_short_text
def negotiate(accept: str | None, asked: str | None, offered: tuple[Offer, ...]) -> str:
    """The name of what to answer in: the one asked for, else the best that `Accept` takes. Raises NotAcceptable.

    Where a client does not care, what is offered first is preferred.
    """
    if asked in dict(offered):
        return str(asked)
    choices = {_plain(media_type): name for name, media_type in offered}
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
