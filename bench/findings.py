"""Tables, ratios and goals from the requests per second of each round."""

import statistics
from collections.abc import Iterator, Mapping, Sequence

from bench.names import BARE, BEST, OURS, OURS_POSTGRESQL, PEERS, POSTGREST
from bench.table import Goal, Table, at_least, at_most, ratios, spread
from bench.workloads import FAR, NEAR, WORKLOADS, Workload

Rates = Mapping[str, Mapping[str, Sequence[float]]]  # workload → contestant → a number per round

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
    """Return the rates of all contestants, and ours relative to theirs: of computed responses, then of cached ones."""
    names = list(dict.fromkeys(name for by_name in rates.values() for name in by_name))
    computed = {work: by_name for work, by_name in rates.items() if work not in MEMORY}
    remembered = {work: by_name for work, by_name in rates.items() if work in MEMORY}
    return [
        _absolute("Requests a second, computed", f"{COMPUTED_HERE} {HOW}", names, computed),
        _absolute("Requests a second, ours from memory", f"{REMEMBERED_HERE} {HOW}", names, remembered),
        _relative("Ours by each other contestant, computed", COMPUTED_HERE, names, computed),
        _relative("Ours by each other contestant, ours from memory", REMEMBERED_HERE, names, remembered),
    ]


def _absolute(title: str, about: str, names: Sequence[str], rates: Rates) -> Table:
    rows = [
        [work, *(spread(by_name[name]) if name in by_name else "–" for name in names)]
        for work, by_name in rates.items()
    ]
    return Table(title, about, ["", *names], rows)


def _relative(title: str, about: str, names: Sequence[str], rates: Rates) -> Table:
    pairs = {label: pair for label, pair in COMPARED.items() if set(pair) <= set(names)}
    how = "On SQLite but for the last column. Ratios within a round; medians, with the lowest and highest."
    rows = [[work, *(_times(by_name, *pair) for pair in pairs.values())] for work, by_name in rates.items()]
    return Table(title, f"{about} {how}", ["", *pairs], rows)


def _times(rates: Mapping[str, Sequence[float]], name: str, base: str) -> str:
    return spread(ratios(rates[name], rates[base])) if {name, base} <= rates.keys() else "–"


def goals(rates: Rates) -> list[Goal]:
    """Return the goals of all workloads."""
    every = [goal for workload in WORKLOADS for goal in _of_workload(workload, rates[workload.name])]
    cost = ratios(rates[NEAR.name][OURS], rates[FAR.name][OURS])
    return [*every, at_most("time of a page far in, by that of one near the start", 1.2, cost)]


def _of_workload(workload: Workload, rates: Mapping[str, Sequence[float]]) -> Iterator[Goal]:
    for ours, targets in ((OURS, workload.targets), (OURS_POSTGRESQL, workload.on_postgresql)):
        where = ", on PostgreSQL" if ours == OURS_POSTGRESQL else ""
        for peer, target in targets.items():
            base = _best(rates) if peer == BEST else peer
            if {ours, base} <= rates.keys():
                ratio = f"share of a {peer}" if peer == BARE else f"times {peer}"
                yield at_least(f"{workload.name}{where}: {ratio}", target, ratios(rates[ours], rates[base]))


def _best(rates: Mapping[str, Sequence[float]]) -> str:
    return max((name for name in PEERS if name in rates), key=lambda name: statistics.median(rates[name]))
