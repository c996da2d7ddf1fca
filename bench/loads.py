"""The load of a million synthetic figures into each database."""

from bench.databases import Databases
from bench.loading import Cost
from bench.table import Goal, Part, Table, rounded

GOALS_S = {"SQLite": 120, "PostgreSQL": 200}


def main() -> Part:
    """Return the costs of the loads; a cached database was loaded by the same code."""
    databases = Databases()
    databases.sqlite  # noqa: B018 # loads on access
    with databases.postgresql():
        pass
    costs = {kind: databases.cost(kind) for kind in GOALS_S}
    table = Table(
        f"A load of {databases.figures:,} figures",
        "Read, computed, checked, written and indexed for search, in one process; both cores free; a single run.",
        ["", "seconds", "peak of memory, MB"],
        [[kind, rounded(cost.seconds), rounded(cost.peak)] for kind, cost in costs.items()],
    )
    return Part("load", tables=[table], goals=[_goal(kind, cost) for kind, cost in costs.items()])


def _goal(kind: str, cost: Cost) -> Goal:
    wanted = GOALS_S[kind]
    return Goal(f"load into {kind}", f"< {wanted} s", f"{rounded(cost.seconds)} s", cost.seconds < wanted)
