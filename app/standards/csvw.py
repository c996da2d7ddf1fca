"""CSV on the Web (W3C): what every CSV file holds, for tools that follow the link beside it or look where it should be.

A collection's own description stands alone; the one of all of them also says which column refers to which file. Where a
reference may be empty it is told, but is no foreign key: strict validators take an empty one for a fault.
"""

from typing import Any

from app.entity import Bilingual, Column, Entity
from app.standards.dataset import Dataset, present, publisher_of
from app.standards.rdf import both

CONTEXT = "http://www.w3.org/ns/csvw"
MEDIA_TYPE = "application/csvm+json"
GROUP = "/v1/csv-metadata.json"  # where a validator looks for it, beside the files
LIST_DELIMITER = "|"

TYPES: dict[str, str | dict[str, str]] = {
    "text": "string",
    "integer": "integer",
    "number": "double",
    "date": {"base": "date", "format": "yyyy-MM-dd"},
    "list": "string",
}

Document = dict[str, Any]


def path_of(entity: type[Entity]) -> str:
    """Where the description of a collection's CSV file stands."""
    return f"/v1/{entity.collection.slug}.csv-metadata.json"


def csvw_table(dataset: Dataset, entity: type[Entity]) -> Document:
    """The CSV file of one collection."""
    return {"@context": [CONTEXT, {"@language": "en"}], **_told(dataset), **_table(dataset, entity, alone=True)}


def csvw_group(dataset: Dataset) -> Document:
    """All CSV files, and how they refer to each other."""
    tables = [_table(dataset, entity, alone=False) for entity in dataset.entities]
    return {"@context": [CONTEXT, {"@language": "en"}], **_told(dataset), "tables": tables}


def _told(dataset: Dataset) -> Document:
    """What is said of the dataset, in the terms that the standard suggests."""
    catalog = dataset.catalog
    return {
        "dc:title": both(Bilingual(**catalog["title"])),
        "dc:description": both(Bilingual(**catalog["description"])),
        "dc:publisher": both(publisher_of(catalog)),
        "dc:license": {"@id": catalog["license"]["url"]},
        "dc:modified": {"@value": str(dataset.release["released_on"]), "@type": "xsd:date"},
        "dc:source": [{"@id": source["url"]} for source in dataset.sources],
    }


def _table(dataset: Dataset, entity: type[Entity], *, alone: bool) -> Document:
    collection = entity.collection
    return {
        "url": dataset.address(f"/v1/{collection.slug}.csv"),
        "dc:title": both(collection.title),
        "dc:description": both(collection.about),
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "lineTerminators": ["\r\n"]},
        "tableSchema": present(
            {
                "aboutUrl": dataset.address(f"/v1/{collection.slug}/{{id}}"),
                "primaryKey": [column.name for column in entity.columns().values() if column.sql.primary_key],
                "columns": [_column(dataset, entity, column) for column in entity.columns().values()],
                "foreignKeys": [] if alone else _foreign_keys(dataset, entity),
            }
        ),
    }


def _column(dataset: Dataset, entity: type[Entity], column: Column) -> Document:
    declared = column.declared
    return present(
        {
            "name": column.name,
            # The header of the file is the key itself; the others are what people call it.
            "titles": {"und": [column.name], "zh-Hans": [declared.title.zh], "en": [declared.title.en]},
            "dc:description": both(declared.about),
            "datatype": _datatype(column),
            "required": not column.nullable,
            "null": [""],
            "separator": LIST_DELIMITER if column.is_list else None,
            "dc:references": {"@id": target} if (target := _target(dataset, column)) else None,
            "propertyUrl": dataset.address(f"/v1/dictionary#{entity.collection.slug}.{column.name}"),
        }
    )


def _datatype(column: Column) -> str | dict[str, Any]:
    """The type of a cell, and of each item of a list; a word of a vocabulary is one of its terms."""
    if column.vocabulary:
        return {"base": "string", "format": "|".join(f"({term.value})" for term in column.vocabulary)}
    if column.declared.ge is not None:
        return {"base": "integer", "minimum": column.declared.ge}
    return TYPES[column.kind]


def _foreign_keys(dataset: Dataset, entity: type[Entity]) -> list[Document]:
    return [
        {
            "columnReference": column.name,
            "reference": {"resource": target, "columnReference": "id"},
        }
        for column in entity.columns().values()
        if not column.nullable and (target := _target(dataset, column))
    ]


def _target(dataset: Dataset, column: Column) -> str | None:
    """The file that a column refers to."""
    if column.declared.reference is None:
        return None
    slugs = {each.collection.table: each.collection.slug for each in dataset.entities}
    return dataset.address(f"/v1/{slugs[column.declared.reference.table]}.csv")
