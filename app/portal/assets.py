"""The site's static files. Their URLs carry a hash of the content, so browsers cache them for good."""

from functools import cache
from importlib.metadata import version
from pathlib import Path

import fastapi_offline

from app.gateway.static_files import version_of
from app.settings import ROOT

VEGA = "vega.js"  # bundled on first use, see vega.py

# The folders of files by path. Deeper paths come first, as routing tries them in order.
FOLDERS = {
    "/static/guides": ROOT / "docs",
    "/static": Path(__file__).parent / "static",
    "/docs/reader": Path(fastapi_offline.__file__).parent / "static",  # Swagger UI
}


@cache
def asset_version(folder: str, name: str) -> str:
    """Return the version in a file's URL: a hash of its content, or the version of the package that bundles it."""
    return version("vl-convert-python") if name == VEGA else version_of((FOLDERS[folder] / name).read_bytes())
