"""The bench: its synthetic figures, which say that they are, its comparisons and its tables."""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from app.db import Database
from app.models import COLLECTIONS, Figure
from app.models.term import Term
from app.settings import ROOT
from bench import findings, names
from bench.copies import COLUMNS, parquet_copy, sqlite_copy
from bench.loading import load_apart
from bench.picture import picture
from bench.questions import Record
from bench.requests import compare
from bench.synthetic import INDICATORS, OF_A_PAIR, THEMES, places_of, write_seed
from bench.table import Table
from bench.workloads import WORKLOADS

FIGURES = 2 * INDICATORS * OF_A_PAIR // 10  # one program, twenty figures of each pair


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    cost = load_apart(write_seed(folder / "seed", FIGURES), f"sqlite:///{folder / 'shanhai.sqlite'}")
    assert cost.seconds > 0
    assert cost.peak > 0
    return folder / "shanhai.sqlite"


def rows(database: Path, statement: sa.Select[Any]) -> list[Any]:
    with Database(f"sqlite:///{database}") as opened, opened.transaction() as connection:
        return list(connection.execute(statement))


@pytest.mark.slow
def test_every_record_is_named_synthetic(database: Path) -> None:
    records = 0
    for entity in COLLECTIONS.values():
        columns = entity.table().c
        for row in rows(database, sa.select(columns.id, columns.name_zh, columns.name_en)):
            assert row.id.startswith("synthetic-") or entity is Term  # whose slugs requests filter by
            assert row.name_zh.startswith("合成")
            assert row.name_en.startswith("Synthetic")
            records += 1
    assert records == FIGURES + INDICATORS + places_of(FIGURES) + len(THEMES) + 1 + 1 + 1  # level, program, source


@pytest.mark.slow
def test_pairs_are_spread(database: Path) -> None:
    table = Figure.table()
    figures = rows(database, sa.select(table.c.id, table.c.indicator_id).order_by(table.c.id))
    positions = [number for number, row in enumerate(figures) if row.indicator_id == figures[0].indicator_id]
    assert positions == [*range(0, FIGURES, INDICATORS)]


@pytest.mark.slow
def test_values_follow_from_the_words(database: Path) -> None:
    table = Figure.table()
    kinds = {row[0] for row in rows(database, sa.select(table.c.comparator).distinct())}
    units = {row[0] for row in rows(database, sa.select(table.c.unit).distinct())}
    assert kinds == {"eq", "approx", "gt"}
    assert len(units) == 6


@pytest.mark.slow
def test_peers_have_the_same_figures_and_indexes(database: Path) -> None:
    from pyarrow import parquet as pq

    table = Figure.table().c
    in_order = sa.select(*(table[name] for name in COLUMNS)).order_by(table.id)
    ours = [tuple(map(str, row)) for row in rows(database, in_order)]
    copy = sqlite_copy(database)
    with sa.create_engine(f"sqlite:///{copy}").connect() as connection:
        assert [tuple(map(str, row)) for row in connection.exec_driver_sql("SELECT * FROM figures")] == ours
        indexes = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    expected = {
        index.name for index in Figure.table().indexes if {column.name for column in index.columns} <= {*COLUMNS}
    }
    assert expected
    assert {name for name in indexes if not name.startswith("sqlite_autoindex")} == expected
    read = pq.read_table(parquet_copy(copy))
    assert [tuple(map(str, row.values())) for row in read.to_pylist()] == ours


def answering(answer: Any) -> Any:
    return SimpleNamespace(contestant=SimpleNamespace(name="a peer"), answer=lambda _question: answer)


def test_a_fast_wrong_answer_is_a_failure() -> None:
    ours = answering([{"id": "a", "value": 1.0}])
    assert compare(WORKLOADS[0], ours, answering([{"id": "a", "value": 1}]), Record("a")) >= 0
    for wrong in ([{"id": "a", "value": 2}], [{"id": "a"}], [], None):
        with pytest.raises(RuntimeError, match="a peer gives another answer"):
            compare(WORKLOADS[0], ours, answering(wrong), Record("a"))


def test_the_naive_application_serves_every_column() -> None:
    tree = ast.parse((ROOT / "bench" / "contestants" / "naive_app.py").read_text("utf-8"))
    (figure,) = (each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == "Figure")
    fields = {
        each.target.id for each in figure.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    assert fields == {*Figure.columns()}


def test_ratios_are_taken_within_a_round() -> None:
    rounds = {
        names.BARE: [10.0, 1000.0, 10.0],
        names.OURS: [9.5, 950.0, 9.0],
        names.ROAPI: [1.0, 1.0, 1.0],
        names.POSTGREST: [9.0, 900.0, 9.0],
    }
    rates = {workload.name: rounds for workload in WORKLOADS}
    *_, relative = findings.tables(rates)
    name = "one record (ours: from its response cache)"
    assert relative.rows[0] == [name, "0.95 (0.9–0.95)", "9.5 (9–950)", "1.06 (1–1.06)"]
    met = {goal.text: goal.met for goal in findings.goals(rates)}
    assert met[f"{name}: share of a bare ASGI callable"]
    assert not met["page of 100, two filters, never the same: times PostgREST"]
    drawn = ElementTree.fromstring(picture(rates, names.BARE))  # noqa: S314 # our own
    assert len(drawn.findall(".//{*}circle/{*}title")) == len(rounds) * len(WORKLOADS)


def test_cached_responses_have_tables_of_their_own() -> None:
    rates = {workload.name: {names.OURS: [100.0], names.ROAPI: [1.0]} for workload in WORKLOADS}
    computed, remembered, *_ = findings.tables(rates)
    assert {row[0] for row in computed.rows} == {each.name for each in WORKLOADS if not each.memory}
    assert all("ours: from" in row[0] for row in remembered.rows)
    assert "peers have no such memory" in remembered.note


def test_medians_of_rounds_that_disagree_have_their_spread() -> None:
    table = Table("", "", ["", "one", "other"], [["work", "3,010 (40.4–3,280)", "20 (19–21)"], ["none", "–", "–"]])
    assert table.medians().splitlines()[2:] == ["| work | 3,010 (40.4–3,280) | 20 |", "| none | – | – |"]
