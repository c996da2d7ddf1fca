"""The site's static files. Their URLs carry a hash of the content, so browsers cache them for good."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

from app.gateway.static_files import version_of

FILES = Path(__file__).parent / "static"
VEGA = "vega.js"  # bundled on first use, see vega.py


@cache
def asset_version(name: str) -> str:
    """Return the version in a file's URL: a hash of its content, or the version of the package that bundles it."""
    return version("vl-convert-python") if name == VEGA else version_of((FILES / name).read_bytes())
