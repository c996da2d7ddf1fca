"""A search in SQL: the records that it matches, and their ranks."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.entity import TEXT, Entity
from app.models import COLLECTIONS
from app.models.search_index import ENTRIES, ROOM
from app.request.conditions import Search
from app.request.cursor import Cursor
from app.search import Expression, Query, alternative, candidates, ranks
from app.sql import MAX_SHAPES
from app.sql.fts import NUMBER, Contains, Matches, NumberOrder, TermExpression, join_entries

BEFORE_ALL, BEHIND_ALL = -1, 2**63 - 1  # numbers that no record has
CANDIDATES = "search"  # binds the expression of all candidates


def rank_bind(rank: int) -> str:
    """Return the name that binds the expression of a rank."""
    return f"{CANDIDATES} rank {rank}"


def belongs_to(entities: Iterable[type[Entity]]) -> sa.ColumnElement[bool]:
    """Return whether a record number belongs to one of these entities."""
    indexes = [list(COLLECTIONS).index(entity.collection.slug) for entity in entities]
    return sa.or_(*(NUMBER.between(index * ROOM, (index + 1) * ROOM - 1) for index in indexes))


def cursor_values(cursor: Cursor | None) -> dict[str, Any]:
    """Return the bind values of a cursor, whose keys are a rank, a collection and an id."""
    if cursor is None:
        return {}
    rank, slug, record_id = cursor.keys
    return {"cursor rank": rank, "cursor collection": slug, "cursor id": record_id}


def _cursor_number(rank: int, *, backwards: bool) -> sa.ColumnElement[int]:
    """Return the number after which (or before which) the records of a rank are read; in its own, its record's."""
    everything, nothing = (BEHIND_ALL, BEFORE_ALL) if backwards else (BEFORE_ALL, BEHIND_ALL)
    cursor_rank = sa.bindparam("cursor rank", type_=sa.Integer())
    slug, record_id = sa.bindparam("cursor collection", type_=TEXT), sa.bindparam("cursor id", type_=TEXT)
    number = (
        sa.select(ENTRIES.c.number).where(ENTRIES.c.collection == slug, ENTRIES.c.id == record_id).scalar_subquery()
    )
    is_further = cursor_rank > rank if backwards else cursor_rank < rank
    return sa.case((cursor_rank == rank, number), (is_further, everything), else_=nothing)


class SearchShape(NamedTuple):
    """The part of a search that its SQL depends on."""

    checked: tuple[bool, ...]  # an item for each term whose text is compared: whether an amount may replace it
    banned: int  # the number of excluded terms whose text is compared
    ranks: tuple[int, ...]
    entities: tuple[type[Entity], ...] = ()  # to search; all if empty

    def numbers(self, expression: str = CANDIDATES) -> sa.Select[Any]:
        """SELECT the numbers of the records that match the expression bound by that name."""
        numbers = sa.select(NUMBER).where(Matches(sa.bindparam(expression, type_=TermExpression())))
        if self.entities:
            numbers = numbers.where(belongs_to(self.entities))
        return join_entries(numbers).where(*self._text_conditions) if self.checked or self.banned else numbers

    def ranked(self) -> sa.Subquery:
        """SELECT the rank and number of all results."""
        return _union_ranks((rank, self.numbers(rank_bind(rank))) for rank in self.ranks)

    def ranked_page(self, *, cursor: bool, backwards: bool) -> sa.Subquery:
        """SELECT the rank and number of the results from the cursor on, at most `reach` of each rank."""
        parts = []
        for rank in self.ranks:
            order = NumberOrder(NUMBER).desc() if backwards else NumberOrder(NUMBER).asc()
            part = self.numbers(rank_bind(rank)).order_by(order)
            if cursor:
                start = _cursor_number(rank, backwards=backwards)
                part = part.where(start > NUMBER if backwards else start < NUMBER)
            parts.append((rank, part.limit(sa.bindparam("reach", type_=sa.BigInteger))))
        return _union_ranks(parts)

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """The condition on a row of the only entity."""
        return self._id.in_(self._ids(CANDIDATES))

    @property
    def rank(self) -> sa.ColumnElement[int]:
        """The rank of a row of the only entity, if the row matches."""
        (*better, last) = self.ranks
        cases = [(self._id.in_(self._ids(rank_bind(rank))), rank) for rank in better]
        return sa.case(*cases, else_=last) if cases else sa.literal(last)

    @property
    def _id(self) -> sa.ColumnElement[str]:
        (entity,) = self.entities
        return entity.table().c.id

    def _ids(self, expression: str) -> sa.Select[Any]:
        matches = Matches(sa.bindparam(expression, type_=TermExpression()))
        ids = sa.select(ENTRIES.c.id).where(matches, *self._text_conditions)
        # By numbers, not by the collection's name: the planner must not start from another index than the search's.
        return join_entries(ids).where(belongs_to(self.entities))

    @property
    def _text_conditions(self) -> list[sa.ColumnElement[bool]]:
        """Conditions on texts, for terms that the index holds only in parts."""
        conditions: list[sa.ColumnElement[bool]] = []
        for number, has_amount in enumerate(self.checked):
            text = sa.bindparam(f"search text {number}", type_=sa.Text)
            condition: sa.ColumnElement[bool] = Contains(ENTRIES.c.text, text)
            if has_amount:
                matches = Matches(sa.bindparam(f"search amount {number}", type_=TermExpression()))
                condition = sa.or_(condition, NUMBER.in_(sa.select(NUMBER).where(matches).correlate(None)))
            conditions.append(condition)
        banned = (sa.bindparam(f"search ban {number}", type_=sa.Text) for number in range(self.banned))
        return [*conditions, *(sa.not_(Contains(ENTRIES.c.text, text)) for text in banned)]


def _union_ranks(parts: Iterable[tuple[int, sa.Select[Any]]]) -> sa.Subquery:
    subqueries = [(rank, part.subquery()) for rank, part in parts]
    return sa.union_all(
        *(sa.select(sa.literal(rank).label("rank"), part.c.rowid.label("number")) for rank, part in subqueries)
    ).subquery()


@lru_cache(MAX_SHAPES)
def _ranks(query: Query) -> tuple[tuple[int, Expression], ...]:
    return ranks(query)


def search_shape(search: Search) -> SearchShape:
    """Return the shape of a search."""
    query = search.query
    return SearchShape(
        tuple(term.amount is not None for term in query.wanted if not term.is_certain),
        sum(not term.is_certain for term in query.unwanted),
        tuple(rank for rank, _ in _ranks(query)),
        search.entities,
    )


def search_values(search: Search) -> dict[str, Any]:
    """Return the bind values of a search."""
    query = search.query
    values: dict[str, Any] = {CANDIDATES: candidates(query)}
    values |= {rank_bind(rank): expression for rank, expression in _ranks(query)}
    for number, term in enumerate(term for term in query.wanted if not term.is_certain):
        values |= {f"search text {number}": term.needle, f"search amount {number}": alternative(term)}
    for number, term in enumerate(term for term in query.unwanted if not term.is_certain):
        values[f"search ban {number}"] = term.needle
    return values
