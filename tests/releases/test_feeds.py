"""What a reader of a feed is shown as new: the records that a release has added or changed."""

import datetime as dt
from typing import Any

import feedparser
import pytest
from sqlalchemy.engine import Connection

from app.read.dataset import PublishedRelease, read_history
from tests.releases.conftest import Editions

LATER, EARLIER = "2026-11-27T00:00:00Z", "2026-11-26T00:00:00Z"


def a_day_apart(connection: Connection) -> list[PublishedRelease]:
    """Return the history as if its releases were a day apart."""
    return [
        {**each, "released_on": each["released_on"] - dt.timedelta(days=age)}
        for age, each in enumerate(read_history(connection))
    ]


@pytest.fixture(autouse=True)
def _aged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.releases.history.read_history", a_day_apart)


def read(editions: Editions, address: str) -> list[tuple[str, str]]:
    """Return the day and the id of each entry."""
    feed: Any = feedparser.parse(editions.client.get(address).content)
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)
    return [(entry.updated, entry.links[1].href.rpartition("/")[2]) for entry in feed.entries]


def test_what_a_release_changes_is_new_and_first(editions: Editions) -> None:
    found = read(editions, "/v1/products.atom?limit=90")
    assert found[0] == (LATER, "yellow-peach")
    assert {day for day, _ in found[1:]} == {EARLIER}


def test_what_a_release_adds_is_new_and_first(editions: Editions) -> None:
    found = read(editions, "/v1/indicators.atom?limit=90")
    assert found[0] == (LATER, "synthetic")
    assert {day for day, _ in found[1:]} == {EARLIER}


def test_hits_of_a_search_have_the_days_of_their_changes(editions: Editions) -> None:
    assert (LATER, "yellow-peach") in read(editions, "/v1/search.atom?q=test&limit=90")
    found = read(editions, "/v1/search.atom?q=basketball&limit=90")
    assert len(found) > 9
    assert {day for day, _ in found} == {EARLIER}
