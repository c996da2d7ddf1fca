"""Which collection an address names."""

from app.entity import Entity
from app.errors import NotFound
from app.models import COLLECTIONS
from app.nearest import suggest_nearest


def entity_of(slug: str) -> type[Entity]:
    """The entity of a collection. Raises NotFound, which names the nearest."""
    if slug in COLLECTIONS:
        return COLLECTIONS[slug]
    hint = suggest_nearest(slug, COLLECTIONS)
    raise NotFound(f"There is no page or collection {slug[:100]!r}.{hint} There are {', '.join(COLLECTIONS)}.")
