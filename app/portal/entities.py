"""Which collection an address names."""

from difflib import get_close_matches

from app.entity import Entity
from app.errors import NotFound
from app.models import COLLECTIONS


def entity_of(slug: str) -> type[Entity]:
    """The entity of a collection. Raises NotFound, which names the nearest."""
    if slug in COLLECTIONS:
        return COLLECTIONS[slug]
    near = get_close_matches(slug, COLLECTIONS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise NotFound(f"there is no page or collection {slug[:100]!r}{hint}; there are {', '.join(COLLECTIONS)}")
