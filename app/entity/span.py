"""The claim by which a record stands on its source."""

from typing import NamedTuple


class CitedSpan(NamedTuple):
    """A record's claim: these words stand at `[start:end]` of this paragraph."""

    collection: str
    id: str
    words: str
    paragraph: int
    start: int
    end: int

    @property
    def place(self) -> str:
        """For people: which paragraph, from where to where."""
        return f"paragraph {self.paragraph} [{self.start}:{self.end}]"
