"""Citations, read back with the tools of those who use them."""

import json
import re
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

from app.standards.citation import STYLES, Citation, cite_dataset, cite_figure
from app.standards.citation.yaml import write as write_yaml

CATALOG: dict[str, Any] = {
    "title": {"zh": "山海开放数据", "en": "Shanhai Open Data: figures & facts of the East–West cooperation"},
    "publisher": {"zh": "山海开放数据", "en": "Shanhai Open Data"},
    "license": {"id": "CC-BY-4.0", "title": "CC BY", "url": "https://creativecommons.org/licenses/by/4.0/"},
}
RELEASE: dict[str, Any] = {"id": "2026-11-0123abcd", "edition": "2026.11", "released_on": "2026-11-23"}
SOURCE: dict[str, Any] = {
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

# Anything that a load lets through, with what a format could take for its own more often than chance would.
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
    """The entry as TeX would set it; the names a list."""
    stack = [SeparateCoAuthors(), LatexDecodingMiddleware(decoder=tex())]
    library = parse_string(STYLES["bib"].write(citation), append_middleware=stack)
    assert not library.failed_blocks
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    names = [tex().latex_to_text(name) for name in fields["author"]]
    raw = parse_string(STYLES["bib"].write(citation)).entries[0]
    return fields | {"author": names, "url": raw["url"], "type": entry.entry_type, "key": entry.key}


def tex() -> LatexNodes2Text:
    """A reader of TeX that knows LaTeX's own names for these characters too."""
    names = {"braceleft": "{", "braceright": "}", "less": "<", "greater": ">", "bar": "|", "asciicircum": "^"}
    known = get_default_latex_context_db()
    macros = [MacroTextSpec(f"text{name}", character) for name, character in names.items()]
    known.add_context_category("characters", prepend=True, macros=macros)
    return LatexNodes2Text(latex_context=known)


def rendered(citation: Citation) -> str:
    """The line that a citation processor prints in a bibliography."""
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    item = read_csl(citation)
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Cited([CitationItem(item["id"])]))
    (line,) = bibliography.bibliography()
    return str(line)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_dataset_in_bibtex() -> None:
    entry = read_bib(dataset())
    assert entry["type"] == "dataset"
    assert entry["key"] == "shanhai-2026-11-0123abcd"
    assert entry["author"] == [entry["publisher"]] == ["Shanhai Open Data"]
    assert entry["title"] == CATALOG["title"]["en"]
    assert entry["origtitle"] == "山海开放数据"
    assert (entry["year"], entry["month"], entry["day"]) == ("2026", "nov", "23")
    assert (entry["version"], entry["url"]) == ("2026.11", f"{BASE}/v1/releases/{RELEASE['id']}")
    assert "2026-11-0123abcd" in entry["note"]
    assert "CC-BY-4.0" in entry["note"]


def test_the_dataset_in_ris() -> None:
    reference = read_ris(dataset())
    assert reference["type_of_reference"] == "DATA"
    assert reference["authors"] == [reference["publisher"]] == ["Shanhai Open Data"]
    assert reference["title"] == CATALOG["title"]["en"]
    assert reference["translated_title"] == "山海开放数据"
    assert (reference["year"], reference["date"]) == ("2026", "2026/11/23")
    assert (reference["edition"], reference["number_of_volumes"]) == ("2026.11", "2026-11-0123abcd")
    assert reference["urls"] == [f"{BASE}/v1/releases/{RELEASE['id']}"]
    assert "CC-BY-4.0" in reference["notes"][0]


def test_the_dataset_in_a_bibliography() -> None:
    item = read_csl(dataset())
    assert (item["type"], item["version"], item["number"]) == ("dataset", "2026.11", "2026-11-0123abcd")
    assert "CC-BY-4.0" in item["note"]
    line = rendered(dataset())
    for part in ("Shanhai Open Data (2026)", one_line(CATALOG["title"]["en"]), f"{BASE}/v1/releases/{RELEASE['id']}"):
        assert part in line


