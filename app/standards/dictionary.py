"""The data dictionary: a description of every collection, field and vocabulary, derived from the declarations.

- `absence` is what a null means: the source does not say, it was not recorded here, or there is nothing to say.
- JSON has `collections`, each with its `fields`, and `vocabularies`, each with its `terms`. No key is left out; what
  does not apply is null. The `collection` of a vocabulary holds its terms as records; it is null where the terms mean
  something to the code, which then defines them: comparators, states, periods, units and kinds of subject.
- CSV has a row for each field. Allowed values are joined with `|`.
- Its page has an anchor for each collection, field and vocabulary: `#figures`, `#figures.value`, `#vocabulary.status`.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

import msgspec

from app.entity import Bilingual, Cited, Column, Entity, Labels, Vocabulary
from app.entity.column import TERMS_TABLE
from app.quantity import UNITS
from app.standards.dataset import Dataset

Document = dict[str, Any]

UNIT_CODES = ("ucum", "qudt", "iso4217")
CSV_COLUMNS = (
    "collection", "name", "title_zh", "title_en", "about_zh", "about_en", "type", "list_of", "object_keys", "nullable",
    "unit", "unit_in", "vocabulary", "allowed_values", "allowed_values_zh", "allowed_values_en",
    "reference", "origin", "origin_zh", "origin_en", "example", "absence", "absence_zh", "absence_en",
)  # fmt: skip


class Origin(Vocabulary):
    """Where the value of a field comes from."""

    KEY = "key", "由编者拟定的标识", "An identifier assigned by a curator"
    WORDS = "words", "来源中的原词，已在原文中定位", "The words of the source, located in its text"
    FIGURES = "figures", "由数字填入", "Filled from figures"
    COMPUTED = "computed", "加载时算出，无人手填", "Computed when the data is loaded"
    REFERENCE = "reference", "编者所指的另一条记录", "Another record, named by a curator"
    SEED = "seed", "编者填写", "Entered by a curator"


def dictionary(dataset: Dataset) -> Document:
    """Return the whole dictionary."""
    slugs = {entity.collection.table: entity.collection.slug for entity in dataset.entities}
    return {
        "collections": [_collection(entity, slugs, dataset.labels) for entity in dataset.entities],
        "vocabularies": list(_vocabularies(dataset)),
    }


def dictionary_json(dataset: Dataset) -> bytes:
    """Return the dictionary as JSON."""
    return msgspec.json.encode(dictionary(dataset))


def dictionary_csv(dataset: Dataset) -> bytes:
    """Return the fields of the dictionary as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for collection in dictionary(dataset)["collections"]:
        writer.writerows(_row(collection["slug"], field) for field in collection["fields"])
    return text.getvalue().encode()


def _collection(entity: type[Entity], slugs: dict[str, str], labels: Labels) -> Document:
    collection = entity.collection
    return {
        "slug": collection.slug,
        **_both("title", collection.title),
        **_both("about", collection.about),
        "fields": [_field(entity, column, slugs, labels) for column in entity.columns().values()],
    }


def _field(entity: type[Entity], column: Column, slugs: dict[str, str], labels: Labels) -> Document:
    declared, reference = column.declared, column.declared.reference
    origin = origin_of(entity, column)
    absence = column.absence if column.nullable else None
    keys = list(get_type_hints(column.items)) if column.is_list and column.items is not str else None
    return {
        "name": column.name,
        **_both("title", declared.title),
        **_both("about", declared.about),
        "type": column.kind,
        "list_of": ("object" if keys else "text") if column.is_list else None,
        "object_keys": keys,
        "nullable": column.nullable,
        "unit": declared.unit,
        "unit_in": declared.unit_in,
        "vocabulary": column.vocabulary_id,
        "allowed_values": _terms(column.labels(labels)) if column.is_term else None,
        "reference": reference and slugs.get(reference.table),
        "origin": origin.value,
        **_both("origin", origin.label),
        "example": declared.example,
        "absence": absence and absence.value,
        "absence_zh": absence and absence.label.zh,
        "absence_en": absence and absence.label.en,
    }


def origin_of(entity: type[Entity], column: Column) -> Origin:
    """Return the origin of a field's values."""
    if column.sql.primary_key:
        return Origin.KEY
    if issubclass(entity, Cited) and column.name == entity.words_column:
        return Origin.WORDS
    if column.has_own_unit:
        return Origin.FIGURES
    if column.declared.computed:
        return Origin.COMPUTED
    return Origin.REFERENCE if column.declared.reference else Origin.SEED


def _vocabularies(dataset: Dataset) -> Iterator[Document]:
    """Yield every vocabulary once, with the fields that use it."""
    columns = [(entity, column) for entity in dataset.entities for column in entity.columns().values()]
    for vocabulary, first in {column.vocabulary_id: column for _, column in columns if column.is_term}.items():
        yield {
            "id": vocabulary,
            "collection": TERMS_TABLE if first.declared.terms else None,
            "terms": _terms(first.labels(dataset.labels)),
            "used_by": [
                {"collection": entity.collection.slug, "field": column.name}
                for entity, column in columns
                if column.vocabulary_id == vocabulary
            ],
        }


def _terms(labels: Mapping[str, Bilingual]) -> list[Document]:
    """Return the terms with their labels; units also with their standard codes."""
    is_units = [*labels] == [*UNITS]
    return [
        {
            "value": slug,
            **_both("label", label),
            **({code: getattr(UNITS[slug], code) for code in UNIT_CODES} if is_units else {}),
        }
        for slug, label in labels.items()
    ]


def _row(slug: str, field: Document) -> Document:
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


def _both(key: str, text: Bilingual) -> Document:
    return {f"{key}_zh": text.zh, f"{key}_en": text.en}
