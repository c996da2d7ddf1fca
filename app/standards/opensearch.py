"""OpenSearch 1.1, draft 6 (https://github.com/dewitt/opensearch): how browsers search the site from the address bar."""

from collections.abc import Iterable
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from app.entity import Bilingual
from app.standards.dataset import Dataset

NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
MOZILLA = "http://www.mozilla.org/2006/browser/search/"
MEDIA_TYPE = "application/opensearchdescription+xml"
SUGGESTIONS_TYPE = "application/x-suggestions+json"

SHORT_NAME = Bilingual("山海开放数据", "Shanhai")  # at most 16 characters; links to the description have it as title
MAX_DESCRIPTION_CHARS = 1024
TAGS = Bilingual("zh-Hans", "en")
TERMS = "{searchTerms}"


class Suggested(NamedTuple):
    """A suggested query, what is said about it, and the address that answers it."""

    query: str
    about: str
    url: str


def path_of(language: str) -> str:
    """Return the path of the description in a language."""
    return f"/{language}/opensearch.xml"


def opensearch(dataset: Dataset, language: str) -> bytes:
    """Return the description of the site's search in `zh` or `en`."""

    def say(text: Bilingual) -> str:
        return str(getattr(text, language))

    # As an attribute, because the Atom feed has registered the process-wide default namespace of ElementTree.
    root = Element("OpenSearchDescription", {"xmlns": NAMESPACE, "xmlns:moz": MOZILLA})
    texts = {
        "ShortName": say(SHORT_NAME),
        "LongName": say(dataset.publisher)[:48],
        "Description": say(dataset.description)[:MAX_DESCRIPTION_CHARS],
        "Language": say(TAGS),
        "InputEncoding": "UTF-8",
        "OutputEncoding": "UTF-8",
    }
    for name, text in texts.items():
        SubElement(root, name).text = text
    image = SubElement(root, "Image", {"type": "image/svg+xml", "width": "16", "height": "16"})
    image.text = dataset.url("/static/mark.svg")
    page = dataset.url(f"/{language}/search")
    for media_type, template in {
        "text/html": f"{page}?q={TERMS}",
        "application/atom+xml": dataset.url(f"/v1/search.atom?q={TERMS}&lang={language}"),
        SUGGESTIONS_TYPE: dataset.url(f"/suggestions?q={TERMS}&lang={language}"),
    }.items():
        SubElement(root, "Url", {"type": media_type, "template": template})
    SubElement(root, "Url", {"type": MEDIA_TYPE, "rel": "self", "template": dataset.url(path_of(language))})
    SubElement(root, "moz:SearchForm").text = page
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def suggestions(query: str, suggested: Iterable[Suggested]) -> bytes:
    """Return suggestions for a query as browsers read them (Suggestions extension 1.1)."""
    found = list(suggested)
    return msgspec.json.encode(
        [query, [each.query for each in found], [each.about for each in found], [each.url for each in found]]
    )
