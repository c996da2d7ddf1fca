"""What differs between two SQLite files that say the same: made to be the same, page by page."""

from pathlib import Path

PAGE = 4096  # bytes

# Places in the file's header that tell of its history and of who wrote it, and what they are made to say: one change,
# by the oldest version that reads such a file.
HEADER_SIZE = 100
HEADER = {24: 1, 40: 1, 92: 1, 96: 3_003_000}  # change counter, schema cookie, counter again, version of SQLite

# The pages that hold cells, by their first byte, and how long each one's head is. Every other page begins with a page
# number, whose first byte could be one of these only in a file of more than 100 GB.
HEADS = {2: 12, 5: 12, 10: 8, 13: 8}


def normalise(path: Path) -> None:
    """Make the file say nothing but its content. It must be closed, and its pages of our size."""
    with path.open("r+b") as file:
        for place in range(0, path.stat().st_size, PAGE):
            file.seek(place)
            page = bytearray(file.read(PAGE))
            if place == 0:
                _settle_header(page)
            _clear_gap(page, HEADER_SIZE if place == 0 else 0)
            file.seek(place)
            file.write(page)


def _settle_header(page: bytearray) -> None:
    for place, number in HEADER.items():
        page[place : place + 4] = number.to_bytes(4, "big")


def _clear_gap(page: bytearray, start: int) -> None:
    """Fill with zeros what is unused between the list of a page's cells and the cells: old versions leave rests there.

    Versions before 3.42 do, whatever `secure_delete` says.
    """
    if (head := HEADS.get(page[start])) is None:
        return
    cells = int.from_bytes(page[start + 3 : start + 5], "big")
    content = int.from_bytes(page[start + 5 : start + 7], "big")
    listed = start + head + 2 * cells
    page[listed:content] = bytes(content - listed)
