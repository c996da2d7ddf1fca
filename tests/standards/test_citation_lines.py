"""Citations as text: the newspaper's article and this dataset, each for what is its own."""

import pytest

from app.http.languages import LANGUAGES
from app.standards.citation.line import Lines, article_lines, cited_lines, dataset_lines
from tests.standards.test_citation import CATALOG, FIGURE, RELEASE, SOURCE

ADDRESS = "https://data.example/zh/figures/stable-employment"
ARTICLE = SOURCE | {
    "name_en": "Mountains and sea",
    "publisher_en": "Tongren Daily",
    "url": "https://news.example/a",
    "published_on": None,
    "reposted_on": "2022-08-06",
}
RECORD = FIGURE | {"name_zh": "稳定就业", "name_en": "Stable employment", "text_en": "843 people", "text_zh": "843人"}
PAPER = {"zh": "《铜仁日报》", "en": "Tongren Daily"}
UNDATED = {"zh": "刊发日期不详，2022-08-06 转载", "en": "date of publication unknown, reposted 2022-08-06"}


def cited(language: str, **source: str | None) -> Lines:
    return cited_lines(RECORD, RECORD["as_stated"], ARTICLE | source, CATALOG, RELEASE, ADDRESS, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_is_cited_from_the_newspaper_and_found_by_way_of_the_dataset(language: str) -> None:
    full, short = cited(language)
    title = CATALOG["title"][language]
    parts = ["宋国平", ARTICLE["title"], PAPER[language], UNDATED[language], "转载网", "843人", title, RELEASE["id"]]
    places = [full.index(part) for part in parts]
    assert places == sorted(places)
    assert full.endswith(ADDRESS)
    for part in (PAPER[language], UNDATED[language], "5", RELEASE["id"], CATALOG["publisher"][language]):
        assert part in short


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_date_of_a_newspaper_is_told_if_it_is_known(language: str) -> None:
    for line in cited(language, published_on="2022-08-05"):
        assert "2022-08-05" in line
        assert UNDATED[language] not in line


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_is_not_attributed_to_the_dataset(language: str) -> None:
    for line in article_lines(ARTICLE, language):
        assert PAPER[language] in line
        assert CATALOG["publisher"][language] not in line
        assert RELEASE["id"] not in line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("record", [None, RECORD])
def test_the_dataset_and_its_own_records_are_cited_in_the_release(record: dict[str, str] | None, language: str) -> None:
    full, short = dataset_lines(record, CATALOG, RELEASE, ADDRESS, language)
    assert (RECORD[f"name_{language}"] in full) == bool(record)
    for part in (CATALOG["publisher"][language], RELEASE["id"], "2026"):
        assert part in full
        assert part in short
    assert full.endswith(ADDRESS)
