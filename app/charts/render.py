"""Rendering of a specification or an SVG. It runs in a worker process, so this module imports nothing of the server."""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

SIGNATURE_BYTES = 8  # of a PNG


def render(spec: dict[str, Any], form: str, version: str, size: tuple[int, int], scale: float, paper: str) -> bytes:
    """Return the chart of a size in pixels as `svg`, or as `png` on the background `paper`. No URL is fetched."""
    import vl_convert

    svg = fit(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]), *size)
    if form == "png":
        return compress(vl_convert.svg_to_png(on_background(svg, paper), scale=scale))
    return add_description(svg, spec).encode()


def fit(svg: str, width: int, height: int) -> str:
    """Return the SVG in a size: the drawing as large as it can be, at the top and in the middle."""
    head, end, rest = svg.partition(">")
    drawn_width, drawn_height = (float(re.findall(rf' {name}="([0-9.]+)"', head)[0]) for name in ("width", "height"))
    unit = max(drawn_width / width, drawn_height / height)
    head = re.sub(r' (width|height|viewBox)="[^"]*"', "", head)
    box = f"{(drawn_width - width * unit) / 2:g} 0 {width * unit:g} {height * unit:g}"
    return f'{head} width="{width}" height="{height}" viewBox="{box}"{end}{rest}'


def on_background(svg: str, paper: str) -> str:
    """Return the SVG with a background, also beside a drawing that is narrower than its picture."""
    head, end, rest = svg.partition(">")
    left, top, width, height = re.findall(r' viewBox="([^"]+)"', head)[0].split()
    return f'{head}{end}<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="{paper}"/>{rest}'


def render_svg(svg: str) -> bytes:
    """Return an SVG as `png`. No URL is fetched."""
    import vl_convert

    return compress(vl_convert.svg_to_png(svg))


def compress(png: bytes) -> bytes:
    """Return the same picture in about a third of the bytes: the library compresses for speed."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    others = [(kind, data) for kind, data in chunks if kind != b"IDAT"]
    written = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*others[:-1], (b"IDAT", zlib.compress(pixels)), others[-1]]
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
    head, end, rest = svg.partition(">")
    role = "" if " role=" in head else ' role="img"'
    title, description = escape(spec["usermeta"]["title"]), escape(spec["description"])
    return f"{head}{role}{end}<title>{title}</title><desc>{description}</desc>{rest}"
