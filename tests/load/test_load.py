"""Loading: every fault with its line, all or nothing, and the same seed twice changes nothing."""

import csv
import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.load import InvalidSeed, load, prepare, unchanged
from app.load.figures import compute_figure, derive
from app.load.locators import Locator
from app.load.rows import MAX_CELL_CHARS, SYNONYMS, Row, read_rows
from app.load.search_index import write_index
from app.models import ENTITIES, Figure
from app.models.derived_figure import DerivedFigure
from app.models.release import Release
from tests.conftest import SEED, client_of, loaded, quiet
from tests.databases import rows_of
from tests.load.editing import Break, F, add_line, cell, edit, restate, sealed, without

D, M = "derived-figures.csv", "mentions.csv"


def other_source(seed: Path) -> None:
    """Let the figure of a part be of another source, as if it had been located there."""
    add_line(
        "sources.csv", (seed / "sources.csv").read_text("utf-8").splitlines()[1].replace("tongren-daily-", "other-")
    )(seed)
    cell(F, "stable-employment-in-guangdong", "source_id", "other-2022-08-06")(seed)


def mention(record: str, place: str, **cells: str) -> Break:
    """Let a mention be where `place`, a collection and id in locators.csv, is located."""

    def change(seed: Path) -> None:
        path = seed / "locators.csv"
        lines = path.read_text("utf-8").splitlines()
        located = next(line for line in lines if f",{place}," in line).replace(f",{place},", f",mentions,{record},")
        lines = [line for line in lines if f",mentions,{record}," not in line]
        path.write_text("\n".join([*lines, located]) + "\n", "utf-8")
        for column, value in cells.items():
            cell(M, record, column, value)(seed)

    return change


