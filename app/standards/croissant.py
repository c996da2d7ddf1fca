"""Croissant 1.1 (MLCommons): the CSV files with their hashes, and every collection as a record set.

Fields do not declare `references`: current loaders join on them, lose records whose reference is null, and fail on two
references. The Data Package, CSVW and the dictionary, to which fields link, declare them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.entity import Bilingual, Column, Entity
from app.standards.citation import STYLES, cite_dataset
from app.standards.dataset import Dataset, drop_empty

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
    """Return the Croissant document of the release."""
    release = dataset.release
    publisher = {"@type": "Organization", "name": _both(dataset.publisher), "url": dataset.url("/")}
    return drop_empty(
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CONFORMS_TO,
            "name": _both(dataset.title),
            "description": _both(dataset.description),
            "url": dataset.release_url(release),
            "version": _semantic_version(release["edition"]),
            "datePublished": str(release["released_on"]),
            "license": dataset.license_url,
            "citeAs": STYLES["bib"].write(cite_dataset(dataset.catalog, release, dataset.base_url)),
            "creator": publisher,
            "publisher": publisher,
            "inLanguage": ["zh-Hans", "en"],
            "isAccessibleForFree": True,
            "isLiveDataset": False,
            "sdLicense": dataset.license_url,
            "isBasedOn": [source["url"] for source in dataset.sources],
            "distribution": [_file(dataset, entity) for entity in dataset.entities],
            "recordSet": [*_vocabularies(dataset), *(_record_set(dataset, entity) for entity in dataset.entities)],
        }
    )


def _semantic_version(edition: str) -> str:
    """Return an edition as major.minor.patch if it is numeric, otherwise unchanged."""
    parts = edition.split(".")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return edition
    return ".".join(str(int(part)) for part in [*parts, "0", "0"][:3])


def _file(dataset: Dataset, entity: type[Entity]) -> Document:
    file = dataset.csv_of(entity)
    return drop_empty(
        {
            "@type": "cr:FileObject",
            "@id": f"{entity.collection.slug}.csv",
            "name": {"en": file.name},
            "description": _both(entity.collection.about),
            "contentUrl": file.url,
            "contentSize": file.content_size,
            "encodingFormat": "text/csv",
            "sha256": file.sha256,
        }
    )


def _record_set(dataset: Dataset, entity: type[Entity]) -> Document:
    slug = entity.collection.slug
    return {
        "@type": "cr:RecordSet",
        "@id": slug,
        "name": _both(entity.collection.title),
        "description": _both(entity.collection.about),
        "key": {"@id": f"{slug}/id"},
        "field": [_field(dataset, entity, column) for column in entity.columns().values()],
    }


def _field(dataset: Dataset, entity: type[Entity], column: Column) -> Document:
    slug = entity.collection.slug
    return {
        "@type": "cr:Field",
        "@id": f"{slug}/{column.name}",
        "name": _both(column.declared.title),
        "description": _both(column.declared.about),
        "dataType": TYPES[column.kind],
        "source": {"fileObject": {"@id": f"{slug}.csv"}, "extract": {"column": column.name}},
        "equivalentProperty": dataset.field_id(entity, column.name),
    }


def _vocabularies(dataset: Dataset) -> Iterator[Document]:
    """Yield a record set of terms and labels for each vocabulary."""
    columns = (column for entity in dataset.entities for column in entity.columns().values())
    for name, terms in {each.vocabulary_name: each.labels(dataset.labels) for each in columns if each.is_term}.items():
        yield _vocabulary(name, terms)


def _vocabulary(name: str, terms: Mapping[str, Bilingual]) -> Document:
    about = Bilingual("取值及其中英文含义。", "Allowed values and what they mean, in both languages.")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": {"en": name},
        "description": _both(about),
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/value"},
        "field": [
            {"@type": "cr:Field", "@id": f"{name}/{part}", "name": {"en": part}, "dataType": "sc:Text"}
            for part in ("value", "name_zh", "name_en")
        ],
        "data": [
            {f"{name}/value": slug, f"{name}/name_zh": label.zh, f"{name}/name_en": label.en}
            for slug, label in terms.items()
        ],
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"en": text.en, "zh-Hans": text.zh}
