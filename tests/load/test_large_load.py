"""A seed of many records: worker processes help, and the outcome is the same."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from app.db import Database
from app.load import InvalidSeed, load, prepare
from app.load.seed import worker_map
from app.load.write import content_hash
from app.models import Figure
from tests.conftest import loaded, quiet
from tests.databases import rows_of
from tests.load.editing import F, cell
from tests.load.synthetic_seed import add_synthetic, synthetic_id

MANY = 2_500  # of more than one chunk


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes help, however few records there are."""
    monkeypatch.setattr("app.load.is_large", lambda _seed: True)


@pytest.mark.slow
@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("moment", ["first", "later"])
def test_what_processes_load_is_what_one_loads(fresh: str, seed: Path, moment: str) -> None:
    add_synthetic(seed, MANY)
    if moment == "later":
        loaded(fresh)
    _, records = prepare(seed, quiet)  # by this process alone
    expected = content_hash(records, quiet)
    loaded(fresh, seed)
    rows = rows_of(fresh)
    assert rows["releases"][-1].content_hash == expected
    assert len(rows["figures"]) == len(rows["search_entries"]) - sum(
        len(own) for entity, own in records.items() if entity is not Figure
    )
    served = {row.id: row.record.encode() for row in rows["figures"]}
    assert served == {record_id: record.json for record_id, record in records[Figure].items()}
    entries = sorted((row.number, row.id) for row in rows["search_entries"] if row.collection == "figures")
    assert [row_id for _, row_id in entries] == sorted(served)


@pytest.mark.slow
def test_rows_lie_in_the_order_of_what_is_filtered_at_once(fresh: str, seed: Path) -> None:
    add_synthetic(seed, MANY)
    loaded(fresh, seed)
    place = "rowid" if fresh.startswith("sqlite") else "ctid"
    order = ", ".join([*Figure.filtered_together[0], "id"])
    with Database(fresh, "load") as database, database.transaction() as connection:
        laid = connection.exec_driver_sql(f"SELECT {order} FROM figures ORDER BY {place}").all()
        database.rollback(connection)
    # PostgreSQL puts a later, shorter row where the rest of a page had no room for the next one: 2 of some 2,500 here.
    breaks = sum(following < row for row, following in pairwise(laid))
    assert breaks <= (0 if fresh.startswith("sqlite") else len(laid) // 100)
    assert len({(indicator, subject) for indicator, subject, _ in laid}) > 20


def test_a_file_in_any_order_is_the_same_release(seed: Path) -> None:
    add_synthetic(seed, MANY)
    hashes = []
    for _ in range(2):
        hashes.append(content_hash(prepare(seed, quiet)[1], quiet))
        for path in seed.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *reversed(rows)])
    assert hashes[0] == hashes[1]


@pytest.mark.slow
def test_faults_of_all_chunks_are_reported_in_the_order_of_lines(seed: Path) -> None:
    add_synthetic(seed, MANY)
    for number in (MANY - 1, 3, 1_500):
        cell(F, synthetic_id(number), "status", "achived")(seed)
    cell(F, synthetic_id(7), "part_of_id", synthetic_id(2_400))(seed)  # a part of what comes later, and greater
    cell(F, synthetic_id(2_000), "part_of_id", synthetic_id(8))(seed)
    cell("enterprises.csv", "huaqin", "program_id", "labour-coperation")(seed)
    reports = []
    for many in (False, True):
        with worker_map(parallel=many) as parallel_map, pytest.raises(InvalidSeed) as caught:
            prepare(seed, quiet, parallel_map)
        reports.append(str(caught.value).splitlines())
    assert reports[0] == reports[1]
    assert [line.split(": ")[1] for line in reports[0]] == ["program_id", "status", "status", "part_of_id", "status"]
    lines = [int(line.split(":")[1]) for line in reports[0][1:]]
    assert lines == sorted(lines)


@pytest.mark.slow
def test_a_load_that_fails_among_processes_changes_nothing(
    fresh: str, seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(loaded(fresh))
    add_synthetic(seed, MANY)

    def fail(message: str) -> None:
        if message.startswith("indexed figures"):
            raise RuntimeError("the power went out")

    monkeypatch.setattr("app.load.is_large", lambda _seed: True)
    with Database(fresh, "load") as database, pytest.raises(RuntimeError):
        load(seed, database, fail)
    assert rows_of(fresh) == before
