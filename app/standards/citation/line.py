"""A citation as text: in full for a list of references, and short for use within a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.entity import Bilingual
from app.standards.dating import dated

Record = Mapping[str, Any]  # as the API serves it
CHART, TABLE = Bilingual("图表", "chart"), Bilingual("表格", "table")


class Lines(NamedTuple):
    """A citation in full, and in short."""

    full: str
    short: str


def dataset_lines(record: Record | None, catalog: Record, release: Record, address: str, language: str) -> Lines:
    """Cite the dataset, or one of its records that no source states, in `zh` or `en`."""
    publisher, year = catalog["publisher"][language], str(release["released_on"])[:4]
    of = _dataset(catalog, release, language)
    if language == "zh":
        part = f"“{record['name_zh']}”，载" if record else ""
        return Lines(f"{publisher}（{year}）：{part}{of}。{address}", f"（{publisher}，{year}，版本 {release['id']}）")
    part = f"“{record['name_en'].removesuffix('.')}.” In " if record else ""
    return Lines(f"{publisher} ({year}). {part}{of}. {address}", f"({publisher}, {year}, release {release['id']})")


def article_lines(source: Record, language: str) -> Lines:
    """Cite a source, which its newspaper published, and not this dataset."""
    article, paper = _article(source, language), _paper(source, language)
    date = getattr(dated(source), language)
    if language == "zh":
        return Lines(f"{article}。{source['url']}", f"（{paper}，{date}）")
    return Lines(f"{article}. {source['url']}", f"({paper}, {date})")


def cited_lines(
    record: Record, words: str, source: Record, catalog: Record, release: Record, address: str, language: str
) -> Lines:
    """Cite the words of a source that a record is read from, and the dataset in which they were found."""
    article, of, number = _article(source, language), _dataset(catalog, release, language), record["paragraph"]
    paper, date = _paper(source, language), getattr(dated(source), language)
    text, publisher = record.get(f"text_{language}"), catalog["publisher"][language]
    if language == "zh":
        return Lines(
            f"{article}，第 {number} 段，“{words}”。转引自“{record['name_zh']}”，载{of}。{address}",
            f"（{paper}，{date}，第 {number} 段，转引自{publisher}，版本 {release['id']}）",
        )
    value = f" ({text})" if text else ""
    return Lines(
        f"{article}, paragraph {number}, “{words}”{value}. "
        f"Found by way of “{record['name_en'].removesuffix('.')}.” In {of}. {address}",
        f"({paper}, {date}, paragraph {number}; found in {publisher}, release {release['id']})",
    )


def shown_lines(
    title: str,
    kind: Bilingual,
    sources: Iterable[Record],
    catalog: Record,
    release: Record,
    address: str,
    language: str,
) -> Lines:
    """Cite a chart or table of the dataset, and the sources that state what it shows."""
    of, publisher = _dataset(catalog, release, language), catalog["publisher"][language]
    comma, semicolon = ("，", "；") if language == "zh" else (", ", "; ")
    cited = list(sources)
    articles = semicolon.join(_article(each, language) for each in cited)
    papers = semicolon.join(f"{_paper(each, language)}{comma}{getattr(dated(each), language)}" for each in cited)
    if language == "zh":
        return Lines(
            f"“{title}”（{kind.zh}），数字出自{articles}；载{of}。{address}",
            f"（{papers}，转引自{publisher}，版本 {release['id']}）",
        )
    return Lines(
        f"“{title}” ({kind.en}). Figures from {articles}. In {of}. {address}",
        f"({papers}; {kind.en} by {publisher}, release {release['id']})",
    )


def _article(source: Record, language: str) -> str:
    date, republisher = getattr(dated(source), language), source["republisher"]
    if language == "zh":
        via = f"，转载者：{republisher}" if republisher else ""
        return f"{'、'.join(source['authors'])}：《{source['title']}》，{_paper(source, language)}，{date}{via}"
    via = f", as reposted by {republisher}" if republisher else ""
    title = f"“{source['title']}” [{source['name_en']}]"
    return f"{', '.join(source['authors'])}. {title}. {_paper(source, language)}, {date}{via}"


def _paper(source: Record, language: str) -> str:
    if language == "zh":
        return f"《{source['publisher']}》"
    return source.get("publisher_en") or str(source["publisher"])


def _dataset(catalog: Record, release: Record, language: str) -> str:
    title, terms = catalog["title"][language], catalog["license"]["id"]
    return (
        f"《{title}》，版本 {release['id']}，{terms}"
        if language == "zh"
        else f"{title}, release {release['id']}, {terms}"
    )
