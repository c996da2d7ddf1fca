"""CSV on the Web (W3C): the description of every CSV file, alone and as a group.

The group also declares foreign keys, except for nullable columns: strict validators treat an empty reference as an
error. The column's `dc:references` names the file in any case.
"""

from typing import Any

from app.entity import Column, Entity, Labels
from app.standards.dataset import Dataset, drop_empty
from app.standards.json_ld import both, node

CONTEXT = "http://www.w3.org/ns/csvw"
MEDIA_TYPE = "application/csvm+json"
GROUP = "/v1/csv-metadata.json"  # the location where validators look for it
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
    """Return the path of the description of a collection's CSV file."""
    return f"/v1/{entity.collection.slug}.csv-metadata.json"


def csvw_table(dataset: Dataset, entity: type[Entity]) -> Document:
    """Return the description of one collection's CSV file."""
    return {**_head(dataset), **_table(dataset, entity, foreign_keys=[])}


def csvw_group(dataset: Dataset) -> Document:
    """Return the description of all CSV files and their references."""
    tables = [_table(dataset, each, _foreign_keys(dataset, each)) for each in dataset.entities]
    return {**_head(dataset), "tables": tables}


def _head(dataset: Dataset) -> Document:
    return {
        "@context": [CONTEXT, {"@language": "en"}],
        "dc:title": both(dataset.title),
        "dc:description": both(dataset.description),
        "dc:publisher": both(dataset.publisher),
        "dc:license": node(dataset.license_url),
        "dc:modified": {"@value": str(dataset.release["released_on"]), "@type": "xsd:date"},
        "dc:source": [node(source["url"]) for source in dataset.sources],
    }


def _table(dataset: Dataset, entity: type[Entity], foreign_keys: list[Document]) -> Document:
    collection, columns, labels = entity.collection, entity.columns().values(), dataset.labels
    return {
        "url": dataset.url(f"/v1/{collection.slug}.csv"),
        "dc:title": both(collection.title),
        "dc:description": both(collection.about),
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "lineTerminators": ["\r\n"]},
        "tableSchema": drop_empty(
            {
                "aboutUrl": dataset.ids.of_record(collection.slug, "{id}"),
                "primaryKey": [column.name for column in columns if column.sql.primary_key],
                "columns": [_column(dataset, entity, column, labels) for column in columns],
                "foreignKeys": foreign_keys,
            }
        ),
    }


def _column(dataset: Dataset, entity: type[Entity], column: Column, labels: Labels) -> Document:
    declared, target = column.declared, _target(dataset, column)
    return drop_empty(
        {
            "name": column.name,
            # The file's header is the key; the titles are for readers.
            "titles": {"und": [column.name], "zh-Hans": [declared.title.zh], "en": [declared.title.en]},
            "dc:description": both(declared.about),
            "datatype": _datatype(column, labels),
            "required": not column.nullable,
            "null": [""],
            "separator": LIST_DELIMITER if column.is_list else None,
            "dc:references": node(target) if target else None,
            "propertyUrl": dataset.field_id(entity, column.name),
        }
    )


def _datatype(column: Column, labels: Labels) -> str | dict[str, Any]:
    """Return the type of a cell, or of each item of a list."""
    if terms := column.labels(labels):
        return {"base": "string", "format": "|".join(f"({slug})" for slug in terms)}
    if column.declared.ge is not None:
        return {"base": "integer", "minimum": column.declared.ge}
    return TYPES[column.kind]


def _foreign_keys(dataset: Dataset, entity: type[Entity]) -> list[Document]:
    return [
        {"columnReference": column.name, "reference": {"resource": target, "columnReference": "id"}}
        for column in entity.columns().values()
        if not column.nullable and (target := _target(dataset, column))
    ]


def _target(dataset: Dataset, column: Column) -> str | None:
    """Return the URL of the file that a column refers to."""
    if column.declared.reference is None:
        return None
    slugs = {each.collection.table: each.collection.slug for each in dataset.entities}
    return dataset.url(f"/v1/{slugs[column.declared.reference.table]}.csv")
