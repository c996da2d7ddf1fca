"""oEmbed 1.0 (https://oembed.com): how to show a page of this site within another."""

from html import escape
from typing import Any, NamedTuple

CACHE_AGE_S = 3600  # for which a consumer may keep a response without asking again


class Thumbnail(NamedTuple):
    """The address of a picture, and its size in pixels."""

    address: str
    width: int
    height: int


class Embedded(NamedTuple):
    """An embedded page, the page that it stands for, and how to cite that. The size is that of the frame in pixels."""

    title: str
    address: str
    page: str
    citation: str
    width: int
    height: int
    thumbnail: Thumbnail | None = None

    @property
    def snippet(self) -> str:
        """The HTML that embeds the page, and cites it in case the frame is not shown."""
        page = escape(self.page)
        citation = escape(self.citation).replace(page, f'<a href="{page}">{page}</a>')
        size = f'width="{self.width}" height="{self.height}"'
        title, style = escape(self.title), "border: 0; max-width: 100%"
        return (
            f'<iframe src="{escape(self.address)}" title="{title}" {size} style="{style}" loading="lazy"></iframe>\n'
            f'<p style="overflow-wrap: anywhere">{citation}</p>'
        )

    def within(self, max_width: int, max_height: int) -> "Embedded":
        """Return it with a frame of this size at most, and without a thumbnail that is larger."""
        thumbnail = self.thumbnail
        if thumbnail and (thumbnail.width > max_width or thumbnail.height > max_height):
            thumbnail = None
        width, height = min(self.width, max_width), min(self.height, max_height)
        return self._replace(width=width, height=height, thumbnail=thumbnail)


def oembed(embedded: Embedded, provider: str, provider_url: str) -> dict[str, Any]:
    """Return the response of the type `rich`."""
    document = {
        "version": "1.0",
        "type": "rich",
        "title": embedded.title,
        "provider_name": provider,
        "provider_url": provider_url,
        "cache_age": CACHE_AGE_S,
        "html": embedded.snippet,
        "width": embedded.width,
        "height": embedded.height,
    }
    if embedded.thumbnail:
        address, width, height = embedded.thumbnail
        document |= {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}
    return document
