"""The language of a response: the one that the address names, else the one that Accept-Language prefers."""

from starlette.types import Scope
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.entity import Bilingual
from app.http.addresses import header
from app.http.memo import cached_by_short_text

LANGUAGES = Bilingual._fields
CHINESE, ENGLISH = LANGUAGES

# Addresses whose responses depend on Accept-Language.
NEGOTIATED_PATHS = frozenset({"/"})


def negotiate_language(scope: Scope) -> str:
    """Return the language that the client prefers: Chinese, as the sources, if it names none, else English."""
    return _best_match(header(scope, b"accept-language"))


@cached_by_short_text
def _best_match(accept_language: str | None) -> str:
    if not accept_language:
        return CHINESE
    # Compare primary languages only: `zh-TW` would otherwise rank below `*`.
    plain = ((tag.split("-")[0], quality) for tag, quality in parse_accept_header(accept_language, LanguageAccept))
    return LanguageAccept(plain).best_match(LANGUAGES, ENGLISH)
