"""YAML in block style with double-quoted texts, escaped as in JSON."""

import re
from typing import Any

import msgspec

UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # valid in JSON, but not in YAML 1.1


def write(value: Any) -> str:
    """Return a document of mappings, lists and texts."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _entry(key, each)]
    if isinstance(value, list):
        return [line for each in value for line in _indent("- ", _lines(each))]
    return [UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", msgspec.json.encode(value).decode())]


def _entry(key: str, value: Any) -> list[str]:
    lines = _lines(value)
    return [f"{key}:", *_indent("  ", lines)] if isinstance(value, dict | list) else [f"{key}: {lines[0]}"]


def _indent(first: str, lines: list[str]) -> list[str]:
    return [f"{first}{lines[0]}", *(f"  {line}" for line in lines[1:])]