BROKEN: dict[str, tuple[Break, str]] = {
    "a synonym of two words": (add_line(SYNONYMS, "房屋,two words"), r"synonyms\.csv:\d+: 'two words' is not one word"),
    "a synonym in two groups": (
        add_line(SYNONYMS, "钱,coins"),
        r"synonyms\.csv:\d+: '钱' is in line 2 already\. Leave one, or join the two groups\.",
    ),
    "a synonym of nothing": (add_line(SYNONYMS, "房屋,"), r"synonyms\.csv:\d+: A group needs two words"),
    "synonyms without their header": (edit(SYNONYMS, "zh,en", "a,b"), r"synonyms\.csv:1: The header is zh,en: words in"),
    "wrong token": (
        cell(F, "fiscal-aid-funds", "as_stated", "8741万元"),
        r"figures\.csv:\d+: as_stated: '8741万元' is not what was located in paragraph 3 \[31:37\], or the occurrence or locators\.csv was edited\. Correct the words, or run",
    ),
    "a token that is no quantity": (cell(F, "fiscal-aid-funds", "as_stated", "许多元"), r"as_stated: .*许多元"),
    "unknown reference": (
        cell("enterprises.csv", "huaqin", "program_id", "labour-coperation"),
        r"enterprises\.csv:\d+: program_id: No program has the id 'labour-coperation'\. Did you mean 'labour-cooperation'\?",
    ),
    "unknown subject": (cell(F, "youth-teams", "subject_id", "youth-team"), r"subject_id: No basketball-team has the id 'youth-team'\. Did you mean"),
    "duplicate id": (
        lambda seed: add_line("products.csv", (seed / "products.csv").read_text("utf-8").splitlines()[1])(seed),
        r"products\.csv:6: id: .* is already the id of line 2\. Ids are unique\.",
    ),
    "bad encoding": (
        lambda seed: (seed / "places.csv").write_bytes((seed / "places.csv").read_text("utf-8").encode("gb18030")),
        r"places\.csv:2: Byte 0x\w\w is not UTF-8\. Save the file as UTF-8",
    ),
    "missing column": (
        edit(F, ",status,", ",state,"),
        r"figures\.csv:1: status: Column missing\. The columns are id, name_zh, ",
    ),
    "unknown column": (edit(F, ",status,", ",state,"), r"figures\.csv:1: state: Unknown column\. Did you mean 'status'\?"),
    "a number typed into a measured column": (
        edit("basketball-teams.csv", "kind,", "kind,team_count,"),
        r"basketball-teams\.csv:1: team_count: Filled from figures\. State the number in figures\.csv, with field team_count",
    ),
    "a computed column": (edit(F, ",as_stated,", ",value,as_stated,"), r"figures\.csv:1: value: Computed by the loader\. Remove the column\."),
    "a number with no evidence": (cell(F, "youth-teams", "as_stated", ""), r"as_stated: The cell is empty\. This column needs a value\."),
    "a record not located": (
        lambda seed: (cell(F, "youth-teams", "id", "youth-teams-2")(seed)),
        r"as_stated: '80支' has not been located in the source\. Run `shanhai locate FILE`",
    ),
    "unknown term": (
        cell("enterprises.csv", "huaqin", "role", "class-nammesake"),
        r"role: 'class-nammesake' is no term of role\. Did you mean 'class-namesake'\? Its terms: introduced, planner, .*, "
        r"brought-in\. Use one of them, or add it to vocabularies\.csv\.",
    ),
    "term of no vocabulary": (
        cell("vocabularies.csv", "sector-retail", "vocabulary", "sectr"),
        r"vocabularies\.csv:\d+: vocabulary: 'sectr' is no known value\. Did you mean 'sector'\?",
    ),
    "label of another term": (
        cell("vocabularies.csv", "sector-retail", "name_en", "Apparel"),
        r"vocabularies\.csv:\d+: name_en: The term of line \d+ has this name too\. Add what tells them apart\.",
    ),
    "broader term of another vocabulary": (
        cell("vocabularies.csv", "sector-retail", "broader_id", "role-retailer"),
        r"vocabularies\.csv:\d+: broader_id: 'role-retailer' is of another vocabulary\. Name a term of sector\.",
    ),
    "term of another vocabulary": (
        cell("vocabularies.csv", "sector-retail", "vocabulary", "role"),
        r"vocabularies\.csv:\d+: id: 'sector-retail' does not begin with its vocabulary\. Write role-",
    ),
    "bad id": (cell("products.csv", "yellow-peach", "id", "Yellow_Peach"), r"products\.csv:\d+: id: 'Yellow_Peach' is not in the right form: a to z, 0 to 9 and single hyphens"),
    "reserved id": (cell("products.csv", "yellow-peach", "id", "aggregate"), r"'aggregate' is an address of the API\. Choose another"),
    "bad date": (cell("sources.csv", "tongren-daily-2022-08-06", "published_on", "2022-13-06"), r"published_on: .*not a date"),
    "a source of unknown date": (
        cell("sources.csv", "tongren-daily-2022-08-06", "reposted_on", ""),
        r"sources\.csv:2: published_on: published_on and reposted_on are both empty\. Give the date of publication or of the repost",
    ),
    "a text without end": (
        cell("products.csv", "yellow-peach", "summary_en", "a" * 5_001),
        r"products\.csv:\d+: summary_en: The text has 5001 characters\. At most 5000 can be searched and shown",
    ),
    "white space": (edit("products.csv", "yellow-peach,", " yellow-peach,"), r"begins or ends with white space\. Remove it\."),
    "a carriage return": (cell("products.csv", "yellow-peach", "summary_en", "One,\rtwo."), r"summary_en: 'One,\\rtwo\.' holds a carriage return\. End lines"),
    "decomposed characters": (cell("products.csv", "yellow-peach", "summary_en", "Cafe\u0301."), r"summary_en: .* holds decomposed characters \(NFD\)\. Save"),
    "too many cells": (edit("products.csv", "黄桃,", "黄桃,,"), r"products\.csv:\d+: \d+ cells under a header of \d+\. Put quotes"),
    "unclosed quote": (add_line("products.csv", '"x'), r"products\.csv:6: Not valid CSV"),
    "a circle of parents": (
        cell("programs.csv", "nancheng-bijiang-cooperation", "parent_id", "labour-cooperation"),
        r"programs\.csv:\d+: parent_id: The references form a cycle: ",
    ),
    "a part greater than its whole": (
        cell(F, "stable-employment", "part_of_id", "stable-employment-in-guangdong"),
        r"part_of_id: The part is at least 2505, more than its whole 'stable-employment-in-guangdong' of at most 843",
    ),
    "a part of something else": (
        cell(F, "youth-teams", "part_of_id", "stable-employment"),
        r"part_of_id: The part is in team, its whole 'stable-employment' in person",
    ),
    "another unit than its indicator": (
        cell(F, "youth-teams", "indicator_id", "stable-employment"),
        r"indicator_id: 'stable-employment' is in person, these words are in team",
    ),
    "a field that is not measured": (cell(F, "youth-teams", "field", "kind"), r"field: 'kind' is not a measured column of basketball-team\. Use one of team_count, player_count"),
    "a field in another unit": (cell(F, "youth-teams", "field", "player_count"), r"field: player_count is counted in person, these words in team"),
    "a field filled twice": (
        cell(F, "dongguan-supervisors", "field", "local_worker_count"),
        r"field: local_worker_count of .* is already filled by the figure 'local-social-workers' of the same time\. Give their times",
    ),
    "a period that the words deny": (
        cell(F, "monthly-clinic-and-teaching-visits", "period", "per_year"),
        r"period: '每月至少一次' says per month\. The period is per_month\.",
    ),
    "an operand that does not exist": (
        cell(D, "players-per-youth-team", "denominator_id", "youth-team"),
        r"derived-figures\.csv:\d+: denominator_id: No figure has the id 'youth-team'\. Did you mean 'youth-teams'\?",
    ),
    "operands of another status": (
        cell(F, "youth-teams", "status", "planned"),
        r"derived-figures\.csv:\d+: denominator_id: The status of 'youth-teams' is planned, of 'youth-players' achieved\. A ratio needs",
    ),
    "operands of another period": (
        cell(D, "players-per-youth-team", "denominator_id", "fiscal-aid-projects"),
        r"denominator_id: The period of 'fiscal-aid-projects' is cumulative, of 'youth-players' as_of\. A ratio needs figures that agree",
    ),
    "a denominator of nothing": (
        restate("youth-teams", "零支"),
        r"denominator_id: youth-players / youth-teams: The denominator is 0\. Nothing can be divided by 0\. Choose other",
    ),
    "operands that could be anything": (
        restate("recruiting-enterprises", "55余家"),
        r"denominator_id: job-postings / recruiting-enterprises: more than 11 000 divided by more than 55 could be anything",
    ),
    "a figure divided by itself": (
        cell(D, "players-per-youth-team", "denominator_id", "youth-players"),
        r"derived-figures\.csv:\d+: denominator_id: The numerator and the denominator are the same\. Choose another figure",
    ),
    "a value typed into a derived figure": (
        edit(D, ",numerator_id,", ",value,numerator_id,"),
        r"derived-figures\.csv:1: value: Computed by the loader\. Remove the column\.",
    ),
    "a file of no collection": (
        lambda seed: (seed / "figure.csv").write_text("id\n"),
        r"figure\.csv: No collection has this name\. Did you mean 'figures\.csv'\?",
    ),
    "a missing file": (lambda seed: (seed / "products.csv").unlink(), r"products\.csv: File not found"),
    "no locators": (lambda seed: (seed / "locators.csv").unlink(), r"locators\.csv: File not found\. Run `shanhai locate FILE`"),
    "locators edited": (edit("locators.csv", "paragraph,", "para,"), r"^locators\.csv: The file is unreadable .*\. Restore it, or delete it and run `shanhai locate` for each source\.$"),
    "a place edited": (edit("locators.csv", ",5,474,478,", ",5,475,479,"), r"as_stated: '843人' is not what was located in paragraph 5"),
    "a place cut short": (edit("locators.csv", ",5,474,478,", ",5,474,477,"), r"as_stated: '843人' is not what was located in paragraph 5"),
    "a place of no number": (edit("locators.csv", ",5,474,478,", ",5,474,x,"), r"locators\.csv: The file is unreadable"),
    "a place nowhere": (edit("locators.csv", ",5,474,478,", ",5,-1,3,"), r"locators\.csv: The file is unreadable .* has no valid span"),
    "a paragraph taken away": (edit("locators.csv", ",5,0,479,sources,", ",9,0,479,sources,"), r"paragraphs: locators\.csv lacks some of its paragraphs"),
    "an occurrence of many digits": (cell(F, "youth-teams", "occurrence", "9" * 5000), r"occurrence: .* is not a whole number"),
    "an address that is none": (cell("sources.csv", "tongren-daily-2022-08-06", "url", "javascript:alert(1)"), r"url: .* is not in the right form: an address that begins with https://"),
    "an empty file": (lambda seed: (seed / "products.csv").write_text(""), r"products\.csv:1: The file is empty\. Its header is id,name_zh,"),
    "a misspelt optional column": (edit("products.csv", ",occurrence", ",occurence"), r"occurence: Unknown column\. Did you mean 'occurrence'\?"),
    "a word in the wrong paragraph": (cell(F, "youth-teams", "paragraph", "5"), r"paragraph: The words were located in paragraph 6"),
    "catalogue incomplete": (edit("catalog.toml", "edition =", "edtion ="), r"catalog\.toml: .*edition: Field required"),
    "a noun in one language": (cell("indicators.csv", "training-classes", "noun_en", ""), r"noun_en: noun_zh is given, this is empty\. Give noun_zh, noun_en, noun_en_plural, or none"),
    "a noun of money": (edit("indicators.csv", ",CNY,,,,", ",CNY,笔钱,sum,sums,"), r"noun_zh: The unit CNY counts nothing that has a noun"),
    "a noun of another unit": (cell("indicators.csv", "training-classes", "noun_zh", "名学生"), r"noun_zh: '名学生' does not begin with a classifier of the unit item: 个、"),
    "edited date": (edit("locators.csv", ",2026-", ",2027-"), r"places\.csv:2: as_named: .*locators\.csv was edited"),
    "half a date": (edit("locators.csv", ",,2026-", ",,"), r"locators\.csv: The file is unreadable"),
    "another occurrence": (
        cell("programs.csv", "labour-cooperation", "occurrence", ""),
        r"programs\.csv:\d+: as_named: .* or the occurrence or locators\.csv was edited",
    ),
    "a numeral edited": (edit("locators.csv", ",6,152,154,numerals", ",6,152,155,numerals"), r"locators\.csv: .*The numerals of paragraph 6 were edited"),
    "a part of another source": (other_source, r"part_of_id: Its whole 'stable-employment' is of another source, 'tongren-daily-2022-08-06'"),
    "a mention of nothing": (
        cell(M, "dongguan-with-party-brand", "subject_id", "dongguang"),
        r"mentions\.csv:3: subject_id: No place has the id 'dongguang'\. Did you mean 'dongguan'\?",
    ),
    "a mention of a figure": (
        cell(M, "dongguan-with-party-brand", "subject_kind", "figure"),
        r"mentions\.csv:3: subject_kind: 'figure' is no known value\..* It is one of basketball-team, enterprise,",
    ),
    "a mention in its record's own place": (
        mention("guangdong-as-market", "places,guangdong", as_named="广东省", paragraph="1", occurrence=""),
        r"mentions\.csv:5: as_named: The place 'guangdong' is located by these words itself\. A mention names it in another place\.",
    ),
    "a mention twice": (
        mention("bijiang-in-opening", "mentions,dongguan-with-party-brand", as_named="东莞", paragraph="2", occurrence="1", subject_id="dongguan"),
        r"mentions\.csv:3: as_named: Line 2 has these words of 'dongguan' already\. Remove one of the lines\.",
    ),
    "a mention that was not located": (
        cell(M, "jiaduobao-at-planting-base", "as_named", "加多宝厂"),
        r"mentions\.csv:4: as_named: '加多宝厂' is not what was located in paragraph 3",
    ),
    "two figures of one name": (
        cell(F, "youth-players", "name_zh", "青少年篮球队数"),
        r"figures\.csv:\d+: name_zh: The figure of line \d+ has this name too\. Add what tells them apart",
    ),
    "a source that was not located": (
        edit("locators.csv", "tongren-daily-2022-08-06", "other", -1),
        r"sources\.csv:2: paragraphs: It has not been located\. Run `shanhai locate FILE --source-id tongren-daily-2022-08-06 --lines",
    ),
    "a note in one language": (cell(F, "youth-teams", "note_zh", "见注。"), r"note_en: note_zh is given, this is empty\. Give both, or neither"),
    "names swapped": (
        edit("products.csv", "黄桃,Yellow peaches", "Yellow peaches,黄桃"),
        r"name_zh: name_zh and name_en look swapped: 'Yellow peaches' has no Chinese character",
    ),
    "English in Chinese": (cell("products.csv", "yellow-peach", "name_en", "黄桃"), r"name_en: '黄桃' is in Chinese alone\. Write it in English"),
    "Chinese in English": (cell("products.csv", "yellow-peach", "name_zh", "Peach"), r"name_zh: 'Peach' has no Chinese character\. Write it in Chinese, or as in name_en"),
    "a language of another kind": (cell("sources.csv", "tongren-daily-2022-08-06", "language", "zh_CN"), r"language: 'zh_CN' is not in the right form: a BCP 47 tag"),
    "authors in one": (
        cell("sources.csv", "tongren-daily-2022-08-06", "authors", "张三、李四"),
        r"authors: '张三、李四' holds '、'\. Write \| between the texts of this list, such as 张三\|李四",
    ),
    "authors with a space": (
        cell("sources.csv", "tongren-daily-2022-08-06", "authors", "张三 李四"),
        r"authors: '张三 李四' has white space between Chinese characters\. Write \|",
    ),
    "authors with an empty one": (cell("sources.csv", "tongren-daily-2022-08-06", "authors", "张三||李四"), r"authors: .* has an empty text"),
    "a code of letters": (cell("places.csv", "guangdong", "code", "GD"), r"code: 'GD' is not in the right form: six digits down to counties"),
    "rows of commas": (add_line("products.csv", ",,,,,,,,,,\n,,,,,,,,,,"), r"products\.csv:6: The line is empty\. So are 1 more, up to line 7\. Delete them\."),
    "a row of commas": (add_line("products.csv", ",,,,,,,,,,"), r"products\.csv:6: The line is empty\. Delete it\."),
    "a column of commas": (edit("products.csv", ",occurrence", ",,"), r"products\.csv:1: The header has a cell without a name\. Delete"),
    "semicolons": (
        lambda seed: (seed / "products.csv").write_text((seed / "products.csv").read_text("utf-8").replace(",", ";"), "utf-8"),
        r"products\.csv:1: The cells are separated by semicolons\. Save the file with commas",
    ),
    "tabs": (
        lambda seed: (seed / "products.csv").write_text((seed / "products.csv").read_text("utf-8").replace(",", "\t"), "utf-8"),
        r"products\.csv:1: The cells are separated by tabs\. Save",
    ),
    "catalogue unreadable": (edit("catalog.toml", "[title]", "[title"), r"catalog\.toml: .*line"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_names_its_line_and_column(seed: Path, fault: str) -> None:
    spoil, pattern = BROKEN[fault]
    spoil(seed)
    with pytest.raises(InvalidSeed) as caught:
        prepare(seed, quiet)
    assert re.search(pattern, str(caught.value)), str(caught.value)


def test_a_numeral_is_a_figure_or_it_is_none(seed: Path) -> None:
    rows = (seed / "locators.csv").read_text("utf-8").splitlines()
    figure = next(row for row in rows if ",figures,youth-teams," in row).split(",")
    place = Locator(
        figure[0], int(figure[1]), int(figure[2]), int(figure[3]), "excluded-numerals", "canyu-in-heading", ""
    )
    lines = [row for row in rows if "canyu-in-heading" not in row]
    lines.append(",".join(map(str, sealed(place, "80支", seed))))
    (seed / "locators.csv").write_text("\n".join(lines) + "\n", "utf-8")
    cell("excluded-numerals.csv", "canyu-in-heading", "as_named", "80支")(seed)
    with pytest.raises(InvalidSeed, match=r"as_named: '80支' is in the figure 'youth-teams' too\. Keep one of them"):
        prepare(seed, quiet)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_file_without_a_column_loads_with_its_default_or_names_the_column(seed: Path, entity: Any) -> None:
    """As a seed does that is older than the column."""
    file = f"{entity.collection.slug}.csv"
    for column in (each for each in entity.columns().values() if not each.declared.computed):
        without(file, column.name)(seed)
        read, faults = read_rows(seed, quiet)
        missing = [str(fault) for fault in faults if "Column missing" in str(fault)]
        if column.nullable or column.declared.default:
            assert missing == []
            assert {row.values[column.name] for row in read if row.entity is entity} == {column.declared.default}
        else:
            assert len(missing) == 1
            assert missing[0].startswith(f"{file}:1: {column.name}: Column missing. The columns are id, ")


def test_an_older_seed_is_served_with_nulls_and_without_mentions(seed: Path, tmp_path: Path) -> None:
    without("sources.csv", "republisher")(seed)
    (seed / M).unlink()
    with client_of(loaded(f"sqlite:///{tmp_path / 'shanhai.sqlite'}", seed)) as client:
        assert {each["republisher"] for each in client.get("/v1/sources").json()["data"]} == {None}
        assert client.get("/v1/mentions").json()["data"] == []
        assert client.get("/v1/places/dongguan?include=mentions").json()["data"]["mentions"] == []
        paths = (
            "/zh/mentions",
            "/en/places/dongguan",
            "/v1/mentions.csv",
            "/v1/mentions/aggregate",
            "/v1/openapi.json",
        )
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.parametrize("fault", ["bad encoding", "missing column", "bad figure id"])
def test_one_fault_is_reported_once(seed: Path, fault: str) -> None:
    {
        **{name: spoil for name, (spoil, _) in BROKEN.items()},
        "bad figure id": cell(F, "youth-players", "id", "Youth_Players"),
    }[fault](seed)
    with pytest.raises(InvalidSeed) as caught:
        prepare(seed, quiet)
    assert len(caught.value.faults) <= 2, str(caught.value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("as_stated", "8741万元"),
        ("as_stated", "许多元"),
        ("as_stated", ""),
        ("status", "achived"),
        ("period", "forever"),
        ("paragraph", "5"),
        ("source_id", ""),
    ],
)
def test_a_fault_of_a_figure_is_reported_for_its_file_only(seed: Path, column: str, value: str) -> None:
    cell(F, "fiscal-aid-funds", column, value)(seed)
    with pytest.raises(InvalidSeed) as caught:
        prepare(seed, quiet)
    assert [fault.file for fault in caught.value.faults] == [F], str(caught.value)


def stated(words: str, **cells: str | None) -> Row:
    """A row of figures.csv, as it is before its words are read."""
    return Row(
        Figure,
        F,
        2,
        {"as_stated": words, "subject_kind": None, "replaced_by_id": None, "per": None, "change": "level", **cells},
    )


@pytest.mark.parametrize(
    ("words", "period", "given", "per"),
    [
        ("每亩每年300元", "per_year", None, "mu.year"),
        ("每亩300元", "per_year", None, "mu.year"),
        ("300元", "per_year", "mu.year", "mu.year"),
        ("20元/斤", "as_of", None, "jin"),
        ("户均2.5人", "cumulative", None, "household"),
        ("日均20万公斤", "as_of", None, "d"),
        ("8000元", "per_person_per_year", None, "person.year"),
        ("8000元", "as_of", "person", "person"),
        ("每人每月1200元", "per_month", None, "person.month"),
        ("3亿元", "per_year", None, "year"),
        ("3亿元", "as_of", None, None),
    ],
)
def test_what_a_value_is_per(words: str, period: str, given: str | None, per: str | None) -> None:
    row = stated(words, period=period, per=given)
    assert not [*compute_figure(row, None, None, None)]
    assert row.values["per"] == per


@pytest.mark.parametrize(
    ("words", "cells", "fault"),
    [
        ("每亩每年300元", {"period": "as_of"}, "period: '每亩每年300元' says per mu.year. The period is per_year."),
        ("每天3次", {"period": "per_year"}, "period: '每天3次' says per d. The period is as_of or cumulative."),
        ("3000元", {"period": "per_year", "per": "person.month"}, "period: '3000元' says per nothing, and per is person.month. The period is per_month."),
        ("每亩300元", {"period": "per_year", "per": "mu"}, "per: 'mu' is incomplete or not in order: '每亩300元' says per mu, and the period is per_year. Write mu.year."),
        ("300元", {"period": "per_year", "per": "year.mu"}, "per: 'year.mu' is incomplete or not in order: '300元' says per nothing, and the period is per_year. Write mu.year."),
        ("300元", {"period": "as_of", "per": "household-year"}, "per: 'household-year' is no unit that a value can be per. Did you mean 'household'?"),
        ("300元", {"period": "as_of", "per": "CNY"}, "per: 'CNY' is no unit that a value can be per. It is one of "),
        ("翻一番", {"period": "as_of"}, "change: '翻' says that '翻一番' is multiple, not level. Write multiple."),
        ("3公里", {"period": "as_of", "change": "multiple"}, "change: '3公里' is in km. A multiple of an earlier amount is in 倍, 番 or %."),
    ],
)  # fmt: skip
def test_a_rate_or_change_that_the_words_deny_is_refused(words: str, cells: dict[str, str], fault: str) -> None:
    (refusal,) = compute_figure(stated(words, **cells), None, None, None)
    assert str(refusal).startswith(f"{F}:2: {fault}")


@pytest.mark.parametrize(
    ("teams", "why"),
    [
        ({"as_of": dt.date(2023, 8, 6)}, "The as_of of 'teams' is 2023-08-06, of 'players' 2022-08-06."),
        ({"per": "mu"}, "The per of 'teams' is mu, of 'players' nothing."),
    ],
)
def test_figures_of_different_dates_or_rates_make_no_ratio(teams: dict[str, Any], why: str) -> None:
    alike = {"status": "achieved", "period": "as_of", "as_of": dt.date(2022, 8, 6), "change": "level"}
    alike |= {"time": None, "time_kind": "not-stated", "per": None}
    figures = {
        "players": Row(Figure, F, 2, {"as_stated": "980人"} | alike),
        "teams": Row(Figure, F, 3, {"as_stated": "80支"} | alike | teams),
    }
    row = Row(DerivedFigure, D, 2, {"numerator_id": "players", "denominator_id": "teams"})
    (fault,) = derive(row, figures)
    assert str(fault).startswith(f"{D}:2: denominator_id: {why}")


def test_all_faults_are_reported_together(seed: Path) -> None:
    names = ["wrong token", "unknown term", "bad date"]
    for name in names:
        BROKEN[name][0](seed)
    cell("places.csv", "bijiang", "level", "village")(seed)
    cell("programs.csv", "labour-cooperation", "theme", "")(seed)
    with pytest.raises(InvalidSeed) as caught:
        prepare(seed, quiet)
    message = str(caught.value)
    assert all(re.search(BROKEN[name][1], message) for name in names)
    assert re.search(r"places\.csv:\d+: level: 'village' is no term of level\. ", message)
    assert re.search(r"programs\.csv:\d+: theme: The cell is empty\. This column needs a value\.", message)


def test_an_unknown_term_is_reported_beside_a_file_that_cannot_be_read(seed: Path) -> None:
    for name in (names := ["unknown term", "missing column"]):
        BROKEN[name][0](seed)
    with pytest.raises(InvalidSeed) as caught:
        prepare(seed, quiet)
    assert all(re.search(BROKEN[name][1], str(caught.value)) for name in names)


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_unknown_value_of_any_reference_is_reported(seed: Path, entity: Any) -> None:
    for column in entity.columns().values():
        if column.declared.reference:
            copy = seed.parent / column.name
            copy.mkdir()
            for path in seed.iterdir():
                (copy / path.name).write_bytes(path.read_bytes())
            file = f"{entity.collection.slug}.csv"
            record = (copy / file).read_text("utf-8").splitlines()[1].split(",")[0]
            cell(file, record, column.name, "nothing-of-this-id")(copy)
            with pytest.raises(InvalidSeed, match=f"{column.name}: No .* has the id 'nothing-of-this-id'"):
                prepare(copy, quiet)


def test_the_same_seed_twice_changes_nothing(fresh: str) -> None:
    before = rows_of(loaded(fresh))
    with Database(fresh, "load") as database:
        assert not load(SEED, database, quiet).changed
    assert rows_of(fresh) == before


def test_a_broken_seed_changes_nothing(fresh: str, seed: Path) -> None:
    before = rows_of(loaded(fresh))
    BROKEN["wrong token"][0](seed)
    with Database(fresh, "load") as database, pytest.raises(InvalidSeed):
        load(seed, database, quiet)
    assert rows_of(fresh) == before


@pytest.mark.parametrize("moment", ["wrote figures", "indexed figures"])
def test_a_load_that_fails_half_way_changes_nothing(fresh: str, seed: Path, moment: str) -> None:
    before = rows_of(loaded(fresh))
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)

    def fail(message: str) -> None:
        if message.startswith(moment):
            raise RuntimeError("the power went out")

    with Database(fresh, "load") as database, pytest.raises(RuntimeError):
        load(seed, database, fail)
    assert rows_of(fresh) == before
    with client_of(fresh) as client:
        assert client.get("/v1/products/yellow-peach").json()["data"]["summary_en"] != "Changed."
        assert search(client, "changed") == []
        assert search(client, "黄桃")


