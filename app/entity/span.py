"""`CitedSpan`: the span of the source that a record cites."""

from typing import NamedTuple


class CitedSpan(NamedTuple):
    """The claim that `words` are at `[start:end]` of a paragraph."""

    collection: str
    id: str
    words: str
    paragraph: int
    start: int
    end: int

    @property
    def label(self) -> str:
        """The span for readers: `paragraph 5 [474:478]`."""
        return f"paragraph {self.paragraph} [{self.start}:{self.end}]"
