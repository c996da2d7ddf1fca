"""Citation File Format 1.2.0 (CITATION.cff), which code hosts and archives read."""

from typing import Any

from app.standards.citation import yaml
from app.standards.citation.item import Citation, Item, day_of

TYPES = {"article-newspaper": "newspaper-article", "webpage": "website"}

# CFF keys by CSL variable; JOURNAL is the variable of the newspaper, by item type.
KEYS = {"title": "title", "section": "section", "source": "database", "URL": "url"}
JOURNAL = {"article-newspaper": "container-title", "webpage": "original-publisher"}


def write(citation: Citation) -> str:
    """Return the dataset, with the article as preferred citation if one is cited."""
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
    """Return authors as entities, because persons need separate family and given names."""
    return [{"name": name["literal"]} for name in item["author"]]