def test_the_dataset_in_cff() -> None:
    document = read_cff(dataset())
    assert {"cff-version", "message", "title", "authors"} <= set(document)
    assert document["cff-version"] == "1.2.0"
    assert document["message"]
    assert document["type"] == "dataset"
    assert document["title"] == CATALOG["title"]["en"]
    assert document["authors"] == [{"name": "Shanhai Open Data"}]
    assert (document["version"], document["date-released"]) == ("2026.11", "2026-11-23")
    assert (document["license"], document["url"]) == ("CC-BY-4.0", f"{BASE}/v1/releases/{RELEASE['id']}")
    assert [each["value"] for each in document["identifiers"]] == ["2026-11-0123abcd"]
    assert "preferred-citation" not in document


def test_a_figure_in_bibtex() -> None:
    entry = read_bib(figure())
    assert (entry["type"], entry["entrysubtype"]) == ("article", "newspaper")
    assert entry["key"] == "shanhai-stable-employment"
    assert entry["author"] == ["宋国平", "韦继升"]
    assert (entry["title"], entry["journal"], entry["langid"]) == ("山海同心", "铜仁日报", "chinese")
    assert (entry["year"], entry["month"], entry["day"]) == ("2022", "aug", "6")
    assert entry["url"] == FIGURE["source_url"]
    for part in ("“843人”", "paragraph 5", RECORD, "2026.11", "2026-11-0123abcd", "转载网"):
        assert part in entry["note"]


def test_a_figure_in_ris() -> None:
    reference = read_ris(figure())
    assert reference["type_of_reference"] == "NEWS"
    assert reference["authors"] == ["宋国平", "韦继升"]
    assert (reference["title"], reference["secondary_title"]) == ("山海同心", "铜仁日报")
    assert (reference["date"], reference["language"]) == ("2022/08/06", "zh-Hans")
    assert (reference["section"], reference["urls"]) == ("paragraph 5", [FIGURE["source_url"]])
    assert reference["database_provider"] == CATALOG["title"]["en"]
    for part in ("“843人”", "paragraph 5", RECORD, "2026.11", "2026-11-0123abcd"):
        assert part in reference["notes"][0]


def test_a_figure_in_a_bibliography() -> None:
    item = read_csl(figure())
    assert (item["type"], item["section"], item["language"]) == ("article-newspaper", "paragraph 5", "zh-Hans")
    for part in ("“843人”", RECORD, "2026-11-0123abcd"):
        assert part in item["note"]
    line = rendered(figure())
    for part in ("宋国平 and 韦继升 (2022)", "山海同心", "铜仁日报", "6 August", FIGURE["source_url"]):
        assert part in line


def test_a_figure_in_cff() -> None:
    document = read_cff(figure())
    assert document["type"] == "dataset"
    article = document["preferred-citation"]
    assert article["type"] == "newspaper-article"
    assert article["authors"] == [{"name": "宋国平"}, {"name": "韦继升"}]
    assert (article["title"], article["journal"]) == ("山海同心", "铜仁日报")
    assert (article["date-published"], article["languages"]) == ("2022-08-06", ["zh"])
    assert (article["section"], article["url"]) == ("paragraph 5", FIGURE["source_url"])
    for part in ("“843人”", RECORD, "2026-11-0123abcd"):
        assert part in article["notes"]


def repost(**source: Any) -> Citation:
    """A figure of a text that was read in a repost, and of which the newspaper's own date is unknown."""
    return figure(published_on=None, reposted_on="2022-08-07", **source)


