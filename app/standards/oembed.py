"""oEmbed: how to show a page of this site within another."""

from html import escape
from typing import Any, NamedTuple

FOOT_PX = 48  # height of an embedded page below its picture


class Embedded(NamedTuple):
    """An embedded page, the page that it stands for, and how to cite that. The size is that of the frame in pixels."""

    title: str
    address: str
    page: str
    citation: str
    width: int
    height: int


def snippet(embedded: Embedded) -> str:
    """Return the HTML that embeds the page, and cites it in case the frame is not shown."""
    page = escape(embedded.page)
    citation = escape(embedded.citation).replace(page, f'<a href="{page}">{page}</a>')
    size = f'width="{embedded.width}" height="{embedded.height}"'
    title, style = escape(embedded.title), "border: 0; max-width: 100%"
    return (
        f'<iframe src="{escape(embedded.address)}" title="{title}" {size} style="{style}" loading="lazy"></iframe>\n'
        f"<p>{citation}</p>"
    )


def oembed(
    embedded: Embedded, provider: str, provider_url: str, thumbnail: str, size: tuple[int, int]
) -> dict[str, Any]:
    """Return the oEmbed 1.0 response; `thumbnail` is the address of a picture of that size."""
    return {
        "version": "1.0",
        "type": "rich",
        "title": embedded.title,
        "provider_name": provider,
        "provider_url": provider_url,
        "html": snippet(embedded),
        "width": embedded.width,
        "height": embedded.height,
        "thumbnail_url": thumbnail,
        "thumbnail_width": size[0],
        "thumbnail_height": size[1],
    }
