"""CSL-JSON, the input of citation processors such as those of Zotero and pandoc."""

import msgspec

from app.standards.citation.item import Citation


def write(citation: Citation) -> str:
    """Return a list of one item, as the schema requires."""
    return msgspec.json.format(msgspec.json.encode([citation.item]), indent=2).decode() + "\n"
