"""`/llms.txt` (https://llmstxt.org): what assistants need to answer from the data, in Markdown."""

from collections.abc import Iterator

from app.standards.dataset import Dataset

PATH = "/llms.txt"
MEDIA_TYPE = "text/plain; charset=utf-8"
FIGURES = "figures"
QUALIFIERS = ("comparator", "status", "period", "change", "standing")  # the columns that say how to read a value

# Addresses, each with what it answers.
ADDRESSES = {
    "/v1/search?q=words": "Search in everything: words in Chinese or English, pinyin, or an amount in any notation.",
    "/v1/figures?unit=CNY&sort=-value": "List and filter a collection: `field=value`, `field__gte=`, `field__in=a,b`, "
    "`sort`, `limit`, `fields`, `include`; follow `links.next`. Unknown names are refused, with the nearest right one.",
    "/v1/figures?include=evidence,source": "Figures with the words of the source that state each, their place, and a "
    "link that opens the article at these words.",
    "/v1/figures/aggregate?group_by=unit,status,period,per,change&measure=count": "Counts and sums by group.",
    "/v1/dictionary": "Every field: its meaning, unit, allowed values, and what a null says.",
}
OPTIONAL = {
    "/v1": "Index of everything, with the current release.",
    "/v1/openapi.json": "OpenAPI 3.1 description of every address.",
    "/v1/releases": "Editions of the data, their files with hashes, and what changed between two.",
    "/v1/releases.atom": "Feed of new editions.",
}
GUIDES = {
    "api": "How to query, and how to read a figure.",
    "search": "What a query matches, and in which order.",
    "files-and-releases": "Whole collections as CSV, Parquet, XLSX and NDJSON; editions that never change.",
    "tools": "Assistants, the command line, embeds, feeds.",
}


def llms(dataset: Dataset, *, has_mcp: bool = False) -> bytes:
    """Return the document; `has_mcp` says whether `/mcp` is served."""
    return ("\n".join(_lines(dataset, has_mcp=has_mcp)) + "\n").encode()


def _lines(dataset: Dataset, *, has_mcp: bool) -> Iterator[str]:
    yield f"# {dataset.title.en}"
    yield f"\n> {dataset.description.en}"
    yield from ("", _terms(dataset), "", *_rules(dataset))
    yield "\n## Addresses\n"
    yield from (_link(path, dataset.url(path), about) for path, about in ADDRESSES.items())
    if has_mcp:
        yield _link("/mcp", dataset.url("/mcp"), "The same as tools of the Model Context Protocol (streamable HTTP).")
    yield "\n## Collections\n"
    for entity in dataset.entities:
        slug, title, about = entity.collection.slug, entity.collection.title, entity.collection.about
        count = dataset.release["counts"][slug]
        records = f"{count:,} {'record' if count == 1 else 'records'}"
        yield _link(f"{title.en} {title.zh}", dataset.url(f"/v1/{slug}"), f"{records}. {about.en}")
    yield "\n## Guides\n"
    yield from (_link(name, dataset.url(f"/en/docs/guides/{name}"), about) for name, about in GUIDES.items())
    yield "\n## Optional\n"
    yield from (_link(path, dataset.url(path), about) for path, about in OPTIONAL.items())


def _terms(dataset: Dataset) -> str:
    release, license_id = dataset.release, dataset.catalog["license"]["id"]
    return (
        f"{dataset.title.zh}. Everything is read with GET and without a key. Names and texts are in Chinese "
        f"(`_zh`) and English (`_en`). Release {release['id']} of {release['released_on']}; licence "
        f"[{license_id}]({dataset.license_url})."
    )


def _rules(dataset: Dataset) -> Iterator[str]:
    """Yield how to answer: quote, qualify, add nothing up, and cite."""
    yield (
        "- Answer with `text_en` or `text_zh`, the value as readers write it, and quote `as_stated`, the words of the "
        "source. Repeat `note_en` or `note_zh`, which tells an ambiguity. What is not in the data is unknown, not zero."
    )
    yield "- Never drop what qualifies a value. These fields state it:"
    for name, labels in _qualifiers(dataset):
        yield f"  - `{name}`: {labels}."
    yield "- `time` is when the figure holds; where it is null, say that it held by `as_of`, the date of the source."
    yield (
        "- Never add up, average or compare figures yourself: they overlap, and differ in time, status and meaning. "
        "Request an aggregate. If it refuses (422), there is no such total: say why, in its words."
    )
    page, citation = dataset.url("/en/figures/"), dataset.url("/v1/citation.bib")
    yield (
        "- Cite the article by `source_url`, which opens it at the words, and the page of the figure here, "
        f"{page}{{id}}. {citation}?figure={{id}} is for reference managers."
    )


def _qualifiers(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for entity in dataset.entities:
        if entity.collection.slug == FIGURES:
            for name in QUALIFIERS:
                labels = entity.columns()[name].labels(dataset.labels).items()
                yield name, ", ".join(f"`{value}` {label.en.lower()}" for value, label in labels)


def _link(title: str, url: str, about: str) -> str:
    return f"- [{title}]({url}): {about}"
