"""Meta elements from which reference managers save the work that a page cites: Highwire Press tags, Zotero's type."""

from collections.abc import Iterator

from app.standards.citation.item import Citation, day_of

TYPES = {"dataset": "dataset", "article-newspaper": "newspaperArticle", "webpage": "webpage"}  # of Zotero

# The day of a repost is not that of the publication.
DATES = {"webpage": "citation_online_date"}

# Tags by CSL variable. There is no other tag for a container, be it a journal or not.
TAGS = {
    "title": "citation_title",
    "container-title": "citation_journal_title",
    "publisher": "citation_publisher",
    "language": "citation_language",
    "URL": "citation_public_url",
}


def tags(citation: Citation) -> Iterator[tuple[str, str]]:
    """Yield the name and content of each meta element."""
    item = citation.item
    yield "z:itemType", TYPES[item["type"]]
    for name in item["author"]:
        yield "citation_author", name["literal"]
    yield DATES.get(item["type"], "citation_publication_date"), f"{day_of(item['issued']):%Y/%m/%d}"
    for key, tag in TAGS.items():
        if key in item:
            yield tag, item[key]
