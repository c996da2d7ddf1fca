"""What shows a record or a table within a page of another site. Its page has the code, `/oembed` answers with it."""

from app.http.addresses import QueryItems
from app.portal.page import Context, Page
from app.standards.oembed import Embedded, Thumbnail

FRAMES = "/embed"  # below which each path is that of a page
CARD_WIDTH_PX = 540
CARD_PX = {"zh": 340, "en": 430}  # height of a card on a phone; in English, names and sources take more lines
TABLE_WIDTH_PX, MAX_TABLE_PX = 800, 640
ROW_PX, AROUND_PX = 66, 200  # heights in a column of text: of a row, and of all that is above and below the rows
MAX_ROWS = 20


def embed_record(page: Page, name: str, citation: str, picture: Context | None) -> Embedded:
    """Return what embeds the card of a record; `picture` is the one that a shared link shows, if there is any."""
    title, thumbnail = name, None
    if picture:
        title, thumbnail = picture["text"], Thumbnail(picture["url"], picture["width"], picture["height"])
    size = CARD_WIDTH_PX, CARD_PX[page.language]
    return Embedded(title, page.url(f"{FRAMES}{page.path}"), page.url(page.path), citation, *size, thumbnail)


def embed_table(page: Page, query: QueryItems, title: str, citation: str, rows: int) -> Embedded:
    """Return what embeds the first rows of a table."""
    address, whole = page.url(f"{FRAMES}{page.path}", query), page.url(page.path, query)
    height = min(AROUND_PX + ROW_PX * min(rows, MAX_ROWS), MAX_TABLE_PX)
    return Embedded(title, address, whole, citation, TABLE_WIDTH_PX, height)
