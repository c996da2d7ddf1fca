"""The data dictionary: complete, in both languages, and the same as JSON and as CSV."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from app.entity import Cited, Entity
from app.models import COLLECTIONS
from app.quantity import UNITS
from app.standards.dictionary import CSV_COLUMNS, Origin, dictionary, dictionary_csv, dictionary_json
from tests.standards.dataset import DATASET
from tests.terms import LABELS

FIELDS = [(slug, name) for slug, entity in COLLECTIONS.items() for name in entity.columns()]

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    read: Document = json.loads(dictionary_json(DATASET))
    return read


def fields(document: Document) -> dict[tuple[str, str], Document]:
    return {(each["slug"], field["name"]): field for each in document["collections"] for field in each["fields"]}


def items_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key of a document with its value."""
    if isinstance(value, dict):
        yield from value.items()
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from items_of(each)


def test_it_lists_every_collection_and_field(document: Document) -> None:
    assert [each["slug"] for each in document["collections"]] == list(COLLECTIONS)
    assert list(fields(document)) == FIELDS
    assert set(document) == {"collections", "vocabularies"}


@pytest.mark.parametrize(("slug", "entity"), COLLECTIONS.items())
def test_fields_match_their_declaration(document: Document, slug: str, entity: type[Entity]) -> None:
    collection = next(each for each in document["collections"] if each["slug"] == slug)
    assert (collection["title_zh"], collection["title_en"]) == entity.collection.title
    assert (collection["about_zh"], collection["about_en"]) == entity.collection.about
    for field, column in zip(collection["fields"], entity.columns().values(), strict=True):
        declared = column.declared
        assert (field["title_zh"], field["title_en"]) == declared.title
        assert (field["about_zh"], field["about_en"]) == declared.about
        assert (field["type"], field["nullable"]) == (column.kind, column.nullable)
        absence = (column.absence.value, *column.absence.label) if column.nullable else (None, None, None)
        assert (field["absence"], field["absence_zh"], field["absence_en"]) == absence
        assert (field["unit"], field["unit_in"]) == (declared.unit, declared.unit_in)
        assert field["example"] == declared.example
        terms = [(slug, *label) for slug, label in column.labels(LABELS).items()]
        assert [(each["value"], each["label_zh"], each["label_en"]) for each in field["allowed_values"] or ()] == terms
        target = declared.reference and declared.reference.table.replace("_", "-")
        assert field["reference"] == target
        assert (field["list_of"] is not None) is column.is_list


def test_every_text_is_in_both_languages(document: Document) -> None:
    keys = dict(items_of(document))
    assert {key.removesuffix("_zh") for key in keys if key.endswith("_zh")} == {
        key.removesuffix("_en") for key in keys if key.endswith("_en")
    }
    assert all(value for key, value in items_of(document) if key.endswith(("_zh", "_en")) and "absence" not in key)
    assert all(re.search("[\u4e00-\u9fff]", value) for key, value in items_of(document) if key == "about_zh")
    assert not any(re.search("[\u4e00-\u9fff]", value) for key, value in items_of(document) if key == "about_en")


def test_every_field_has_the_same_keys(document: Document) -> None:
    assert len({tuple(field) for field in fields(document).values()}) == 1


@pytest.mark.parametrize(("slug", "entity"), COLLECTIONS.items())
def test_the_origin_of_a_field_follows_from_its_declaration(
    document: Document, slug: str, entity: type[Entity]
) -> None:
    for name, column in entity.columns().items():
        origin = fields(document)[slug, name]["origin"]
        assert (origin == "key") is (name == "id")
        assert (origin == "words") is (issubclass(entity, Cited) and name == entity.words_column)
        assert (origin == "figures") is column.has_own_unit
        assert (origin in {"computed", "figures"}) is column.declared.computed
        assert (origin == "reference") is (column.declared.reference is not None)


def test_each_origin_occurs_with_both_labels(document: Document) -> None:
    origins = {(each["origin"], each["origin_zh"], each["origin_en"]) for each in fields(document).values()}
    assert origins == {(origin.value, *origin.label) for origin in Origin}
    own = fields(document)
    assert own["figures", "value"]["origin"] == "computed"
    assert own["figures", "as_stated"]["origin"] == "words"
    assert own["basketball-teams", "team_count"]["origin"] == "figures"
    assert own["figures", "note_zh"]["origin"] == "seed"
    assert own["figures", "part_of_id"]["origin"] == "reference"


def test_a_vocabulary_is_listed_once_with_all_its_fields(document: Document) -> None:
    ids = [each["id"] for each in document["vocabularies"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", each) for each in ids)
    used = {
        (user["collection"], user["field"]): each["id"] for each in document["vocabularies"] for user in each["used_by"]
    }
    assert used == {where: field["vocabulary"] for where, field in fields(document).items() if field["vocabulary"]}
    terms = {each["id"]: each["terms"] for each in document["vocabularies"]}
    for field in fields(document).values():
        assert field["allowed_values"] == (terms[field["vocabulary"]] if field["vocabulary"] else None)
    assert {"team-kind", "unit-code", "status"} <= set(ids)
    assert {each["id"] for each in document["vocabularies"] if each["collection"] == "vocabularies"} == LABELS.keys()


def test_only_units_have_codes_of_other_systems(document: Document) -> None:
    terms = {each["id"]: each["terms"] for each in document["vocabularies"]}
    for term in terms.pop("unit-code"):
        unit = UNITS[term["value"]]
        assert (term["ucum"], term["qudt"], term["iso4217"]) == (unit.ucum, unit.qudt, unit.iso4217)
    assert all(set(term) == {"value", "label_zh", "label_en"} for each in terms.values() for term in each)


def test_the_csv_is_the_same(document: Document) -> None:
    content = dictionary_csv(DATASET)
    assert content.count(b"\n") == content.count(b"\r\n") == len(FIELDS) + 1
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
    rows = {(row["collection"], row["name"]): row for row in reader}
    assert reader.fieldnames == list(CSV_COLUMNS)
    assert list(rows) == FIELDS
    for where, field in fields(document).items():
        row = rows[where]
        for key in (
            "title_zh",
            "about_en",
            "type",
            "unit",
            "unit_in",
            "vocabulary",
            "reference",
            "origin",
            "origin_zh",
        ):
            assert row[key] == (field[key] or ""), (where, key)
        assert row["nullable"] == str(field["nullable"]).lower()
        assert row["example"] == ("" if field["example"] is None else str(field["example"]))
        terms = field["allowed_values"] or []
        for column, key in (("allowed_values", "value"), ("allowed_values_en", "label_en")):
            assert row[column] == "|".join(term[key] for term in terms)


def test_no_term_contains_the_separator(document: Document) -> None:
    texts = [text for each in document["vocabularies"] for term in each["terms"] for text in term.values() if text]
    assert texts
    assert not [text for text in texts if "|" in text]


def test_a_changed_declaration_changes_the_dictionary(document: Document) -> None:
    figure = COLLECTIONS["figures"]
    column = figure.columns()["note_zh"]
    other = replace(column, nullable=not column.nullable)
    with patch.object(figure, "columns", lambda: {"note_zh": other}):
        again = dictionary(DATASET)
    ours = next(each for each in again["collections"] if each["slug"] == "figures")["fields"]
    assert [field["name"] for field in ours] == ["note_zh"]
    assert ours[0]["nullable"] is not fields(document)["figures", "note_zh"]["nullable"]
