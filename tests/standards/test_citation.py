"""Citations, parsed with the tools of their users."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import rispy
import yaml
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import example, given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from app.standards.citation import STYLES, Citation, cite_dataset, cite_figure, tags
from app.standards.citation.yaml import write as write_yaml

CATALOG: dict[str, Any] = {
    "title": {"zh": "山海开放数据", "en": "Shanhai Open Data: figures & facts of the East–West cooperation"},
    "publisher": {"zh": "山海开放数据", "en": "Shanhai Open Data"},
    "license": {"id": "CC-BY-4.0", "title": "CC BY", "url": "https://creativecommons.org/licenses/by/4.0/"},
}
RELEASE: dict[str, Any] = {"id": "2026-11-0123abcd", "edition": "2026.11", "released_on": "2026-11-23"}
SOURCE: dict[str, Any] = {
    "id": "daily",
    "url": "https://news.example/1",
    "title": "山海同心",
    "publisher": "铜仁日报",
    "republisher": "转载网",
    "authors": ["宋国平", "韦继升"],
    "published_on": "2022-08-06",
    "reposted_on": None,
    "retrieved_on": None,
    "language": "zh-Hans",
}
FIGURE: dict[str, Any] = {
    "id": "stable-employment",
    "as_stated": "843人",
    "paragraph": 5,
    "source_url": "https://news.example/a_b.html#:~:text=843%E4%BA%BA",
}
BASE = "https://data.example"
RECORD = f"{BASE}/v1/figures/stable-employment"

# Any text that a load accepts, with more of the characters that have a meaning in some format.
MARKS = st.sampled_from("{}{}\\%#&_~^$`'\"-,<>|@=;:()[]!?/\u0085\u2028\ufeff\uffff\n\t 山𠮷é")
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\x7f", min_codepoint=32)
TITLES = st.text(MARKS | ANY, min_size=1, max_size=40).filter(str.strip)


def dataset(title: str = CATALOG["title"]["en"]) -> Citation:
    return cite_dataset(CATALOG | {"title": {"zh": "山海开放数据", "en": title}}, RELEASE, BASE)


def figure(**source: Any) -> Citation:
    return cite_figure(FIGURE, SOURCE | source, CATALOG, RELEASE, BASE)


def read_csl(citation: Citation) -> dict[str, Any]:
    (item,) = json.loads(STYLES["csl.json"].write(citation))
    return dict(item)


def read_ris(citation: Citation) -> dict[str, Any]:
    text = STYLES["ris"].write(citation)
    assert text.count("\r\n") == text.count("\n")
    (reference,) = rispy.loads(text)
    assert "unknown_tag" not in reference
    return dict(reference)


def read_cff(citation: Citation) -> dict[str, Any]:
    return dict(yaml.safe_load(STYLES["cff"].write(citation)))


def read_bib(citation: Citation) -> dict[str, Any]:
    """Return the entry as TeX would typeset it, with the names as a list."""
    stack = [SeparateCoAuthors(), LatexDecodingMiddleware(decoder=tex())]
    library = parse_string(STYLES["bib"].write(citation), append_middleware=stack)
    assert not library.failed_blocks
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    names = [tex().latex_to_text(name) for name in fields["author"]]
    raw = parse_string(STYLES["bib"].write(citation)).entries[0]
    return fields | {"author": names, "url": raw["url"], "type": entry.entry_type, "key": entry.key}


def tex() -> LatexNodes2Text:
    """Return a TeX decoder that also knows LaTeX's names of these characters."""
    names = {"braceleft": "{", "braceright": "}", "less": "<", "greater": ">", "bar": "|", "asciicircum": "^"}
    context = get_default_latex_context_db()
    macros = [MacroTextSpec(f"text{name}", character) for name, character in names.items()]
    context.add_context_category("characters", prepend=True, macros=macros)
    return LatexNodes2Text(latex_context=context)


def rendered(citation: Citation) -> str:
    """Return the bibliography line of a citation processor."""
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    item = read_csl(citation)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Cited([CitationItem(item["id"])]))
    (line,) = bibliography.bibliography()
    return str(line)


def one_line(text: str) -> str:
    return " ".join(text.split())


RELEASE_URL = f"{BASE}/v1/releases/{RELEASE['id']}"
TITLE = CATALOG["title"]["en"]
READ: dict[str, Callable[[Citation], dict[str, Any]]] = {
    "bib": read_bib,
    "ris": read_ris,
    "csl.json": read_csl,
    "cff": read_cff,
    "article in cff": lambda citation: dict(read_cff(citation)["preferred-citation"]),
}
NOTES = {"bib": "note", "ris": "notes", "csl.json": "note", "article in cff": "notes"}

