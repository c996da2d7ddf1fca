"""The rate of our server with two cores relative to one core: more threads must not make it slower."""

from bench import settings, wrk
from bench.console import progress
from bench.contestants.ours import Ours
from bench.databases import Databases
from bench.field import Runner
from bench.names import OURS
from bench.questions import Record
from bench.requests import take_stock
from bench.serving import serving
from bench.synthetic import figure_id
from bench.table import Part, Table, at_least, ratios, spread
from bench.workloads import WORKLOADS, questions

CORES = {"one core": (settings.SERVER_CORE,), "two cores": (settings.SERVER_CORE, settings.CLIENT_CORE)}
CONNECTIONS = 16
NOISE = 0.95  # two runs of the same workload differ by as much


def main() -> Part:
    """Measure every workload on both, in alternation."""
    databases = Databases()
    ours = Ours(OURS, f"sqlite:///{databases.sqlite}", str(databases.folder))
    first = ours.request(Record(figure_id(0))).path
    rows, goals = [], []
    with (
        serving(ours.command, first, CORES["one core"]) as one,
        serving(ours.command, first, CORES["two cores"]) as two,
    ):
        stock = take_stock(Runner(ours, one), databases.figures)
        for workload in WORKLOADS:
            if workload.conditional:
                continue
            requests = [ours.request(each) for each in questions(workload, stock)]
            length = max(1, len(requests) // settings.ROUNDS)
            rates: dict[str, list[float]] = {name: [] for name in CORES}
            for number in range(settings.ROUNDS):
                stretch = requests[number * length :][:length] or requests
                for name, server in zip(CORES, (one, two), strict=True):
                    run = wrk.run(server, stretch, {}, seconds=settings.SECONDS, connections=CONNECTIONS)
                    rates[name].append(run.rate)
                    server.rest()
            progress(f"{workload.name}: {', '.join(f'{name} {spread(rounds)}' for name, rounds in rates.items())}")
            times = ratios(rates["two cores"], rates["one core"])
            rows.append([workload.name, *map(spread, rates.values()), spread(times)])
            goals.append(at_least(f"{workload.name}: two cores by one", NOISE, times))
    table = Table(
        "Ours with two cores free to the server",
        "Requests a second; `wrk` has one of the two cores in both. Medians, with the lowest and highest round.",
        ["", *CORES, "two by one"],
        rows,
    )
    return Part("cores", tables=[table], goals=goals)
