"""A million synthetic figures loaded by the loader itself, into each database."""

from bench.databases import Databases
from bench.loading import Cost
from bench.table import Goal, Part, Table, rounded

WANTED = {"SQLite": 60, "PostgreSQL": 90}  # seconds


def main() -> Part:
    """Load, and tell what it took; databases that are kept were loaded by this very code."""
    databases = Databases()
    databases.sqlite  # noqa: B018 # loads it
    with databases.postgresql():
        pass
    costs = {kind: databases.cost(kind) for kind in WANTED}
    table = Table(
        f"A load of {databases.figures:,} figures",
        "Read, computed, checked, written and indexed for search, in one process; both cores free; a single run.",
        ["", "seconds", "peak of memory, MB"],
        [[kind, rounded(cost.seconds), rounded(cost.peak)] for kind, cost in costs.items()],
    )
    return Part("load", tables=[table], goals=[_goal(kind, cost) for kind, cost in costs.items()])


def _goal(kind: str, cost: Cost) -> Goal:
    wanted = WANTED[kind]
    return Goal(f"load into {kind}", f"< {wanted} s", f"{rounded(cost.seconds)} s", cost.seconds < wanted)
