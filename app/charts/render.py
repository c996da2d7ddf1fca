"""Rendering of a specification. It runs in a worker process, so this module imports nothing of the server."""

from typing import Any
from xml.sax.saxutils import escape


def render(spec: dict[str, Any], form: str, version: str, scale: float, paper: str) -> bytes:
    """Return the chart as `svg`, or as `png` on the background `paper`. No URL is fetched."""
    import vl_convert

    if form == "png":
        spec = {**spec, "config": {**spec["config"], "background": paper}}
        return bytes(vl_convert.vegalite_to_png(spec, vl_version=version, scale=scale, allowed_base_urls=[]))
    return add_description(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]), spec).encode()


def add_description(svg: str, spec: dict[str, Any]) -> str:
    """Return the SVG with a title and a description for screen readers."""
    title = spec["title"]
    text = f"{title['text']} · {title['subtitle']}" if "subtitle" in title else title["text"]
    head, end, rest = svg.partition(">")
    role = "" if " role=" in head else ' role="img"'
    return f"{head}{role}{end}<title>{escape(text)}</title><desc>{escape(spec['description'])}</desc>{rest}"
