"""Citations of the dataset, or of the article behind a figure, in the formats of reference managers."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from app.standards.citation import bibtex, cff, csl, ris
from app.standards.citation.item import Citation, cite_dataset, cite_figure, cite_source
from app.standards.citation.tags import tags


class Style(NamedTuple):
    """A citation format: its name, media type, file name, writer, and the JSON Schema of a document."""

    title: str
    media_type: str
    file_name: str  # `{id}` is the citation's id
    write: Callable[[Citation], str]
    shape: Mapping[str, Any]


TEXT = {"type": "string"}
LIST = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 1}
OBJECT = {"type": "object"}

# By extension.
STYLES: dict[str, Style] = {
    "bib": Style("BibTeX", "application/x-bibtex", "{id}.bib", bibtex.write, TEXT),
    "ris": Style("RIS", "application/x-research-info-systems", "{id}.ris", ris.write, TEXT),
    "csl.json": Style("CSL-JSON", "application/vnd.citationstyles.csl+json", "{id}.csl.json", csl.write, LIST),
    # The format prescribes the name.
    "cff": Style("Citation File Format", "application/yaml", "CITATION.cff", cff.write, OBJECT),
}

__all__ = ["STYLES", "Citation", "Style", "cite_dataset", "cite_figure", "cite_source", "tags"]
