"""What follows from the requests a second of each round: tables, ratios, and which goals hold."""

import statistics
from collections.abc import Iterator, Mapping, Sequence

from bench.names import BARE, BEST, OURS, OURS_POSTGRESQL, PEERS, POSTGREST
from bench.table import Goal, Table, at_least, at_most, ratios, spread
from bench.workloads import FAR, NEAR, WORKLOADS

Rates = Mapping[str, Mapping[str, Sequence[float]]]  # workload → contestant → a number each round

COMPARED = {
    "of the bare server": (OURS, BARE),
    **{f"× {name}": (OURS, name) for name in PEERS},
    f"PostgreSQL: × {POSTGREST}": (OURS_POSTGRESQL, POSTGREST),
}


MEMORY = {workload.name for workload in WORKLOADS if workload.memory}
COMPUTED_HERE = "Every contestant computes each response, since no request is sent twice."
REMEMBERED_HERE = (
    "Ours answers these from memory, as each row says; peers have no such memory and compute every response. "
    "The ratios therefore show what the memory saves, not how fast either computes."
)
HOW = "Server (and its database) on one core, `wrk` on the other; medians, with the lowest and highest round."


def tables(rates: Rates) -> list[Table]:
    """Everybody's rates, and ours by theirs: first of computed responses, then of those from our memory."""
    names = list(dict.fromkeys(name for found in rates.values() for name in found))
    computed = {work: found for work, found in rates.items() if work not in MEMORY}
    remembered = {work: found for work, found in rates.items() if work in MEMORY}
    return [
        _absolute("Requests a second, computed", f"{COMPUTED_HERE} {HOW}", names, computed),
        _absolute("Requests a second, ours from memory", f"{REMEMBERED_HERE} {HOW}", names, remembered),
        _relative("Ours by each other contestant, computed", COMPUTED_HERE, names, computed),
        _relative("Ours by each other contestant, ours from memory", REMEMBERED_HERE, names, remembered),
    ]


def _absolute(title: str, about: str, names: Sequence[str], rates: Rates) -> Table:
    rows = [[work, *(spread(found[name]) if name in found else "–" for name in names)] for work, found in rates.items()]
    return Table(title, about, ["", *names], rows)


def _relative(title: str, about: str, names: Sequence[str], rates: Rates) -> Table:
    pairs = {told: pair for told, pair in COMPARED.items() if set(pair) <= set(names)}
    how = "On SQLite but for the last column. Ratios within a round; medians, with the lowest and highest."
    rows = [[work, *(_times(found, *pair) for pair in pairs.values())] for work, found in rates.items()]
    return Table(title, f"{about} {how}", ["", *pairs], rows)


def _times(found: Mapping[str, Sequence[float]], name: str, other: str) -> str:
    return spread(ratios(found[name], found[other])) if {name, other} <= found.keys() else "–"


def goals(rates: Rates) -> list[Goal]:
    """Which of the goals hold, that workloads have."""
    every = [goal for workload in WORKLOADS for goal in _goals(workload.name, workload.wanted, rates[workload.name])]
    cost = ratios(rates[NEAR.name][OURS], rates[FAR.name][OURS])
    return [*every, at_most("time of a page far in, by that of one near the start", 1.2, cost)]


def _goals(name: str, wanted: Mapping[str, float], found: Mapping[str, Sequence[float]]) -> Iterator[Goal]:
    for other, least in wanted.items():
        against = _best(found) if other == BEST else other
        if against in found:
            told = f"share of a {other}" if other == BARE else f"times {other}"
            yield at_least(f"{name}: {told}", least, ratios(found[OURS], found[against]))


def _best(found: Mapping[str, Sequence[float]]) -> str:
    return max((name for name in PEERS if name in found), key=lambda name: statistics.median(found[name]))