# What each style says of the dataset; of a figure; and of a figure in a repost whose original has no known date.
DATASET: dict[str, dict[str, Any]] = {
    "bib": {
        "type": "dataset", "key": "shanhai-2026-11-0123abcd", "author": ["Shanhai Open Data"], "publisher": "Shanhai Open Data",
        "title": TITLE, "origtitle": "山海开放数据", "year": "2026", "month": "nov", "day": "23", "version": "2026.11", "url": RELEASE_URL,
    },
    "ris": {
        "type_of_reference": "DATA", "authors": ["Shanhai Open Data"], "publisher": "Shanhai Open Data", "title": TITLE,
        "translated_title": "山海开放数据", "year": "2026", "date": "2026/11/23", "edition": "2026.11",
        "number_of_volumes": "2026-11-0123abcd", "urls": [RELEASE_URL],
    },
    "csl.json": {"type": "dataset", "version": "2026.11", "number": "2026-11-0123abcd"},
    "cff": {
        "cff-version": "1.2.0", "type": "dataset", "title": TITLE, "authors": [{"name": "Shanhai Open Data"}], "version": "2026.11",
        "date-released": "2026-11-23", "license": "CC-BY-4.0", "url": RELEASE_URL,
    },
}  # fmt: skip
FIGURE_IN: dict[str, dict[str, Any]] = {
    "bib": {
        "type": "article", "entrysubtype": "newspaper", "key": "shanhai-stable-employment", "author": ["宋国平", "韦继升"],
        "title": "山海同心", "journal": "铜仁日报", "langid": "chinese", "year": "2022", "month": "aug", "day": "6", "url": FIGURE["source_url"],
    },
    "ris": {
        "type_of_reference": "NEWS", "authors": ["宋国平", "韦继升"], "title": "山海同心", "secondary_title": "铜仁日报", "date": "2022/08/06",
        "language": "zh-Hans", "section": "paragraph 5", "urls": [FIGURE["source_url"]], "database_provider": TITLE,
    },
    "csl.json": {"type": "article-newspaper", "section": "paragraph 5", "language": "zh-Hans"},
    "cff": {"type": "dataset"},
    "article in cff": {
        "type": "newspaper-article", "authors": [{"name": "宋国平"}, {"name": "韦继升"}], "title": "山海同心", "journal": "铜仁日报",
        "date-published": "2022-08-06", "languages": ["zh"], "section": "paragraph 5", "url": FIGURE["source_url"],
    },
}  # fmt: skip
REPOST: dict[str, dict[str, Any]] = {
    "bib": {"type": "misc", "howpublished": "转载网", "origpublisher": "铜仁日报", "year": "2022", "month": "aug", "day": "7"},
    "ris": {
        "type_of_reference": "ELEC", "secondary_title": "转载网", "original_publication": "铜仁日报", "date": "2022/08/07", "year": "2022",
    },
    "csl.json": {
        "type": "webpage", "container-title": "转载网", "original-publisher": "铜仁日报", "issued": {"date-parts": [[2022, 8, 7]]},
    },
    "article in cff": {
        "type": "website", "publisher": {"name": "转载网"}, "journal": "铜仁日报", "date-published": "2022-08-07",
    },
}  # fmt: skip


def repost(**source: Any) -> Citation:
    return figure(published_on=None, reposted_on="2022-08-07", **source)


@pytest.mark.parametrize(
    ("cited", "style", "expected", "noted"),
    [
        *((dataset(), style, each, ["2026-11-0123abcd", "CC-BY-4.0"]) for style, each in DATASET.items()),
        *((figure(), style, each, ["“843人”", RECORD, "2026-11-0123abcd"]) for style, each in FIGURE_IN.items()),
        *(
            (
                repost(),
                style,
                each,
                ["first published by 铜仁日报, on a date that is not known", "the repost by 转载网"],
            )
            for style, each in REPOST.items()
        ),
    ],
)
def test_a_citation_has_the_fields_of_its_style(
    cited: Citation, style: str, expected: dict[str, Any], noted: list[str]
) -> None:
    fields = READ[style](cited)
    assert {name: fields.get(name) for name in expected} == expected
    if style in NOTES:
        assert [words for words in noted if words not in str(fields[NOTES[style]])] == []


