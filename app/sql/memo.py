"""Memoization of statements by their shapes."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

from app.sql import MAX_SHAPES

Build = TypeVar("Build", bound=Callable[..., Any])

MAX_CACHED_CONDITIONS = 10  # of a statement: each takes some 2 kB, and clients can vary a hundred of them without end
LARGE = "large"  # the execution option of a statement that no cache of its own keeps; SQLAlchemy keeps a few


def cached_by_shape(build: Build) -> Build:
    """Cache MAX_SHAPES statements, but none with more than MAX_CACHED_CONDITIONS, which are marked as LARGE."""
    cached = lru_cache(MAX_SHAPES)(build)

    @wraps(build)
    def call(*key: Any) -> Any:
        if max(map(_conditions, key)) <= MAX_CACHED_CONDITIONS:
            return cached(*key)
        return build(*key).execution_options(**{LARGE: True})

    call.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


def _conditions(part: object) -> int:
    """Count the conditions of a part of a key: a shape with filters, or the filters themselves."""
    filters = getattr(part, "filters", part)
    return len(filters) if isinstance(filters, tuple) else 0
