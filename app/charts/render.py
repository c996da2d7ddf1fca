"""Rendering of a specification or an SVG. It runs in a worker process, so this module imports nothing of the server."""

import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

SIGNATURE_BYTES = 8  # of a PNG


def render(spec: dict[str, Any], form: str, version: str, scale: float, paper: str) -> bytes:
    """Return the chart as `svg`, or as `png` on the background `paper`. No URL is fetched."""
    import vl_convert

    if form == "png":
        spec = {**spec, "config": {**spec["config"], "background": paper}}
        return compress(vl_convert.vegalite_to_png(spec, vl_version=version, scale=scale, allowed_base_urls=[]))
    return add_description(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]), spec).encode()


def render_svg(svg: str) -> bytes:
    """Return an SVG as `png`. No URL is fetched."""
    import vl_convert

    return compress(vl_convert.svg_to_png(svg))


def compress(png: bytes) -> bytes:
    """Return the same picture in about a third of the bytes: the library compresses for speed."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    kept = [(kind, data) for kind, data in chunks if kind != b"IDAT"]
    written = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*kept[:-1], (b"IDAT", zlib.compress(pixels)), kept[-1]]
    )
    return png[:SIGNATURE_BYTES] + written


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the data of each chunk of a PNG (ISO/IEC 15948, 5.3)."""
    start = SIGNATURE_BYTES
    while start < len(png):
        length, kind = struct.unpack_from(">I4s", png, start)
        yield kind, png[start + 8 : start + 8 + length]
        start += length + 12


def add_description(svg: str, spec: dict[str, Any]) -> str:
    """Return the SVG with a title and a description for screen readers."""
    title = spec["title"]
    text = f"{title['text']} · {title['subtitle']}" if "subtitle" in title else title["text"]
    head, end, rest = svg.partition(">")
    role = "" if " role=" in head else ' role="img"'
    return f"{head}{role}{end}<title>{escape(text)}</title><desc>{escape(spec['description'])}</desc>{rest}"
