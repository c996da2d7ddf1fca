"""A search as SQL: which records the index leads to, whether their text holds what was looked for, and their rank."""

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
from app.sql.fts import NUMBER, Holds, Leads, Placed, Written, in_entries

FIRST, LAST = -1, 2**63 - 1  # numbers that no record has, before and behind all
EVERY = "search"  # the expression that leads to all candidates


def of_rank(rank: int) -> str:
    """The name of the expression that leads to those of a rank."""
    return f"{EVERY} rank {rank}"


def one_of(entities: Iterable[type[Entity]]) -> sa.ColumnElement[bool]:
    """Whether a number is that of a record of these entities."""
    places = [list(COLLECTIONS).index(entity.collection.slug) for entity in entities]
    return sa.or_(*(NUMBER.between(place * ROOM, (place + 1) * ROOM - 1) for place in places))


def position(cursor: Cursor | None) -> dict[str, Any]:
    """What is bound for a cursor, whose keys are a rank, a collection and an id."""
    if cursor is None:
        return {}
    rank, slug, record_id = cursor.keys
    place = list(COLLECTIONS).index(slug)
    edge = (place + 1) * ROOM if cursor.backwards else place * ROOM - 1
    return {"reached rank": rank, "reached collection": slug, "reached id": record_id, "reached edge": edge}


def _reached(rank: int, *, backwards: bool) -> sa.ColumnElement[int]:
    """The number beyond which a rank is read: of the record at the cursor, or before all, or behind all."""
    everything, nothing = (LAST, FIRST) if backwards else (FIRST, LAST)
    at, slug, record_id = (
        sa.bindparam(f"reached {name}", type_=kind)
        for name, kind in (("rank", sa.Integer()), ("collection", TEXT), ("id", TEXT))
    )
    # The record may be gone since: then what stood before it, or behind it, in its place.
    near = sa.select(ENTRIES.c.number).where(ENTRIES.c.collection == slug)
    near = near.where(ENTRIES.c.id >= record_id if backwards else ENTRIES.c.id <= record_id)
    near = near.order_by(ENTRIES.c.id.asc() if backwards else ENTRIES.c.id.desc()).limit(1)
    here = sa.func.coalesce(near.scalar_subquery(), sa.bindparam("reached edge", type_=sa.BigInteger))
    further = at > rank if backwards else at < rank
    return sa.case((at == rank, here), (further, everything), else_=nothing)


class SearchShape(NamedTuple):
    """What of a search decides its statement.

    `checked` has one item for each term whose text must be looked at: whether an amount would do in its place.
    """

    checked: tuple[bool, ...]
    banned: int
    ranks: tuple[int, ...]
    entities: tuple[type[Entity], ...] = ()  # whose records are searched; none for all

    def numbers(self, name: str = EVERY) -> sa.Select[Any]:
        """SELECT the numbers of the records to which the expression of that name leads, and whose text is right."""
        found = sa.select(NUMBER).where(Leads(sa.bindparam(name, type_=Written())))
        if self.entities:
            found = found.where(one_of(self.entities))
        return in_entries(found).where(*self._right_text) if self.checked or self.banned else found

    def ranked(self) -> sa.Subquery:
        """SELECT what is found, each with its rank."""
        return self._together((rank, self.numbers(of_rank(rank))) for rank in self.ranks)

    def ranked_from(self, *, cursor: bool, backwards: bool) -> sa.Subquery:
        """SELECT what is found from the cursor on, each with its rank: of each no more than the `reach` of a page."""
        parts = []
        for rank in self.ranks:
            part = self.numbers(of_rank(rank)).order_by(Placed(NUMBER).desc() if backwards else Placed(NUMBER).asc())
            if cursor:
                reached = _reached(rank, backwards=backwards)
                part = part.where(reached > NUMBER if backwards else reached < NUMBER)
            parts.append((rank, part.limit(sa.bindparam("reach", type_=sa.BigInteger))))
        return self._together(parts)

    @staticmethod
    def _together(parts: Iterable[tuple[int, sa.Select[Any]]]) -> sa.Subquery:
        apart = [(rank, part.subquery()) for rank, part in parts]
        chosen = [sa.select(sa.literal(rank).label("rank"), part.c.rowid.label("number")) for rank, part in apart]
        return sa.union_all(*chosen).subquery()

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """What a row of the one entity must satisfy."""
        return self._id.in_(self._ids(EVERY))

    @property
    def rank(self) -> sa.ColumnElement[int]:
        """The rank of a row of the one entity, if it is found."""
        (*better, last) = self.ranks
        ways = [(self._id.in_(self._ids(of_rank(rank))), rank) for rank in better]
        return sa.case(*ways, else_=last) if ways else sa.literal(last)

    @property
    def _id(self) -> sa.ColumnElement[str]:
        (entity,) = self.entities
        return entity.table().c.id

    def _ids(self, name: str) -> sa.Select[Any]:
        found = sa.select(ENTRIES.c.id).where(Leads(sa.bindparam(name, type_=Written())), *self._right_text)
        # By numbers, not by the name of the collection: that way no other index leads round the search.
        return in_entries(found).where(one_of(self.entities))

    @property
    def _right_text(self) -> list[sa.ColumnElement[bool]]:
        right: list[sa.ColumnElement[bool]] = []
        for number, amount in enumerate(self.checked):
            holds: sa.ColumnElement[bool] = Holds(ENTRIES.c.text, sa.bindparam(f"search text {number}", type_=sa.Text))
            if amount:
                leads = Leads(sa.bindparam(f"search amount {number}", type_=Written()))
                holds = sa.or_(holds, NUMBER.in_(sa.select(NUMBER).where(leads).correlate(None)))
            right.append(holds)
        banned = (sa.bindparam(f"search ban {number}", type_=sa.Text) for number in range(self.banned))
        return [*right, *(sa.not_(Holds(ENTRIES.c.text, text)) for text in banned)]


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
    values: dict[str, Any] = {EVERY: candidates(query)}
    values |= {of_rank(rank): expression for rank, expression in _ranks(query)}
    for number, term in enumerate(term for term in query.wanted if not term.is_certain):
        values |= {f"search text {number}": term.needle, f"search amount {number}": alternative(term)}
    for number, term in enumerate(term for term in query.unwanted if not term.is_certain):
        values[f"search ban {number}"] = term.needle
    return values