def test_fields_that_do_not_apply_are_omitted() -> None:
    assert "preferred-citation" not in read_cff(dataset())
    assert [each["value"] for each in read_cff(dataset())["identifiers"]] == ["2026-11-0123abcd"]
    assert read_cff(dataset())["message"]
    assert not {"journal", "entrysubtype"} & read_bib(repost()).keys()
    without = figure(republisher=None, language="fr")
    assert "reposted" not in read_csl(without)["note"]
    assert "langid" not in read_bib(without)
    assert read_cff(without)["preferred-citation"]["languages"] == ["fr"]
    assert not [style for style in STYLES if "None" in STYLES[style].write(repost(republisher=None))]


def test_a_citation_processor_renders_them() -> None:
    lines = rendered(dataset()), rendered(figure()), rendered(repost())
    expected = (
        ["Shanhai Open Data (2026)", TITLE, RELEASE_URL],
        ["宋国平 and 韦继升 (2022)", "山海同心", "铜仁日报", "6 August", FIGURE["source_url"]],
        ["山海同心", "转载网"],
    )
    assert [[part for part in parts if part not in line] for line, parts in zip(lines, expected, strict=True)] == [
        []
    ] * 3
    assert "铜仁日报, 7 August" not in lines[2]  # the date is that of the repost


@given(TITLES)
@example("}{ -- --- '' ``quoted'' ?`!` ,, << @book{x, = \"y\" ~^")
def test_any_title_survives(title: str) -> None:
    expected = one_line(title)
    for cited in (dataset(title), figure(title=title)):
        assert read_bib(cited)["title"] == expected
        assert read_ris(cited)["title"] == expected
        assert read_csl(cited)["title"] == expected
    assert read_cff(dataset(title))["title"] == expected
    assert read_cff(figure(title=title))["preferred-citation"]["title"] == expected


def test_special_characters_of_tex_are_escaped() -> None:
    entry = STYLES["bib"].write(dataset("5% & #1_$ {~^\\}"))
    escaped = r"{{5\% \& \#1\_\$ {\textbraceleft}{\textasciitilde}{\textasciicircum}{\textbackslash}{\textbraceright}}}"
    assert f"title = {escaped},\n" in entry


@given(TITLES)
def test_braces_are_balanced_as_bibtex_counts_them(title: str) -> None:
    open_braces = 0
    for brace in re.findall(r"[{}]", STYLES["bib"].write(dataset(title)).strip().removesuffix("}")):
        open_braces += 1 if brace == "{" else -1
        assert open_braces > 0
    assert open_braces == 1


@pytest.mark.parametrize("name", ["Smith and Sons", "Lu, Xun", "{Xun", "van der Lu, Jr., X", "et al."])
def test_a_name_is_not_split(name: str) -> None:
    cited = figure(authors=[name, "韦继升"])
    assert read_bib(cited)["author"] == [name, "韦继升"]
    assert read_ris(cited)["authors"] == [name, "韦继升"]
    assert [each["literal"] for each in read_csl(cited)["author"]] == [name, "韦继升"]


def test_the_date_of_retrieval_is_given_if_known() -> None:
    cited = figure(retrieved_on="2026-01-02")
    assert read_bib(cited)["urldate"] == "2026-01-02"
    assert read_ris(cited)["access_date"] == "2026/01/02"
    assert read_csl(cited)["accessed"] == {"date-parts": [[2026, 1, 2]]}
    assert read_cff(cited)["preferred-citation"]["date-accessed"] == "2026-01-02"
    assert "January 2, 2026" in rendered(cited)
    assert "urldate" not in read_bib(figure())


def test_an_address_cannot_break_an_entry() -> None:
    cited = cite_figure(FIGURE | {"source_url": "https://x.example/{a\\}}"}, SOURCE, CATALOG, RELEASE, BASE)
    assert read_bib(cited)["url"] == "https://x.example/%7Ba%5C%7D%7D"


@given(st.text(MARKS | ANY))
@example('\x80 \x85 \x9f \u2028 \u2029 \ufeff \ufffe \uffff \\ " : # - {')
def test_any_text_survives_yaml(text: str) -> None:
    document = {"text": text, "list": [text, {"inside": text, "deep": {"list": [text]}}]}
    assert yaml.safe_load(write_yaml(document)) == document


def test_tags_give_the_date_of_a_repost_as_that_of_the_page_alone() -> None:
    printed = dict(tags(figure()))
    assert (printed["z:itemType"], printed["citation_journal_title"]) == ("newspaperArticle", "铜仁日报")
    assert printed["citation_publication_date"] == "2022/08/06"
    reposted = dict(tags(figure(published_on=None, reposted_on="2022-08-07")))
    assert (reposted["z:itemType"], reposted["citation_journal_title"]) == ("webpage", "转载网")
    assert reposted["citation_online_date"] == "2022/08/07"
    assert "citation_publication_date" not in reposted
