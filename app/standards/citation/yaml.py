"""YAML in block style, its texts in double quotes: JSON's quoting is YAML's too."""

import re
from typing import Any

import msgspec

UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # JSON lets them stand; YAML 1.1 refuses or folds them


def write(value: Any) -> str:
    """A document of mappings, lists and texts."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _entry(key, each)]
    if isinstance(value, list):
        return [line for each in value for line in _hung("- ", _lines(each))]
    return [_quoted(value)]


def _entry(key: str, value: Any) -> list[str]:
    lines = _lines(value)
    return [f"{key}:", *_hung("  ", lines)] if isinstance(value, dict | list) else [f"{key}: {lines[0]}"]


def _hung(first: str, lines: list[str]) -> list[str]:
    """The lines behind `first`, the others indented as far."""
    return [f"{first}{lines[0]}", *(f"  {line}" for line in lines[1:])]


def _quoted(text: str) -> str:
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(text).decode())
