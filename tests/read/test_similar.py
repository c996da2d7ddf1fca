"""Similar ids: the nearest are found in a large set, and finding them is cheap however long the ids are."""

from time import thread_time

import pytest
import sqlalchemy as sa

from app.read.similar import MAX_CANDIDATES, MAX_TEXT_CHARS, similar_values

MAX_CPU_S = 0.02
WORDS = ["youth", "teams", "revenue", "households", "output", "growth", "county", "cooperative", "income", "forest"]
VALUES = sa.table("ids", sa.column("id", sa.String)).c.id


SHORT = [f"yo-{first}-{second}-{third}" for first in WORDS for second in WORDS for third in WORDS]  # MAX_CANDIDATES
LONG = [f"{text}-{text}"[:MAX_TEXT_CHARS] for text in SHORT]
ONE_LETTER = ["y" * MAX_TEXT_CHARS] * MAX_CANDIDATES


def similar(text: str, existing: list[str]) -> tuple[list[str], float]:
    """The similar ones of some ids, and the processor time that it takes to find them: the best of three."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ids (id TEXT)")
        connection.execute(sa.text("INSERT INTO ids VALUES (:id)"), [{"id": each} for each in existing])
        times = []
        for _ in "123":
            start = thread_time()
            found = similar_values(connection, VALUES, text)
            times.append(thread_time() - start)
    engine.dispose()
    return found, min(times)


@pytest.mark.parametrize("existing", [SHORT, LONG, ONE_LETTER], ids=["short", "long", "one letter"])
@pytest.mark.parametrize("chars", [30, MAX_TEXT_CHARS, 15_000])
def test_comparing_is_bounded(existing: list[str], chars: int) -> None:
    assert similar((existing[500] * 500)[:chars], existing)[1] <= MAX_CPU_S


@pytest.mark.parametrize(
    "written",
    [
        "yo-forest-teams-househlods",
        "yo-forest-taems-househlods",
        "yoforest-teams-households",
        "yo-forests-teams-household",
    ],
)
def test_the_nearest_is_found_among_many(written: str) -> None:
    assert similar(written, SHORT)[0][:1] == ["yo-forest-teams-households"]


def test_a_long_text_has_no_similar_ones() -> None:
    text = "y" * MAX_TEXT_CHARS
    assert similar(text, [text])[0] == [text]
    assert similar(f"{text}y", [text])[0] == []
