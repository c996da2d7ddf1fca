"""In which language a reader is answered: the one that the address names, else what the browser says they read."""

from starlette.types import Scope
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.entity import Bilingual
from app.http.addresses import header
from app.http.memo import cached_by_short_text

LANGUAGES = Bilingual._fields
CHINESE, ENGLISH = LANGUAGES

# The addresses at which no language stands, though what is there is in one.
SPOKEN = frozenset({"/"})


def spoken(scope: Scope) -> str:
    """The language that a request asks for in `Accept-Language`.

    Who says nothing gets the language of the sources; who reads neither, the one that more people can read.
    """
    return _best(header(scope, b"accept-language"))


@cached_by_short_text
def _best(accepted: str | None) -> str:
    if not accepted:
        return CHINESE
    # By the language alone: a region or script would else stand behind a mere `*`.
    plain = ((tag.split("-")[0], quality) for tag, quality in parse_accept_header(accepted, LanguageAccept))
    return LanguageAccept(plain).best_match(LANGUAGES, ENGLISH)
