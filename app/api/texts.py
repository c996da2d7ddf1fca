"""The texts of the OpenAPI document: the Chinese stands beside the English until a document in one language is made."""

from collections.abc import Mapping
from typing import Any

from app.entity import Bilingual
from app.http.languages import CHINESE

KEY = "x-zh"  # the Chinese texts of an object by their keys


def texts(**by_key: Bilingual) -> dict[str, Any]:
    """Return the English texts of an object of the document, with their Chinese."""
    return {
        **{key: text.en for key, text in by_key.items()},
        **chinese(**{key: text.zh for key, text in by_key.items()}),
    }


def chinese(**by_key: str) -> dict[str, Any]:
    """Return the Chinese of texts that are declared in English elsewhere, such as docstrings."""
    return {KEY: by_key}


def described(about: Bilingual, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the arguments of `Field` or `Path` for a description, and for more keys of its schema."""
    return {"description": about.en, "json_schema_extra": {**(schema or {}), **chinese(description=about.zh)}}


def in_language(node: Any, language: str) -> Any:
    """Return a copy of a part of the document with its texts in this language only."""
    if isinstance(node, list):
        return [in_language(each, language) for each in node]
    if not isinstance(node, dict):
        return node
    translated = node.get(KEY)
    chosen = node | translated if translated and language == CHINESE else node
    return {key: in_language(value, language) for key, value in chosen.items() if key != KEY}
