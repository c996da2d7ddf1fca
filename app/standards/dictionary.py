"""The data dictionary: what is to be said of every collection, field and vocabulary, for people and for programs.

All of it is derived from the declarations, so that nothing can be served that is not told here:

- JSON has `collections`, each with its `fields`, and `vocabularies`, each with its `terms`; no key is ever left out,
  what does not apply is null.
- CSV has a row for each field; what a field may hold is one cell, joined with `|`, as lists are everywhere.
- Its page has an anchor for each collection, field and vocabulary: `#figures`, `#figures.value`, `#vocabulary.status`.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec

from app.entity import Bilingual, Cited, Column, Entity, Vocabulary
from app.quantity import UNITS
from app.standards.dataset import Dataset

Told = dict[str, Any]

UNIT_CODES = ("ucum", "qudt", "iso4217")
CSV_COLUMNS = (
    "collection", "name", "title_zh", "title_en", "about_zh", "about_en", "type", "list_of", "object_keys", "nullable",
    "unit", "unit_in", "vocabulary", "allowed_values", "allowed_values_zh", "allowed_values_en",
    "reference", "origin", "origin_zh", "origin_en", "example",
)  # fmt: skip


class Origin(Vocabulary):
    """Where the value of a field comes from."""

    KEY = "key", "由编者拟定的标识", "An identifier that a curator made"
    WORDS = "words", "来源中的原词，已在原文中定位", "The source's very words, located in its text"
    FIGURES = "figures", "由数字填入", "Filled from figures"
    COMPUTED = "computed", "加载时算出，无人手填", "Worked out when the data is loaded; nobody types it"
    REFERENCE = "reference", "编者所指的另一条记录", "Another record, which a curator names"
    SEED = "seed", "编者填写", "Typed by a curator"


def dictionary(dataset: Dataset) -> Told:
    """The whole dictionary: `{"collections": [...], "vocabularies": [...]}`."""
    slugs = {entity.collection.table: entity.collection.slug for entity in dataset.entities}
    return {
        "collections": [_collection(entity, slugs) for entity in dataset.entities],
        "vocabularies": list(_vocabularies(dataset)),
    }


def dictionary_json(dataset: Dataset) -> bytes:
    """The dictionary as JSON."""
    return msgspec.json.encode(dictionary(dataset))


def dictionary_csv(dataset: Dataset) -> bytes:
    """The dictionary as CSV (RFC 4180): a header, and a row for each field."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for collection in dictionary(dataset)["collections"]:
        writer.writerows(_row(collection["slug"], field) for field in collection["fields"])
    return text.getvalue().encode()


def _collection(entity: type[Entity], slugs: dict[str, str]) -> Told:
    collection = entity.collection
    return {
        "slug": collection.slug,
        **_both("title", collection.title),
        **_both("about", collection.about),
        "fields": [_field(entity, column, slugs) for column in entity.columns().values()],
    }


def _field(entity: type[Entity], column: Column, slugs: dict[str, str]) -> Told:
    declared, reference = column.declared, column.declared.reference
    origin = origin_of(entity, column)
    return {
        "name": column.name,
        **_both("title", declared.title),
        **_both("about", declared.about),
        "type": column.kind,
        **_list(column),
        "nullable": column.nullable,
        "unit": declared.unit,
        "unit_in": declared.unit_in,
        "vocabulary": column.vocabulary and id_of(column.vocabulary),
        "allowed_values": column.vocabulary and _terms(column.vocabulary),
        "reference": reference and slugs.get(reference.table),
        "origin": origin.value,
        **_both("origin", origin.label),
        "example": declared.example,
    }


def origin_of(entity: type[Entity], column: Column) -> Origin:
    """Where a field's values come from, as its declaration tells."""
    if column.sql.primary_key:
        return Origin.KEY
    if issubclass(entity, Cited) and column.name == entity.words_column:
        return Origin.WORDS
    if column.has_own_unit:
        return Origin.FIGURES
    if column.declared.computed:
        return Origin.COMPUTED
    return Origin.REFERENCE if column.declared.reference else Origin.SEED


def _list(column: Column) -> Told:
    """What a list holds: texts, or objects of these keys."""
    if not column.is_list:
        return {"list_of": None, "object_keys": None}
    if column.items is str:
        return {"list_of": "text", "object_keys": None}
    return {"list_of": "object", "object_keys": list(get_type_hints(column.items))}


def _vocabularies(dataset: Dataset) -> Iterator[Told]:
    """Every vocabulary once, in the order in which fields come to it, with the fields that use it."""
    users: dict[type[Vocabulary], list[Told]] = {}
    for entity in dataset.entities:
        for column in entity.columns().values():
            if column.vocabulary:
                users.setdefault(column.vocabulary, []).append(
                    {"collection": entity.collection.slug, "field": column.name}
                )
    for vocabulary, used_by in users.items():
        yield {"id": id_of(vocabulary), "terms": _terms(vocabulary), "used_by": used_by}


def id_of(vocabulary: type[Vocabulary]) -> str:
    """What a vocabulary is called in addresses: `TeamKind` is `team-kind`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", vocabulary.__name__).lower()


def _terms(vocabulary: type[Vocabulary]) -> list[Told]:
    """The terms with their labels; those of the units with the codes by which others know them, too."""
    units = [*vocabulary] == [*UNITS]
    return [
        {
            "value": term.value,
            **_both("label", term.label),
            **({code: getattr(UNITS[term], code) for code in UNIT_CODES} if units else {}),
        }
        for term in vocabulary
    ]


def _row(slug: str, field: Told) -> Told:
    terms = field["allowed_values"] or ()
    return {
        **{name: field.get(name) for name in CSV_COLUMNS},
        "collection": slug,
        "object_keys": "|".join(field["object_keys"] or ()),
        "nullable": "true" if field["nullable"] else "false",
        "allowed_values": "|".join(term["value"] for term in terms),
        "allowed_values_zh": "|".join(term["label_zh"] for term in terms),
        "allowed_values_en": "|".join(term["label_en"] for term in terms),
    }


def _both(key: str, words: Bilingual) -> Told:
    return {f"{key}_zh": words.zh, f"{key}_en": words.en}
