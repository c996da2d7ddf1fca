"""The theme of records that have none of their own: that of a record which they refer to, as figures to indicators.

The API filters by the reference, so a theme is the list of the ids of those records.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.read.page import read_page
from app.request.controls import MAX_LIMIT
from app.request.parameters import MAX_LIST_VALUES
from app.request.records import read_page_request
from app.request.relations import Relation, references


class Themes(NamedTuple):
    """The column `theme` of the related records, the column that refers to them, and their ids by theme."""

    column: Column
    key: Column
    ids: Mapping[str, list[str]]

    def within(self, chosen: Collection[str]) -> list[str]:
        """Return the themes of several records that are all among the chosen ones."""
        return [theme for theme, ids in self.ids.items() if len(ids) > 1 and set(ids) <= set(chosen)]

    def without(self, chosen: Collection[str]) -> list[str]:
        """Return the chosen ids that no such theme has."""
        covered = {each for theme in self.within(chosen) for each in self.ids[theme]}
        return [each for each in chosen if each not in covered]


def read_themes(connection: Connection, entity: type[Entity]) -> Themes | None:
    """Return the themes of an entity's records, unless they have their own, or more than a request could name."""
    if not (relation := _relation(entity)) or not relation.key:
        return None
    target = relation.links[0].target
    page = read_page(connection, read_page_request(target, [("fields", "id,theme"), ("limit", str(MAX_LIMIT))]))
    ids = defaultdict(list)
    for record in map(msgspec.json.decode, page.records):
        ids[record["theme"]].append(record["id"])
    if page.total > MAX_LIMIT or max(map(len, ids.values()), default=0) > MAX_LIST_VALUES:
        return None
    return Themes(target.columns()["theme"], relation.key, ids)


@cache
def _relation(entity: type[Entity]) -> Relation | None:
    if "theme" in entity.columns():
        return None
    return next(
        (
            relation
            for key, relation in references(entity).items()
            if not key.nullable and all("theme" in link.target.columns() for link in relation.links)
            if len(relation.links) == 1
        ),
        None,
    )