def search(client: TestClient, query: str) -> list[str]:
    return [hit["id"] for hit in client.get("/v1/search", params={"q": query}).json()["data"]]


def test_what_is_loaded_is_found_and_what_is_gone_is_not(fresh: str, seed: Path) -> None:
    loaded(fresh)
    cell("products.csv", "yellow-peach", "name_zh", "白桃")(seed)
    loaded(fresh, seed)
    with client_of(fresh) as client:
        assert search(client, "白桃") == ["yellow-peach"]
        assert search(client, "baitao") == ["yellow-peach"]
        assert search(client, "huangtao") == []


def test_the_longest_texts_are_found_to_their_ends(fresh: str, seed: Path) -> None:
    """PostgreSQL stores a megabyte of terms for a record, and would drop the rest silently."""
    chance = random.Random(1)  # noqa: S311 - the same texts every time
    # One Latin letter in each, as the columns in English need.
    texts = ["".join(chr(chance.randint(0x20000, 0x2A6D0)) for _ in range(MAX_CELL_CHARS - 1)) + "x" for _ in range(6)]
    path = seed / "indicators.csv"
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    for place, text in zip((1, 2, 3, 4, -2, -1), texts, strict=True):
        rows[1][place] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    loaded(fresh, seed)
    with client_of(fresh) as client:
        for text in texts:
            for stretch in (text[-3:-1], text[-2:-1], text[2000:2006], text[:2]):
                assert rows[1][0] in search(client, stretch)


