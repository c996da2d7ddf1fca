"""Index terms contain no syntax of a database."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import COLLECTIONS
from app.models.search_index import MADE
from app.search import index_record, syllables
from app.search.terms import MARKS, MAX_TERM_CHARS

FIGURE = COLLECTIONS["figures"].columns()
TEXTS = st.text(max_size=40) | st.just("东莞" * 80) | st.sampled_from(["a" * 300, "1" * 3000, "1亿" * 40])


def test_the_tokenizer_takes_every_mark_for_a_letter() -> None:
    (made,) = MADE["sqlite"]
    assert f"ascii tokenchars '{MARKS}'" in made


@pytest.fixture(scope="module", autouse=True)
def _dictionary() -> None:
    """Pinyin's dictionary is read once, and not while an example is timed."""
    syllables(("碧江",))


@given(TEXTS, TEXTS, st.none() | st.floats(0.001, 1e15))
def test_terms_hold_letters_digits_and_marks_alone(name: str, note: str, value: float | None) -> None:
    values: dict[str, Any] = dict.fromkeys(FIGURE)
    entry = index_record(
        FIGURE.values(), {**values, "name_zh": name, "note_en": note, "value": value, "unit": "person-time"}
    )
    for term in entry.terms:
        assert all(char in MARKS or unicodedata.category(char)[0] in "LN" or ord(char) > 127 for char in term), term
        assert 0 < len(term) <= MAX_TERM_CHARS + 20  # amounts have their units behind them
    assert all(word.isalpha() for word in entry.words)
