"""RIS, one tag per line, which EndNote, Zotero and library catalogues read."""

from collections.abc import Iterator

from app.standards.citation.item import Citation, Item, day_of

TYPES = {"dataset": "DATA", "article-newspaper": "NEWS", "webpage": "ELEC"}
DATES = {"issued": "DA", "accessed": "Y2"}

# RIS tags by CSL variable.
TAGS = {
    "title": "TI",
    "original-title": "TT",
    "container-title": "T2",
    "publisher": "PB",
    "original-publisher": "OP",
    "version": "ET",
    "number": "NV",
    "section": "SE",
    "language": "LA",
    "source": "DP",
    "URL": "UR",
    "note": "N1",
}


def write(citation: Citation) -> str:
    """Return one reference. Lines end in CRLF, as specified."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _tagged(citation.item))


def _tagged(item: Item) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES[item["type"]]
    yield "ID", item["id"]
    for name in item["author"]:
        yield "AU", name["literal"]
    yield "PY", f"{day_of(item['issued']):%Y}"
    for key, tag in DATES.items():
        if key in item:
            yield tag, f"{day_of(item[key]):%Y/%m/%d}"
    for key, tag in TAGS.items():
        if key in item:
            yield tag, item[key]
    yield "ER", ""
