"""W3C Web Annotation (https://www.w3.org/TR/annotation-model/): a figure, attached to its words in the article.

The body is the figure, the target the article with two alternative selectors; the words that say when the figure holds,
if there are any, are a second target:

- A TextQuoteSelector: the words, and up to eight characters before them if the figure's text fragment needs those to
  be unique. No other text of the article is stored.
- A ParagraphSelector refined by a TextPositionSelector. The standard counts positions in the whole document, ours are
  counted in a body paragraph, and no standard selector finds a paragraph without its text or markup. Ours, described
  in /v1/dictionary, has the paragraph's number, the SHA-256 of its text and the date on which the words were located.
"""

from typing import Any
from urllib.parse import unquote

from app.entity import Bilingual
from app.standards.dataset import Record, drop_empty
from app.standards.identifiers import Identifiers
from app.standards.json_ld import both

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"
DIRECTIVE = ":~:text="
MAX_PREFIX_CHARS = 8


def annotation(evidence: Record, source: Record, figure: Record, ids: Identifiers) -> dict[str, Any]:
    """Return the annotation of a figure, given its evidence, its source and its record."""
    number = _target(evidence, evidence["as_stated"], prefix_of(evidence["source_url"]), source)
    time = evidence.get("time")  # absent in releases older than this field
    return {
        "@context": [CONTEXT, _own_terms(ids)],
        "id": ids.of(f"/v1/figures/{evidence['figure_id']}/evidence"),
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "id": ids.of_record("figures", evidence["figure_id"]),
            "type": "Dataset",
            "format": "application/json",
            "rdfs:label": both(Bilingual(figure["name_zh"], figure["name_en"]), zh="zh"),
        },
        "target": [number, _target(time, time["time_stated"], "", source)] if time else number,
    }


def _target(span: Record, words: str, prefix: str, source: Record) -> dict[str, Any]:
    quote = {"type": "TextQuoteSelector", "exact": words, "prefix": prefix or None}
    position = {
        "type": "ParagraphSelector",
        "paragraph": span["paragraph"],
        "sha256": span["paragraph_sha256"],
        "located_on": span.get("located_on"),
        "refinedBy": {"type": "TextPositionSelector", "start": span["start"], "end": span["end"]},
    }
    return {"type": "SpecificResource", "source": source["url"], "selector": [*map(drop_empty, (quote, position))]}


def prefix_of(url: str) -> str:
    """Return the context before the words that a text fragment quotes, or an empty string."""
    prefix, separator, _ = url.partition(DIRECTIVE)[2].partition("-,")
    return unquote(prefix)[-MAX_PREFIX_CHARS:] if separator else ""


def _own_terms(ids: Identifiers) -> dict[str, Any]:
    """Return the JSON-LD context of our selector."""
    return {
        "ParagraphSelector": ids.of("/v1/dictionary#ParagraphSelector"),
        "paragraph": ids.of("/v1/dictionary#figures.paragraph"),
        "sha256": ids.of("/v1/dictionary#sources.paragraphs"),
        "located_on": {"@id": ids.of("/v1/dictionary#ParagraphSelector.located_on"), "@type": XSD_DATE},
    }
