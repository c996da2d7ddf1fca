"""Data Package v2 (https://datapackage.org): the CSV files of a release, described for tools that check them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_type_hints

from app.entity import Bilingual, Column, Entity
from app.standards.dataset import publisher_of

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

# The standard has a type `list`, but its published 2.0 profile forgot it and so refuses every package that uses it;
# a list is a string until there is a 2.1, and says with `list`'s own properties how to take it apart.
TYPES: dict[type, str] = {str: "string", int: "integer", float: "number", dt.date: "date", list: "string"}

Document = dict[str, Any]


class Resource(NamedTuple):
    """A CSV file of a whole collection: where it is, its length and its SHA-256 in hex where they are known."""

    entity: type[Entity]
    path: str
    bytes: int | None = None
    sha256: str | None = None


def datapackage(
    catalog: Mapping[str, Any],
    release: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    resources: Sequence[Resource],
    *,
    homepage: str | None = None,
) -> Document:
    """The descriptor of a release: its catalogue, what it cites, and each file with its columns and references.

    `release` is told as to clients: id, edition, released_on, content_hash and counts; `sources` are records of that
    collection. What the standard has no property for stands beside those that it has, Chinese as `…_zh`.
    """
    publisher = publisher_of(catalog)
    slugs = {each.entity.collection.table: each.entity.collection.slug for each in resources}
    return _present(
        {
            "$schema": PROFILE,
            "name": NAME,
            "id": f"{NAME}-{release['id']}",
            **_both("title", Bilingual(**catalog["title"])),
            **_both("description", Bilingual(**catalog["description"])),
            "homepage": homepage,
            "version": release["edition"],
            "created": f"{release['released_on']}T00:00:00Z",
            "content_hash": release["content_hash"],
            "licenses": [_license(catalog["license"])],
            **_both("rights", Bilingual(**catalog["rights"])),
            "contributors": [{**_both("title", publisher), "roles": ["creator", "publisher"]}],
            "sources": [_source(source) for source in sources],
            "resources": [_resource(each, release["counts"], slugs) for each in resources],
        }
    )


def _license(told: Mapping[str, str]) -> Document:
    return {"name": told["id"], "path": told["url"], "title": told["title"]}


def _source(source: Mapping[str, Any]) -> Document:
    return {
        "title": source["title"],
        "title_en": source["name_en"],
        "path": source["url"],
        "version": str(source["published_on"] or f"repost of {source['reposted_on']}"),
        "publisher": source["publisher"],
        "authors": list(source["authors"]),
        **({"reuse": source["reuse_en"], "reuse_zh": source["reuse_zh"]} if source["reuse_en"] else {}),
    }


def _resource(resource: Resource, counts: Mapping[str, int], slugs: Mapping[str, str]) -> Document:
    collection = resource.entity.collection
    return _present(
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
            "schema": _schema(resource.entity, slugs),
        }
    )


def _schema(entity: type[Entity], slugs: Mapping[str, str]) -> Document:
    columns = entity.columns().values()
    return _present(
        {
            "fields": [_field(column) for column in columns],
            "missingValues": [""],
            "primaryKey": [column.name for column in columns if column.sql.primary_key],
            "foreignKeys": [key for column in columns if (key := _foreign_key(entity, column, slugs))],
        }
    )


def _foreign_key(entity: type[Entity], column: Column, slugs: Mapping[str, str]) -> Document | None:
    """The column's reference, where the file that it points into is in the package."""
    reference = column.declared.reference
    if reference is None or reference.table not in slugs:
        return None
    # A reference inside one file names no resource: so the standard wants it.
    other = {} if reference.table == entity.collection.table else {"resource": slugs[reference.table]}
    return {"fields": [column.name], "reference": {**other, "fields": ["id"]}}


def _field(column: Column) -> Document:
    declared = column.declared
    return _present(
        {
            "name": column.name,
            "type": TYPES[column.scalar],
            **({"delimiter": LIST_DELIMITER, "itemType": "string"} if column.is_list else {}),
            **_both("title", declared.title),
            **_both("description", _about(column)),
            "constraints": _constraints(column),
            "categories": [
                {"value": term.value, "label": term.label.en, "label_zh": term.label.zh}
                for term in column.vocabulary or ()
            ],
            "unit": declared.unit,
            "unit_in": declared.unit_in,
            "example": None if declared.example is None else str(declared.example),
        }
    )


def _about(column: Column) -> Bilingual:
    """What the column holds, and how its cells hold it where that does not go without saying."""
    zh, en = column.declared.about
    if not column.is_list:
        return Bilingual(zh, en)
    if column.items is str:
        return Bilingual(f"{zh}各项以 {LIST_DELIMITER} 分隔。", f"{en} Items are separated by {LIST_DELIMITER}.")
    keys = list(get_type_hints(column.items))
    return Bilingual(
        f"{zh}各项为 JSON 对象（{'、'.join(keys)}），以 {LIST_DELIMITER} 分隔。",
        f"{en} Items are JSON objects ({', '.join(keys)}), separated by {LIST_DELIMITER}.",
    )


def _constraints(column: Column) -> Document:
    declared = column.declared
    return _present(
        {
            "required": not column.nullable or None,
            "unique": column.sql.primary_key or None,
            "minimum": declared.ge,
            "pattern": _pattern(declared.pattern) if declared.pattern else None,
            "enum": [term.value for term in column.vocabulary or ()],
        }
    )


def _pattern(python: str) -> str:
    """A pattern as XML Schema has it: it speaks of the whole value unasked, and all its groups are plain ones."""
    return python.removeprefix("^").removesuffix("$").replace("(?:", "(")


def _both(key: str, words: Bilingual) -> Document:
    return {key: words.en, f"{key}_zh": words.zh}


def _present(document: Document) -> Document:
    """Without what is not there: no property of the standard may be null or empty."""
    return {key: value for key, value in document.items() if value not in (None, [], {})}
