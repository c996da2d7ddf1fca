"""Chinese words of time ⇄ ISO 8601, its days, and the words in which the site says them."""

import datetime as dt

import pytest

from app.times import bounds, in_words, kind_of, read_words

PUBLISHED = dt.date(2023, 8, 10)


@pytest.mark.parametrize(
    ("words", "iso", "kind"),
    [
        ("截至2023年6月", "2023-06", "moment"),
        ("截至２０２３年６月底", "2023-06", "moment"),
        ("到2025年", "2025", "moment"),
        ("2022年底", "2022-12", "moment"),
        ("2022年年初", "2022-01", "moment"),
        ("2022年8月6日", "2022-08-06", "moment"),
        ("2021年", "2021", "span"),
        ("2021年度", "2021", "span"),
        ("二〇二一年十一月", "2021-11", "span"),
        ("2019年至2021年", "2019/2021", "span"),
        ("2019—2021年", "2019/2021", "span"),
        ("2020年至2021年期间", "2020/2021", "span"),
        ("2021年1月至2022年6月", "2021-01/2022-06", "span"),
        ("2022年1至6月", "2022-01/2022-06", "span"),
        ("2022年6月1日至10日", "2022-06-01/2022-06-10", "span"),
        ("2022年上半年", "2022-01/2022-06", "span"),
        ("2022年下半年", "2022-07/2022-12", "span"),
        ("2022年第二季度", "2022-04/2022-06", "span"),
        ("2022年前三季度", "2022-01/2022-09", "span"),
        ("2022年前10个月", "2022-01/2022-10", "span"),
        ("2017年以来", "2017/..", "span"),
        ("2020年至今", "2020/..", "span"),
        ("自2017年", "2017/..", "span"),
    ],
)
def test_complete_words_are_read(words: str, iso: str, kind: str) -> None:
    assert read_words(words, PUBLISHED) == (iso, kind)


@pytest.mark.parametrize(
    "words",
    [
        "上半年",
        "去年",
        "8月6日",
        "目前",
        "五年来",
        "三年",
        "年底",
        "2022年13月",
        "2022年前12个月",
        "2021年至2019年",
        "2023年以前",
        "至",
        "96支",
    ],
)
def test_what_words_do_not_state_in_full_is_not_guessed(words: str) -> None:
    assert read_words(words, PUBLISHED) is None


@pytest.mark.parametrize(
    ("words", "year", "iso"),
    [
        ("上半年", 2023, "2023-01/2023-06"),
        ("8月6日", 2022, "2022-08-06"),
        ("去年", 2022, "2022"),
        ("去年", 2023, "2022"),  # not before the year of the source
        ("今年上半年", 2023, "2023-01/2023-06"),
        ("五年来", 2018, None),
    ],
)
def test_a_year_completes_words_that_leave_it_out(words: str, year: int, iso: str | None) -> None:
    read = read_words(words, PUBLISHED, year)
    assert (read and read.iso) == iso


@pytest.mark.parametrize(
    ("words", "iso"), [("去年", "2022"), ("今年前7个月", "2023-01/2023-07"), ("明年底", "2024-12")]
)
def test_the_date_of_publication_completes_words_that_name_its_year(words: str, iso: str) -> None:
    read = read_words(words, PUBLISHED, 2021, dated=True)
    assert (read and read.iso) == iso


@pytest.mark.parametrize(("words", "iso", "kind"), [("目前", "2023-08", "moment"), ("五年来", "2018/..", "span"), ("近一年", "2022", "span"), ("当天", "2022-08-06", "moment")])  # fmt: skip
def test_the_kind_of_a_time_that_words_do_not_state(words: str, iso: str, kind: str) -> None:
    assert kind_of(words, iso) == kind


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-06-30", "2023-06-30", "2023-06-30"),
        ("2019/2021-06", "2019-01-01", "2021-06-30"),
        ("2017/..", "2017-01-01", "2023-08-10"),
    ],
)
def test_its_first_and_last_day(iso: str, first: str, last: str) -> None:
    assert bounds(iso, PUBLISHED) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("iso", "fault"),
    [
        ("2023-13", "month"),
        ("2023-02-30", "day"),
        ("0000", "year"),
        ("2022/2021", "ends before it begins"),
        ("2024/..", "ends before it begins"),
        ("June 2023", "is written such as 2023"),
        ("2023/", "is written such as 2023"),
        ("../2023", "is written such as 2023"),
    ],
)
def test_what_is_no_time_is_refused(iso: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        bounds(iso, PUBLISHED)


@pytest.mark.parametrize(
    ("time", "kind", "zh", "en"),
    [
        ("2023-06", "moment", "截至2023年6月", "as of June 2023"),
        ("2021", "span", "2021年", "in 2021"),
        ("2019/2021", "span", "2019年至2021年", "2019–2021"),
        ("2017/..", "span", "2017年以来", "since 2017"),
        (None, "not-stated", "截至2023年8月10日", "as of 10 August 2023"),
    ],
)
def test_a_time_in_the_words_of_readers(time: str | None, kind: str, zh: str, en: str) -> None:
    figure = {"time": time, "time_kind": kind, "as_of": "2023-08-10"}
    assert (in_words(figure, "zh"), in_words(figure, "en")) == (zh, en)
