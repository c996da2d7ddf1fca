"""W3C Web Annotation (https://www.w3.org/TR/annotation-model/): a figure, attached to the words that it is read from.

The body is the figure; the target is the article, and in it the words. Two selectors lead there, each by itself:

- A TextQuoteSelector: the words, and what is known of the characters before them. Those are the few by which the
  figure's own address tells these words from the same ones elsewhere, at most eight; often none are needed, and those
  behind the words are never kept. The project holds no other text of the article.
- A ParagraphSelector, refined by a TextPositionSelector. The standard counts positions in the whole text of its source,
  where ours are counted in one body paragraph; so a position alone would be false. No selector of the standard finds a
  paragraph without its text and without knowing the page's markup; hence this one of our own, as the standard allows:
  it names the paragraph's number, the SHA-256 of its text and the date on which the words were located in it;
  /v1/dictionary describes it. `refinedBy` then counts from the beginning of what it selects. A client that does not
  know it has the quote.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from app.standards.dataset import present

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"
DIRECTIVE = ":~:text="
LONGEST = 8  # characters of an article's text that are told beside the words

Told = Mapping[str, Any]


def annotation(evidence: Told, source: Told, figure: Told, base_url: str) -> dict[str, Any]:
    """The annotation of a figure, given its evidence, the record of its source and its own."""
    return {
        "@context": [CONTEXT, _own_terms(base_url)],
        "id": f"{base_url}/v1/figures/{evidence['figure_id']}/evidence",
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "id": f"{base_url}/v1/figures/{evidence['figure_id']}",
            "type": "Dataset",
            "format": "application/json",
            "rdfs:label": [
                {"@value": figure["name_zh"], "@language": "zh"},
                {"@value": figure["name_en"], "@language": "en"},
            ],
        },
        "target": {
            "type": "SpecificResource",
            "source": source["url"],
            "selector": [_quote(evidence), _position(evidence)],
        },
    }


def _quote(evidence: Told) -> dict[str, Any]:
    prefix = prefix_of(evidence["source_url"])
    return present({"type": "TextQuoteSelector", "exact": evidence["as_stated"], "prefix": prefix or None})


def _position(evidence: Told) -> dict[str, Any]:
    return present(
        {
            "type": "ParagraphSelector",
            "paragraph": evidence["paragraph"],
            "sha256": evidence["paragraph_sha256"],
            "located_on": evidence["located_on"],
            "refinedBy": {"type": "TextPositionSelector", "start": evidence["start"], "end": evidence["end"]},
        }
    )


def prefix_of(address: str) -> str:
    """What an address that opens a page at some words quotes of the text before them; empty where it quotes nothing."""
    directive = address.partition(DIRECTIVE)[2]
    before, told, _ = directive.partition("-,")
    return unquote(before)[-LONGEST:] if told else ""


def _own_terms(base_url: str) -> dict[str, Any]:
    """Our selector and its properties, each with the address of its description."""
    return {
        "ParagraphSelector": f"{base_url}/v1/dictionary#ParagraphSelector",
        "paragraph": f"{base_url}/v1/dictionary#figures.paragraph",
        "sha256": f"{base_url}/v1/dictionary#sources.paragraphs",
        "located_on": {"@id": f"{base_url}/v1/dictionary#ParagraphSelector.located_on", "@type": XSD_DATE},
    }
