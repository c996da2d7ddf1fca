"""A specification → a picture. Runs in a process of its own, for the sake of which it imports nothing of the server."""

from typing import Any
from xml.sax.saxutils import escape


def render(spec: dict[str, Any], form: str, version: str, scale: float, paper: str) -> bytes:
    """The picture as `svg` or `png`; the latter on `paper`. Whatever the specification says, nothing is fetched."""
    import vl_convert

    if form == "png":
        spec = {**spec, "config": {**spec["config"], "background": paper}}
        return bytes(vl_convert.vegalite_to_png(spec, vl_version=version, scale=scale, allowed_base_urls=[]))
    return readable(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]), spec).encode()


def readable(svg: str, spec: dict[str, Any]) -> str:
    """The SVG with a title and a description of its own, for those who do not see it."""
    title = spec["title"]
    told = f"{title['text']} · {title['subtitle']}" if "subtitle" in title else title["text"]
    head, end, rest = svg.partition(">")
    role = "" if " role=" in head else ' role="img"'
    names = f"<title>{escape(told)}</title><desc>{escape(spec['description'])}</desc>"
    return f"{head}{role}{end}{names}{rest}"
