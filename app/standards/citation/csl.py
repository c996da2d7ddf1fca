"""CSL-JSON: what citation processors take, such as those in Zotero and pandoc."""

import msgspec

from app.standards.citation.item import Citation


def write(citation: Citation) -> str:
    """A list of one item, which is how the schema has it."""
    return msgspec.json.format(msgspec.json.encode([citation.item]), indent=2).decode() + "\n"
