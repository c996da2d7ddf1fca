"""Faults of a seed, worded so that a curator can correct them."""

from collections.abc import Iterable
from typing import NamedTuple


class SeedFault(NamedTuple):
    """One fault: its file, line and column, what is wrong and what to do. Line 0 stands for the whole file."""

    file: str
    line: int
    column: str
    detail: str

    def __str__(self) -> str:
        """Return `figures.csv:12: as_stated: …`, the form in which compilers report errors."""
        position = f"{self.file}:{self.line}" if self.line else self.file
        return f"{position}: {self.column}: {self.detail}" if self.column else f"{position}: {self.detail}"


class InvalidSeed(Exception):
    """Raised for a seed with faults; `faults` holds all of them, sorted by file and line. Nothing was changed."""

    def __init__(self, faults: Iterable[SeedFault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))
