"""Data Package v2 (https://datapackage.org): the descriptor of a release's CSV files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_type_hints

from app.entity import Bilingual, Column, Entity, Labels
from app.standards.dataset import Record, drop_empty, text_of

NAME = "shanhai-open-data"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}
LIST_DELIMITER = "|"

# The standard has a type `list`, but its published 2.0 profile lacks it and rejects packages that use it. Until 2.1,
# a list is a string with the properties of `list`.
TYPES: dict[type, str] = {str: "string", int: "integer", float: "number", dt.date: "date", list: "string"}

Document = dict[str, Any]


class Resource(NamedTuple):
    """The CSV file of a collection. Length and SHA-256 in hex are None if unknown."""

    entity: type[Entity]
    path: str
    bytes: int | None = None
    sha256: str | None = None


def datapackage(
    catalog: Record,
    release: Record,
    sources: Sequence[Record],
    resources: Sequence[Resource],
    labels: Labels,
    *,
    homepage: str | None = None,
) -> Document:
    """Return the descriptor of a release, with the labels of its terms.

    Properties that the standard lacks are added, Chinese texts as `…_zh`.
    """
    slugs = {each.entity.collection.table: each.entity.collection.slug for each in resources}
    terms = catalog["license"]
    return drop_empty(
        {
            "$schema": PROFILE,
            "name": NAME,
            "id": f"{NAME}-{release['id']}",
            **_both("title", text_of(catalog, "title")),
            **_both("description", text_of(catalog, "description")),
            "homepage": homepage,
            "version": release["edition"],
            "created": f"{release['released_on']}T00:00:00Z",
            "content_hash": release["content_hash"],
            "licenses": [{"name": terms["id"], "path": terms["url"], "title": terms["title"]}],
            **_both("rights", text_of(catalog, "rights")),
            "contributors": [{**_both("title", text_of(catalog, "publisher")), "roles": ["creator", "publisher"]}],
            "sources": [_source(source) for source in sources],
            "resources": [_resource(each, release["counts"], slugs, labels) for each in resources],
        }
    )


def _source(source: Record) -> Document:
    return {
        "title": source["title"],
        "title_en": source["name_en"],
        "path": source["url"],
        "version": str(source["published_on"] or f"repost of {source['reposted_on']}"),
        "publisher": source["publisher"],
        "authors": list(source["authors"]),
        **(_both("reuse", Bilingual(source["reuse_zh"], source["reuse_en"])) if source["reuse_en"] else {}),
    }


def _resource(resource: Resource, counts: Mapping[str, int], slugs: Mapping[str, str], labels: Labels) -> Document:
    collection = resource.entity.collection
    return drop_empty(
        {
            "name": collection.slug,
            "path": resource.path,
            "type": "table",
            **_both("title", collection.title),
            **_both("description", collection.about),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": resource.bytes,
            "hash": f"sha256:{resource.sha256}" if resource.sha256 else None,
            "rows": counts[collection.slug],
            "dialect": DIALECT,
            "schema": _schema(resource.entity, slugs, labels),
        }
    )


def _schema(entity: type[Entity], slugs: Mapping[str, str], labels: Labels) -> Document:
    columns = entity.columns().values()
    return drop_empty(
        {
            "fields": [_field(column, labels) for column in columns],
            "missingValues": [""],
            "primaryKey": [column.name for column in columns if column.sql.primary_key],
            "foreignKeys": [key for column in columns if (key := _foreign_key(entity, column, slugs))],
        }
    )


def _foreign_key(entity: type[Entity], column: Column, slugs: Mapping[str, str]) -> Document | None:
    """Return a column's foreign key if the package contains the file that it refers to."""
    reference = column.declared.reference
    if reference is None or reference.table not in slugs:
        return None
    # The standard omits the resource in a reference within one file.
    resource = {} if reference.table == entity.collection.table else {"resource": slugs[reference.table]}
    return {"fields": [column.name], "reference": {**resource, "fields": ["id"]}}


def _field(column: Column, labels: Labels) -> Document:
    declared, terms = column.declared, column.labels(labels)
    return drop_empty(
        {
            "name": column.name,
            "type": TYPES[column.scalar],
            **({"delimiter": LIST_DELIMITER, "itemType": "string"} if column.is_list else {}),
            **_both("title", declared.title),
            **_both("description", _about(column)),
            "constraints": drop_empty(
                {
                    "required": not column.nullable or None,
                    "unique": column.sql.primary_key or None,
                    "minimum": declared.ge,
                    "pattern": _xsd_pattern(declared.pattern) if declared.pattern else None,
                    "enum": [*terms],
                }
            ),
            "categories": [{"value": slug, "label": label.en, "label_zh": label.zh} for slug, label in terms.items()],
            "unit": declared.unit,
            "unit_in": declared.unit_in,
            "example": None if declared.example is None else str(declared.example),
        }
    )


def _about(column: Column) -> Bilingual:
    """Return the column's description, with the format of list items."""
    zh, en = column.declared.about
    if not column.is_list:
        return column.declared.about
    if column.items is str:
        return Bilingual(f"{zh}各项以 {LIST_DELIMITER} 分隔。", f"{en} Items are separated by {LIST_DELIMITER}.")
    keys = list(get_type_hints(column.items))
    return Bilingual(
        f"{zh}各项为 JSON 对象（{'、'.join(keys)}），以 {LIST_DELIMITER} 分隔。",
        f"{en} Items are JSON objects ({', '.join(keys)}), separated by {LIST_DELIMITER}.",
    )


def _xsd_pattern(python: str) -> str:
    """Return a pattern as XML Schema writes it: without anchors and non-capturing groups."""
    return python.removeprefix("^").removesuffix("$").replace("(?:", "(")


def _both(key: str, text: Bilingual) -> Document:
    return {key: text.en, f"{key}_zh": text.zh}
