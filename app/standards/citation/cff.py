"""Citation File Format 1.2.0: what code hosts and archives read from a CITATION.cff."""

from typing import Any

from app.standards.citation import yaml
from app.standards.citation.item import Citation, Item, day_of

TYPES = {"article-newspaper": "newspaper-article", "webpage": "website"}

# The key of each of an article's texts, and of the newspaper that first published it.
KEYS = {"title": "title", "section": "section", "source": "database", "URL": "url"}
JOURNAL = {"article-newspaper": "container-title", "webpage": "original-publisher"}


def write(citation: Citation) -> str:
    """The dataset; and where an article is to be cited, that as the preferred citation."""
    dataset, cited = citation.dataset, citation.item
    document = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": dataset["title"],
        "authors": _authors(dataset),
        "version": dataset["version"],
        "date-released": day_of(dataset["issued"]).isoformat(),
        "license": citation.license,
        **({"url": dataset["URL"]} if "URL" in dataset else {}),
        "identifiers": [{"type": "other", "value": dataset["number"], "description": "The release of this version."}],
    }
    if cited is not dataset:
        document["message"] = "If you use this figure, please cite the article that states it, and the dataset too."
        document["preferred-citation"] = _reference(cited)
    return yaml.write(document)


def _reference(item: Item) -> dict[str, Any]:
    reference: dict[str, Any] = {"type": TYPES[item["type"]], "authors": _authors(item)}
    reference |= {name: item[key] for key, name in KEYS.items()} | {"journal": item[JOURNAL[item["type"]]]}
    if item["type"] == "webpage" and "container-title" in item:
        reference["publisher"] = {"name": item["container-title"]}
    reference |= {"date-published": day_of(item["issued"]).isoformat()}
    if "accessed" in item:
        reference["date-accessed"] = day_of(item["accessed"]).isoformat()
    return reference | {"languages": [item["language"].partition("-")[0]], "notes": item["note"]}


def _authors(item: Item) -> list[dict[str, str]]:
    """Names in one piece are entities here: a person would have to be split into family and given names."""
    return [{"name": name["literal"]} for name in item["author"]]
