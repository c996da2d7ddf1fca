"""The formats in which records are served, one file each; a file put here is found, and its format offered."""

from importlib import import_module
from pkgutil import iter_modules

from app.formats.format import Format, Options

_found = (getattr(import_module(f"{__name__}.{each.name}"), "FORMAT", None) for each in iter_modules(__path__))

FORMATS: dict[str, Format] = {
    each.name: each for each in sorted((each for each in _found if each), key=lambda each: (each.rank, each.name))
}
JSON = FORMATS["json"]

__all__ = ["FORMATS", "JSON", "Format", "Options"]
