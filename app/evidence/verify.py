"""Hold every served record against the source's text, and account for every numeral of its body."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.entity import CitedSpan
from app.evidence.anchors import Paragraph
from app.evidence.text import match_paragraphs
from app.quantity import numerals

# The collections whose records stand for numerals: a figure serves one, an exclusion tells why it is none.
FIGURES, EXCLUSIONS = "figures", "excluded-numerals"


@dataclass
class Verification:
    """The outcome: what was held against the text, and every finding in words."""

    paragraphs: int = 0
    records: int = 0
    figures: int = 0
    numerals: int = 0
    served: int = 0
    excluded: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def accounted(self) -> float:
        """The share of numerals that are served or excluded, in percent; of none, nothing is accounted for."""
        return 100 * (self.served + self.excluded) / self.numerals if self.numerals else 0.0


def verify(lines: Sequence[str], paragraphs: Sequence[Paragraph], anchors: Sequence[CitedSpan]) -> Verification:
    """Verify the anchors of one source against the lines of its file."""
    outcome = Verification()
    found = match_paragraphs(lines, paragraphs, anchors)
    known = {paragraph.number for paragraph in paragraphs}
    outcome.findings += [
        f"{each.collection}/{each.id}: {each.place} cannot be held against anything; the source knows no such paragraph"
        for each in anchors
        if each.paragraph not in known
    ]
    for paragraph in paragraphs:
        own = [anchor for anchor in anchors if anchor.paragraph == paragraph.number]
        if paragraph.number not in found:
            outcome.findings.append(f"paragraph {paragraph.number} is not in this file, nor anything like it")
            continue
        text, same = found[paragraph.number]
        outcome.paragraphs += 1
        outcome.records += len(own)
        outcome.figures += sum(anchor.collection == FIGURES for anchor in own)
        if not same:
            longer = len(text) - paragraph.length
            how = (
                f"it has {abs(longer)} characters {'more' if longer > 0 else 'fewer'}"
                if longer
                else "its length is the same"
            )
            outcome.findings.append(f"paragraph {paragraph.number} was changed: {how}")
        outcome.findings += _misplaced(text, own)
        # Only words that stand where they should account for a numeral there.
        standing = [anchor for anchor in own if text[anchor.start : anchor.end] == anchor.words]
        outcome.findings += _unaccounted(text, paragraph.number, standing, outcome)
    return outcome


def _misplaced(text: str, anchors: Iterable[CitedSpan]) -> Iterator[str]:
    for anchor in anchors:
        there = text[anchor.start : anchor.end]
        if there != anchor.words:
            name = f"{anchor.collection}/{anchor.id}"
            elsewhere = text.find(anchor.words)
            hint = f"; those words stand at {elsewhere}" if elsewhere >= 0 else ""
            yield f"{name}: {anchor.place} should read {anchor.words!r} and reads {there!r}{hint}"


def _unaccounted(text: str, paragraph: int, anchors: Sequence[CitedSpan], outcome: Verification) -> Iterator[str]:
    served = [(each.start, each.end) for each in anchors if each.collection == FIGURES]
    excluded = [(each.start, each.end) for each in anchors if each.collection == EXCLUSIONS]
    for start, end in numerals(text):
        outcome.numerals += 1
        if _within(start, end, served):
            outcome.served += 1
        elif _within(start, end, excluded):
            outcome.excluded += 1
        else:
            yield (
                f"paragraph {paragraph} [{start}:{end}]: {text[start:end]!r} is in no figure; "
                "serve it as one, or exclude it with a reason"
            )


def _within(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)
