"""What a part of the bench found: tables, and the goals that they speak of."""

import re
import statistics
from collections.abc import Sequence

import msgspec


class Table(msgspec.Struct):
    """A table, with a sentence on what is in it."""

    title: str
    told: str
    head: list[str]
    rows: list[list[str]]

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [f"### {self.title}", "", self.told, ""]
        lines += map(_line, (self.head, self._rule(), *self.rows))
        return "\n".join(lines) + "\n"

    def medians(self) -> str:
        """The table without its title, and without the spread of those medians whose rounds agree."""
        rows = [[row[0], *map(_median, row[1:])] for row in self.rows]
        return "\n".join(map(_line, (self.head, self._rule(), *rows))) + "\n"

    def _rule(self) -> list[str]:
        return ["---"] + ["---:"] * (len(self.head) - 1)


SPREAD = re.compile(r"(\S+) \((\S+)–(\S+)\)")
MAX_RATIO_OF_ROUNDS = 5  # a median whose rounds differ more is shown with its spread everywhere


def _median(cell: str) -> str:
    found = SPREAD.fullmatch(cell)
    if not found:
        return cell
    lowest, highest = (float(number.replace(",", "")) for number in found.groups()[1:])
    return cell if highest > MAX_RATIO_OF_ROUNDS * lowest else found[1]


class Goal(msgspec.Struct):
    """Something that is to hold, and whether it does."""

    text: str
    wanted: str
    found: str
    holds: bool


class Part(msgspec.Struct):
    """What one part found."""

    name: str
    date: str = ""
    load: float = 0.0  # of the machine before it began: what else there was to do
    machine: dict[str, str] = {}  # on what it was measured, and which versions took part
    tables: list[Table] = []
    goals: list[Goal] = []
    rates: dict[str, dict[str, list[float]]] = {}  # workload → contestant → requests a second, a round each


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def rounded(number: float) -> str:
    """A number with three figures that count."""
    if number >= 1000:
        digits = len(str(int(number))) - 3
        return f"{round(number, -digits):,.0f}"
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def spread(numbers: Sequence[float]) -> str:
    """The median, with the lowest and the highest."""
    return f"{rounded(statistics.median(numbers))} ({rounded(min(numbers))}–{rounded(max(numbers))})"


def ratios(numbers: Sequence[float], others: Sequence[float]) -> list[float]:
    """How many times the other each number is, round by round."""
    return [number / other for number, other in zip(numbers, others, strict=True)]


def at_least(text: str, wanted: float, found: Sequence[float], unit: str = "") -> Goal:
    """A goal that the median reaches or not."""
    return Goal(text, f"≥ {wanted:g}{unit}", f"{spread(found)}{unit}", statistics.median(found) >= wanted)


def at_most(text: str, wanted: float, found: Sequence[float], unit: str = "") -> Goal:
    """A goal that the median keeps within or not."""
    return Goal(text, f"≤ {wanted:g}{unit}", f"{spread(found)}{unit}", statistics.median(found) <= wanted)