def test_a_repost_is_cited_as_the_page_that_it_is() -> None:
    note = "first published by 铜仁日报, on a date that is not known: page and date cited are those of the repost by 转载网"
    bib = read_bib(repost())
    assert (bib["type"], bib["howpublished"], bib["origpublisher"]) == ("misc", "转载网", "铜仁日报")
    assert (bib["year"], bib["month"], bib["day"]) == ("2022", "aug", "7")
    assert not {"journal", "entrysubtype"} & bib.keys()
    assert note in bib["note"]
    ris = read_ris(repost())
    assert (ris["type_of_reference"], ris["secondary_title"], ris["original_publication"]) == (
        "ELEC",
        "转载网",
        "铜仁日报",
    )
    assert (ris["date"], ris["year"]) == ("2022/08/07", "2022")
    assert note in ris["notes"][0]
    csl = read_csl(repost())
    assert (csl["type"], csl["container-title"], csl["original-publisher"]) == ("webpage", "转载网", "铜仁日报")
    assert csl["issued"] == {"date-parts": [[2022, 8, 7]]}
    assert note in csl["note"]
    cff = read_cff(repost())["preferred-citation"]
    assert (cff["type"], cff["publisher"], cff["journal"]) == ("website", {"name": "转载网"}, "铜仁日报")
    assert cff["date-published"] == "2022-08-07"
    assert note in cff["notes"]


def test_no_bibliography_puts_the_date_of_a_repost_beside_the_newspaper() -> None:
    line = rendered(repost())
    assert "山海同心" in line
    assert "转载网" in line or FIGURE["source_url"] in line
    assert "铜仁日报, 7 August" not in line
    for text in (STYLES[name].write(repost(republisher=None)) for name in STYLES):
        assert "those of the repost" in text
        assert "None" not in text


@given(TITLES)
@example("}{ -- --- '' ``quoted'' ?`!` ,, << @book{x, = \"y\" ~^")
def test_any_title_comes_through(title: str) -> None:
    expected = one_line(title)
    for cited in (dataset(title), figure(title=title)):
        assert read_bib(cited)["title"] == expected
        assert read_ris(cited)["title"] == expected
        assert read_csl(cited)["title"] == expected
    assert read_cff(dataset(title))["title"] == expected
    assert read_cff(figure(title=title))["preferred-citation"]["title"] == expected


def test_characters_that_mean_something_to_tex_are_escaped() -> None:
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
def test_a_name_stays_in_one_piece(name: str) -> None:
    cited = figure(authors=[name, "韦继升"])
    assert read_bib(cited)["author"] == [name, "韦继升"]
    assert read_ris(cited)["authors"] == [name, "韦继升"]
    assert [each["literal"] for each in read_csl(cited)["author"]] == [name, "韦继升"]


def test_when_the_text_was_taken_is_told_where_it_is_known() -> None:
    cited = figure(retrieved_on="2026-01-02")
    assert read_bib(cited)["urldate"] == "2026-01-02"
    assert read_ris(cited)["access_date"] == "2026/01/02"
    assert read_csl(cited)["accessed"] == {"date-parts": [[2026, 1, 2]]}
    assert read_cff(cited)["preferred-citation"]["date-accessed"] == "2026-01-02"
    assert "January 2, 2026" in rendered(cited)
    assert "urldate" not in read_bib(figure())


def test_what_a_source_lacks_is_left_out() -> None:
    cited = figure(republisher=None, language="fr")
    assert "reposted" not in read_csl(cited)["note"]
    assert "langid" not in read_bib(cited)
    assert read_cff(cited)["preferred-citation"]["languages"] == ["fr"]


def test_an_address_cannot_break_an_entry() -> None:
    cited = cite_figure(FIGURE | {"source_url": "https://x.example/{a\\}}"}, SOURCE, CATALOG, RELEASE, BASE)
    assert read_bib(cited)["url"] == "https://x.example/%7Ba%5C%7D%7D"


@given(st.text(MARKS | ANY))
@example('\x80 \x85 \x9f \u2028 \u2029 \ufeff \ufffe \uffff \\ " : # - {')
def test_any_text_is_told_by_yaml(text: str) -> None:
    value = {"text": text, "list": [text, {"inside": text, "deep": {"list": [text]}}]}
    assert yaml.safe_load(write_yaml(value)) == value
