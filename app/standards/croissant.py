"""Croissant 1.1 (MLCommons): the files with their hashes, and every collection as a record set that tools can load.

No field says which other it `references`: today's loaders join what does, and so lose records whose reference is empty
and fail where there are two. References are told by the Data Package, CSVW and the dictionary, to which fields lead.
"""

from collections.abc import Iterator
from typing import Any

from app.entity import Column, Entity, Vocabulary
from app.standards.citation import STYLES, cite_dataset
from app.standards.dataset import Dataset, present, publisher_of

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date", "list": "sc:Text"}

Document = dict[str, Any]


def croissant(dataset: Dataset) -> Document:
    """The dataset as a Croissant document; its files are the CSV files of the release."""
    catalog, release = dataset.catalog, dataset.release
    publisher = {"@type": "Organization", "name": _both(*publisher_of(catalog)), "url": dataset.address("/")}
    return present(
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            "name": _both(**catalog["title"]),
            "description": _both(**catalog["description"]),
            "url": dataset.release_address(release),
            "version": _semantic(release["edition"]),
            "datePublished": str(release["released_on"]),
            "license": catalog["license"]["url"],
            "citeAs": STYLES["bib"].write(cite_dataset(catalog, release, dataset.base_url)),
            "creator": publisher,
            "publisher": publisher,
            "inLanguage": ["zh-Hans", "en"],
            "isAccessibleForFree": True,
            "isLiveDataset": False,
            "sdLicense": catalog["license"]["url"],
            "isBasedOn": [source["url"] for source in dataset.sources],
            "distribution": [_file(dataset, entity) for entity in dataset.entities],
            "recordSet": [*_vocabularies(dataset), *(_records(dataset, entity) for entity in dataset.entities)],
        }
    )


def _semantic(edition: str) -> str:
    """An edition as the three numbers that the standard wants of a version; any other text stays as it is."""
    parts = edition.split(".")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return edition
    return ".".join(str(int(part)) for part in [*parts, "0", "0"][:3])


def _file(dataset: Dataset, entity: type[Entity]) -> Document:
    file = dataset.csv_of(entity)
    return present(
        {
            "@type": "cr:FileObject",
            "@id": f"{entity.collection.slug}.csv",
            "name": {"en": file.name},
            "description": _both(*entity.collection.about),
            "contentUrl": file.url,
            "contentSize": None if file.bytes is None else f"{file.bytes} B",
            "encodingFormat": "text/csv",
            "sha256": file.sha256,
        }
    )


def _records(dataset: Dataset, entity: type[Entity]) -> Document:
    slug = entity.collection.slug
    return {
        "@type": "cr:RecordSet",
        "@id": slug,
        "name": _both(*entity.collection.title),
        "description": _both(*entity.collection.about),
        "key": {"@id": f"{slug}/id"},
        "field": [_field(dataset, slug, column) for column in entity.columns().values()],
    }


def _field(dataset: Dataset, slug: str, column: Column) -> Document:
    return present(
        {
            "@type": "cr:Field",
            "@id": f"{slug}/{column.name}",
            "name": _both(*column.declared.title),
            "description": _both(*column.declared.about),
            "dataType": TYPES[column.kind],
            "source": {"fileObject": {"@id": f"{slug}.csv"}, "extract": {"column": column.name}},
            "equivalentProperty": dataset.address(f"/v1/dictionary#{slug}.{column.name}"),
        }
    )


def _vocabularies(dataset: Dataset) -> Iterator[Document]:
    """Every vocabulary once, as a record set of its terms with both labels."""
    used = {
        _name(column.vocabulary): column.vocabulary
        for entity in dataset.entities
        for column in entity.columns().values()
        if column.vocabulary
    }
    for name, vocabulary in used.items():
        yield {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": {"en": name},
            "description": _both("取值及其中英文含义。", "Allowed values and what they mean, in both languages."),
            "dataType": "sc:Enumeration",
            "key": {"@id": f"{name}/value"},
            "field": [
                {"@type": "cr:Field", "@id": f"{name}/{part}", "name": {"en": part}, "dataType": "sc:Text"}
                for part in ("value", "name_zh", "name_en")
            ],
            "data": [
                {f"{name}/value": term.value, f"{name}/name_zh": term.label.zh, f"{name}/name_en": term.label.en}
                for term in vocabulary
            ],
        }


def _name(vocabulary: type[Vocabulary]) -> str:
    return vocabulary.__name__


def _both(zh: str, en: str) -> dict[str, str]:
    return {"en": en, "zh-Hans": zh}
