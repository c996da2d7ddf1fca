"""How to cite the dataset, or the article behind one of its figures, in the styles that reference managers read."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from app.standards.citation import bibtex, cff, csl, ris
from app.standards.citation.item import Citation, cite_dataset, cite_figure


class Style(NamedTuple):
    """A way to write a citation: its name for people, its media type, its file's name, and its writer."""

    title: str
    media_type: str
    file_name: str  # `{id}` is the citation's own
    write: Callable[[Citation], str]
    shape: Mapping[str, Any]  # what a document holds, as JSON Schema says it


TEXT = {"type": "string"}
LIST = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 1}
OBJECT = {"type": "object"}

# By extension.
STYLES: dict[str, Style] = {
    "bib": Style("BibTeX", "application/x-bibtex", "{id}.bib", bibtex.write, TEXT),
    "ris": Style("RIS", "application/x-research-info-systems", "{id}.ris", ris.write, TEXT),
    "csl.json": Style("CSL-JSON", "application/vnd.citationstyles.csl+json", "{id}.csl.json", csl.write, LIST),
    # Its name is part of the format.
    "cff": Style("Citation File Format", "application/yaml", "CITATION.cff", cff.write, OBJECT),
}

__all__ = ["STYLES", "Citation", "Style", "cite_dataset", "cite_figure"]
