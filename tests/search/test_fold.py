"""What people take for the same letters is one; a place in the folded text leads back to the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.fold import fold, fold_pieces, is_unspaced, join_runs, source_spans

# Letters of many scripts, of many widths and with accents, and separators.
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("东莞東莞　ＢＹＤé́Ⅷ㎡ﾊﾞ한글ß 8,—“”-")),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("东莞市", ("东莞市",)),
        ("東莞市", ("东莞市",)),
        ("籃球隊", ("篮球队",)),
        ("ＢＹＤ", ("byd",)),
        ("共8740万元", ("共", "8740", "万元")),
        ("８，７４０萬", ("8", "740", "万")),
        ("Nancheng–Bijiang", ("nancheng", "bijiang")),
        ("“阳光雨”党建品牌", ("阳光雨", "党建品牌")),
        ("Si’an", ("si", "an")),
        ("Bìjiāng", ("bijiang",)),
        ("cafe\u0301", ("cafe",)),
        ("straße", ("strasse",)),
        ("soft\u00adhy\u200bphen", ("softhyphen",)),
        ("5万㎡", ("5", "万", "m2")),
        ("2,505人", ("2", "505", "人")),
        ("青少年 篮球　队", ("青少年篮球队",)),
        ("篮球 BYD", ("篮球", "byd")),
        ("バスケ", ("バスケ",)),
        ("ﾊﾞｽｹ", ("バスケ",)),
        ("농구", ("농구",)),
        ("🎉…！", ()),
        ("", ()),
    ],
)
def test_one_form_for_what_is_the_same(text: str, runs: tuple[str, ...]) -> None:
    assert fold(text) == runs


def test_pieces_are_parted_where_the_text_is() -> None:
    assert fold_pieces("南城、碧江 8740万") == [("南城",), ("碧江",), ("8740", "万")]


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold("、".join(fold(text))) == fold(text)


@given(TEXTS)
def test_runs_are_of_one_kind_and_hold_nothing_between_words(text: str) -> None:
    for run in fold(text):
        assert run
        assert not any(char.isspace() for char in run)
        assert len({is_unspaced(char) for char in run}) == 1


@given(TEXTS)
def test_every_letter_has_its_place(text: str) -> None:
    spans = source_spans(text)
    assert len(spans) == len(join_runs(fold(text)))
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


@given(st.text("东莞篮球ＢＹＤ bd8740,。", min_size=1, max_size=20))
def test_a_place_holds_the_letters_that_were_looked_for(text: str) -> None:
    letters, spans = join_runs(fold(text)), source_spans(text)
    for at, letter in enumerate(letters):
        if letter != " ":
            assert fold(text[slice(*spans[at])]) == (letter,)
