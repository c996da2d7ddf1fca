"""The workloads of the measurement of requests."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.models import Figure
from bench.names import BARE, BEST, DATASETTE, NAIVE, POSTGREST
from bench.questions import Condition, Facet, Groups, Page, Question, Record, Spot
from bench.synthetic import INDICATORS, figure_id, indicator_id, program_id, programs_of

MAX_QUESTIONS = 110_000  # of a workload without repetitions
LIMITS = range(91, 101)
COUNTED = ("unit", "status", "period", "comparator", "subject_id")


class Stock(NamedTuple):
    """The number of figures, and the spots after pages near the start and near the end."""

    figures: int
    near: Sequence[Spot]
    far: Sequence[Spot]


class Workload(NamedTuple):
    """A name and its questions: one that is repeated, or enough that none is.

    `targets` and `on_postgresql` are lower bounds of our rate, relative to other contestants. `memory` names the cache
    from which ours responds; it is part of the name, since peers compute every response.
    """

    title: str
    questions: Callable[[Stock], Iterable[Question]]
    targets: Mapping[str, float] = {}
    conditional: bool = False  # sent with a matching ETag
    memory: str = ""
    on_postgresql: Mapping[str, float] = {}

    @property
    def name(self) -> str:
        """The label of the workload in tables and charts."""
        return f"{self.title} (ours: {self.memory})" if self.memory else self.title

    @property
    def path(self) -> str:
        """The path on the bare server."""
        return "/" + self.title.replace(" ", "-").replace(",", "")


def _pairs(stock: Stock) -> Iterator[Question]:
    numbers = range(INDICATORS * programs_of(stock.figures))
    for number, limit in itertools.product(numbers, LIMITS):
        pair = (
            Condition("indicator_id", indicator_id(number)),
            Condition("subject_id", program_id(number, stock.figures)),
        )
        yield Page(limit, pair)


def _behind(spots: Sequence[Spot]) -> Iterator[Question]:
    for spot, limit in itertools.product(spots, range(51, 101)):
        yield Page(limit, spot=spot)


def _facets_with_fields(_stock: Stock) -> Iterator[Question]:
    for column, fields in itertools.product(COUNTED, itertools.combinations(Figure.columns(), 4)):
        yield Facet(column, fields=fields)


def _filtered_facets(_stock: Stock) -> Iterator[Question]:
    for number, column, least in itertools.product(range(INDICATORS), COUNTED[1:], range(1, 251)):
        yield Facet(column, (Condition("indicator_id", indicator_id(number)), Condition("value", str(least), "gte")))


NEAR = Workload("page near the start, never the same", lambda stock: _behind(stock.near))
FAR = Workload("page far in, never the same", lambda stock: _behind(stock.far))
CACHE, COUNTS = "from its response cache", "from counts it has made before"
WORKLOADS = (
    Workload("one record", lambda stock: [Record(figure_id(stock.figures // 2))], {BARE: 0.7}, memory=CACHE),
    Workload("page of 60", lambda _: [Page(60)], {BARE: 0.7}, memory=CACHE),
    Workload("304", lambda _: [Page(60)], {BARE: 0.7}, conditional=True, memory=CACHE),
    Workload(
        "page of 100, two filters, never the same",
        _pairs,
        {DATASETTE: 11, NAIVE: 15, POSTGREST: 3.5, BARE: 0.18},  # the last one is the stretch goal
        on_postgresql={POSTGREST: 2},
    ),
    NEAR,
    FAR,
    Workload("facet over all", lambda _: [Facet("unit")], memory=CACHE),
    Workload("facet over all, never the same", _facets_with_fields, memory=COUNTS),
    Workload("group counts over all", lambda _: [Groups("status")], memory=CACHE),
    Workload("facet of one indicator, never the same", _filtered_facets, {BEST: 3}, on_postgresql={BEST: 3}),
)


def questions(workload: Workload, stock: Stock) -> list[Question]:
    """Return the questions of a workload in a shuffled order, the same every time."""
    every = list(workload.questions(stock))
    random.Random(workload.title).shuffle(every)  # noqa: S311
    return every[:MAX_QUESTIONS]
