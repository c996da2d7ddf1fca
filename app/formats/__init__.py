"""The output formats, one per file. Every module here that defines `FORMAT` is served."""

from importlib import import_module
from pkgutil import iter_modules

from app.formats.format import Format, Options

_modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
_formats: list[Format] = [module.FORMAT for module in _modules if hasattr(module, "FORMAT")]

FORMATS = {each.name: each for each in sorted(_formats, key=lambda each: (each.rank, each.name))}
JSON = FORMATS["json"]

__all__ = ["FORMATS", "JSON", "Format", "Options"]
