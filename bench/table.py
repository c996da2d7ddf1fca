"""The results of a part of the bench: tables, and goals."""

import re
import statistics
from collections.abc import Sequence

import msgspec


class Table(msgspec.Struct):
    """A table with a note on its content."""

    title: str
    note: str
    head: list[str]
    rows: list[list[str]]

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [f"### {self.title}", "", self.note, ""]
        lines += map(_line, (self.head, self._rule(), *self.rows))
        return "\n".join(lines) + "\n"

    def medians(self) -> str:
        """Return the table without its title, and without the spread of medians whose rounds agree."""
        rows = [[row[0], *map(_median, row[1:])] for row in self.rows]
        return "\n".join(map(_line, (self.head, self._rule(), *rows))) + "\n"

    def _rule(self) -> list[str]:
        return ["---"] + ["---:"] * (len(self.head) - 1)


SPREAD = re.compile(r"(\S+) \((\S+)–(\S+)\)")
MAX_RATIO_OF_ROUNDS = 5  # above this, the spread of a median is always given


def _median(cell: str) -> str:
    match = SPREAD.fullmatch(cell)
    if not match:
        return cell
    lowest, highest = (float(number.replace(",", "")) for number in match.groups()[1:])
    return cell if highest > MAX_RATIO_OF_ROUNDS * lowest else match[1]


class Goal(msgspec.Struct):
    """A target, and whether the measurement meets it."""

    text: str
    target: str
    measured: str
    met: bool


class Part(msgspec.Struct):
    """The results of one part."""

    name: str
    date: str = ""
    load: float = 0.0  # load average of the machine before the start
    machine: dict[str, str] = {}  # and the versions of the software
    tables: list[Table] = []
    goals: list[Goal] = []
    rates: dict[str, dict[str, list[float]]] = {}  # workload → contestant → requests per second, by round


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def rounded(number: float) -> str:
    """Format a number with three significant digits."""
    if number >= 1000:
        digits = len(str(int(number))) - 3
        return f"{round(number, -digits):,.0f}"
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def spread(numbers: Sequence[float]) -> str:
    """Return the median with the lowest and the highest number."""
    return f"{rounded(statistics.median(numbers))} ({rounded(min(numbers))}–{rounded(max(numbers))})"


def ratios(numbers: Sequence[float], bases: Sequence[float]) -> list[float]:
    """Return the ratio of each number to the base of the same round."""
    return [number / base for number, base in zip(numbers, bases, strict=True)]


def at_least(text: str, target: float, measured: Sequence[float], unit: str = "") -> Goal:
    """Return a goal with a lower bound for the median."""
    return Goal(text, f"≥ {target:g}{unit}", f"{spread(measured)}{unit}", statistics.median(measured) >= target)


def at_most(text: str, target: float, measured: Sequence[float], unit: str = "") -> Goal:
    """Return a goal with an upper bound for the median."""
    return Goal(text, f"≤ {target:g}{unit}", f"{spread(measured)}{unit}", statistics.median(measured) <= target)
