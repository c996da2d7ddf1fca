"""What is wrong with a seed, told so that a curator can act on it."""

from collections.abc import Iterable
from typing import NamedTuple


class SeedFault(NamedTuple):
    """One fault: in which file, on which line, in which column, what is wrong and what would be right."""

    file: str
    line: int
    column: str
    detail: str

    def __str__(self) -> str:
        """`figures.csv:12: as_stated: …`, as compilers tell it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.column}: {self.detail}" if self.column else f"{place}: {self.detail}"


class InvalidSeed(Exception):
    """The seed has faults; all of them, in the order of files and lines. Nothing was changed."""

    def __init__(self, faults: Iterable[SeedFault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))
