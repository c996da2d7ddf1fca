"""Memoization of pure functions of a header's text."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from app.http.limits import MAX_KEY_CHARS

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[str | None, P], T]


def cached_by_short_text(function: Function[P, T]) -> Function[P, T]:
    """Cache 1,024 results, but none of texts longer than MAX_KEY_CHARS: clients choose the texts."""
    cached = lru_cache(1024)(function)

    @wraps(function)
    def call(text: str | None, /, *args: P.args, **kwargs: P.kwargs) -> T:
        is_long = any(isinstance(each, str) and len(each) > MAX_KEY_CHARS for each in (text, *args))
        return (function if is_long else cached)(text, *args, **kwargs)

    return call