def test_what_was_indexed_by_other_rules_is_loaded_again(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a database comes from before there was an index."""
    loaded(fresh)
    with Database(fresh, "load") as database:
        with database.transaction() as connection:
            connection.execute(sa.update(Release).values(indexed_by=None))
            write_index(connection, {}, quiet)
        with client_of(fresh) as client:
            for path in (
                "/v1/search?q=a",
                "/v1/programs?q=a",
                "/v1/programs.csv?q=a",
                "/v1/programs/aggregate?q=a",
                "/readyz",
            ):
                answer = client.get(path)
                assert answer.status_code == 503, path
                assert "Run `shanhai load`" in answer.json()["detail"]
            assert client.get("/v1/programs").status_code == 200
        assert unchanged(SEED, database, quiet) is None
        assert load(SEED, database, quiet).changed
        assert unchanged(SEED, database, quiet) == load(SEED, database, quiet)
        with client_of(fresh) as client:
            assert search(client, "篮球")
        monkeypatch.setattr("app.load.write.indexed_by", lambda _: "others")
        assert unchanged(SEED, database, quiet) is None


def test_other_synonyms_are_indexed_under_the_same_release(fresh: str, seed: Path) -> None:
    with Database(loaded(fresh), "load") as database:
        before = load(SEED, database, quiet)
        with client_of(fresh) as client:
            assert not search(client, "dosh")
        edit(SYNONYMS, "money", "money;dosh")(seed)
        assert load(seed, database, quiet) == before._replace(changed=True)
        with client_of(fresh) as client:
            assert search(client, "dosh")
        (seed / SYNONYMS).unlink()
        assert load(seed, database, quiet) == before._replace(changed=True)


def test_a_new_load_is_a_new_release_and_the_old_can_come_back(fresh: str, seed: Path) -> None:
    loaded(fresh)
    with Database(fresh, "load") as database, database.transaction() as connection:  # before the clock is set back
        connection.execute(sa.update(Release).values(loaded_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1)))
    with client_of(fresh) as client:
        response = client.get("/v1")
        first = response.json()["data"]["release"]
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    loaded(fresh, seed)
    with client_of(fresh) as client:
        since = {"If-Modified-Since": response.headers["last-modified"]}
        second = client.get("/v1", headers=since).json()["data"]["release"]
    assert second["previous_id"] == first["id"]
    assert second["content_hash"] != first["content_hash"]
    loaded(fresh, SEED)
    with client_of(fresh) as client:
        assert client.get("/v1").json()["data"]["release"] == first


def test_a_new_catalogue_is_a_new_release_of_the_same_data(fresh: str, seed: Path) -> None:
    loaded(fresh)
    with client_of(fresh) as client:
        first = client.get("/v1").json()
    edit("catalog.toml", 'id = "CC-BY-4.0"', 'id = "CC0-1.0"')(seed)
    loaded(fresh, seed)
    with client_of(fresh) as client:
        second = client.get("/v1").json()
    assert second["data"]["release"]["content_hash"] == first["data"]["release"]["content_hash"]
    assert second["data"]["release"]["id"] != first["data"]["release"]["id"]
    assert (first["meta"]["license"], second["meta"]["license"]) == ("CC-BY-4.0", "CC0-1.0")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_loads_at_once_take_their_turn(new_database: Callable[[str], str], seed: Path, kind: str) -> None:
    address = loaded(new_database(kind))
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    with ThreadPoolExecutor() as pool:
        assert all(pool.map(lambda folder: loaded(address, folder), [seed, SEED, seed, SEED]))
    with client_of(address) as client:
        assert client.get("/v1/products").json()["meta"]["total"] == 4


def test_a_line_in_a_cell_ends_in_a_line_feed(seed: Path, fresh: str) -> None:
    """Git and editors on Windows write CRLF, in cells too."""
    cell("products.csv", "yellow-peach", "summary_en", "One.\r\nTwo.")(seed)
    with client_of(loaded(fresh, seed)) as client:
        assert client.get("/v1/products/yellow-peach").json()["data"]["summary_en"] == "One.\nTwo."
        assert b"_x000D_" not in zipped(client.get("/v1/products.xlsx").content)


def zipped(content: bytes) -> bytes:
    """Return all that is in a ZIP file."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())


def test_the_content_hash_depends_on_the_data_alone(seed: Path, new_database: Callable[[str], str]) -> None:
    for path in seed.glob("*.csv"):  # the same records in another order, with other line ends and a byte-order mark
        lines = path.read_text("utf-8").splitlines()
        path.write_bytes(
            "\r\n".join([lines[0], *reversed(lines[1:])]).encode(
                "utf-8-sig" if path.name != "locators.csv" else "utf-8"
            )
        )
    hashes = set()
    for folder, kind in ((SEED, "sqlite"), (SEED, "postgresql"), (seed, "sqlite"), (seed, "postgresql")):
        with client_of(loaded(new_database(kind), folder)) as client:
            hashes.add(client.get("/v1").json()["data"]["release"]["content_hash"])
    assert len(hashes) == 1
