"""The declarations, and the one reader of text as values."""

import datetime as dt
import math

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.entity import Absence, Bilingual, Column, Declared, Entity, HasSubject, ValueFault, parse
from app.models import COLLECTIONS, ENTITIES, SUBJECTS
from app.request.controls import page_parameters
from app.request.relations import relations


def column_of(scalar: type) -> Column:
    words = Bilingual("值", "Value")
    return Column("x", scalar, False, Declared(words, words), sa.Column("x"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_declaration_speaks_both_languages(entity: type[Entity]) -> None:
    collection = entity.collection
    texts = [collection.title, collection.about]
    for column in entity.columns().values():
        texts += [column.declared.title, column.declared.about]
        texts += [term.label for term in column.vocabulary or ()]
    for words in texts:
        assert words.zh.strip()
        assert words.en.strip()
        assert words.en.replace("–", "-").encode("latin-1"), words  # which has the signs of units: °, µ, ²


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_column_names_are_one_word_everywhere(entity: type[Entity]) -> None:
    assert set(entity.columns()) == set(entity.model_fields)
    assert all(name.isidentifier() and name == name.lower() and "__" not in name for name in entity.columns())
    # No column may be called like a control parameter, nor an included record like a column.
    controls = {name for name, parameter in page_parameters(entity).items() if parameter.operator is None}
    assert not controls & set(entity.columns())
    assert not set(relations(entity)) & set(entity.columns())


def test_the_collections_of_the_contract() -> None:
    promised = {
        "programs": {"theme", "parent_id"},
        "enterprises": {"role", "sector", "home_place_id", "parent_id", "program_id"},
        "training-partners": {"kind", "program_id", "enterprise_id"},
        "basketball-teams": {"kind", "team_count", "player_count", "program_id", "place_id"},
        "social-work-activities": {
            "kind", "session_count", "local_worker_count", "supervisor_count", "program_id", "place_id",
        },
        "indicators": {"theme", "unit", "definition_zh", "definition_en"},
        "places": {"level", "code", "parent_id"},
        "sources": {
            "title", "publisher", "republisher", "authors", "published_on", "retrieved_on", "url", "language", "paragraphs",
        },
        "figures": {
            "indicator_id", "subject_kind", "subject_id", "field", "value", "lower", "upper", "comparator", "status",
            "unit", "si_value", "si_unit", "period", "as_of", "part_of_id", "note_zh", "note_en", "as_stated", "source_id",
            "paragraph", "start", "end", "source_url",
        },
    }  # fmt: skip
    for slug, columns in promised.items():
        own = set(COLLECTIONS[slug].columns())
        assert columns | {"id", "name_zh", "name_en"} <= own
        if slug != "figures":
            assert {"summary_zh", "summary_en"} <= own
        if slug not in {"figures", "indicators", "sources"}:
            assert {"source_id", "paragraph", "as_named", "start", "end"} <= own


def test_parents_stand_before_children() -> None:
    position = {entity.collection.table: place for place, entity in enumerate(ENTITIES)}
    for entity in ENTITIES:
        for column in entity.columns().values():
            if column.declared.reference and column.declared.reference.table != entity.collection.table:
                assert position[column.declared.reference.table] < position[entity.collection.table]
    owners = [place for place, entity in enumerate(ENTITIES) if issubclass(entity, HasSubject)]
    assert max(map(ENTITIES.index, SUBJECTS)) < min(owners)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_are_read(number: int) -> None:
    assert parse(column_of(int), str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read(number: float) -> None:
    assert parse(column_of(float), repr(number)) == number


@given(st.dates(dt.date(1000, 1, 1)))
def test_dates_are_read(day: dt.date) -> None:
    assert parse(column_of(dt.date), day.isoformat()) == day


@given(st.sampled_from([str, int, float, dt.date, list]), st.text())
def test_any_text_is_read_or_refused_in_words(scalar: type, text: str) -> None:
    try:
        value = parse(column_of(scalar), text)
    except ValueFault as fault:
        assert fault.detail  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(value, scalar)
        assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize(
    ("scalar", "text", "message"),
    [
        (int, "12.5", "whole number"),
        (int, "9223372036854775808", "whole number"),
        (int, "１２", "whole number"),
        (float, "nan", "not a number"),
        (float, "1e999", "not a number"),
        (dt.date, "2022-02-30", "calendar"),
        (dt.date, "6.8.2022", "such as 2022-08-06"),
        (str, "a\x00b", "U+0000"),
    ],
)
def test_what_does_not_fit_is_reported(scalar: type, text: str, message: str) -> None:
    with pytest.raises(ValueFault, match=message.replace("+", r"\+")):
        parse(column_of(scalar), text)


@pytest.mark.parametrize(
    ("collection", "column", "absence"),
    [
        ("basketball-teams", "team_count", Absence.NOT_STATED),  # a fact, which a figure would have filled
        ("enterprises", "home_place_id", Absence.NOT_STATED),
        ("enterprises", "parent_id", Absence.NOT_STATED),  # declared: the rule takes it for a root
        ("sources", "published_on", Absence.NOT_STATED),
        ("sources", "retrieved_on", Absence.NOT_RECORDED),  # ours to know, not the source's to say
        ("programs", "parent_id", Absence.NOT_APPLICABLE),  # a root
        ("figures", "part_of_id", Absence.NOT_APPLICABLE),
        ("figures", "lower", Absence.NOT_APPLICABLE),  # computed: the bound is open
        ("figures", "field", Absence.NOT_APPLICABLE),  # declared
    ],
)
def test_an_empty_value_says_that_it_is_not_stated_or_does_not_apply(
    collection: str, column: str, absence: Absence
) -> None:
    assert COLLECTIONS[collection].columns()[column].absence is absence
