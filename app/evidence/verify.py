"""Verification of all served records against the source's text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.entity import CitedSpan
from app.evidence.explain import COMPUTED, computed
from app.evidence.numerals import EXCLUSIONS, FIGURES, TIMES, numerals, outside
from app.evidence.spans import Paragraph
from app.evidence.text import match_paragraphs
from app.quantity import QuantityError, parse


@dataclass
class Verification:
    """Counts of what was verified, and the findings."""

    paragraphs: int = 0
    records: int = 0
    figures: int = 0
    numerals: int = 0
    served: int = 0
    excluded: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def accounted(self) -> float:
        """The percentage of numerals that are served or excluded; 0 if there are none."""
        return 100 * (self.served + self.excluded) / self.numerals if self.numerals else 0.0


def verify(lines: Sequence[str], paragraphs: Sequence[Paragraph], spans: Sequence[CitedSpan]) -> Verification:
    """Verify the cited spans of one source against the lines of its file."""
    result = Verification()
    matches = match_paragraphs(lines, paragraphs, spans)
    known = {paragraph.number for paragraph in paragraphs}
    result.findings += [
        f"{each.collection}/{each.id}: {each.label} is in a paragraph that the source does not have"
        for each in spans
        if each.paragraph not in known
    ]
    for paragraph in paragraphs:
        own = [span for span in spans if span.paragraph == paragraph.number]
        if paragraph.number not in matches:
            result.findings.append(f"paragraph {paragraph.number} is not in this file, nor anything like it")
            continue
        text, is_same = matches[paragraph.number]
        result.paragraphs += 1
        result.records += sum(span.collection != TIMES for span in own)
        result.figures += sum(span.collection == FIGURES for span in own)
        if not is_same:
            result.findings.append(f"paragraph {paragraph.number} was changed: {_difference(text, paragraph)}")
        result.findings += _misplaced(text, own)
        # Only correct spans account for numerals.
        correct = [span for span in own if text[span.start : span.end] == span.words]
        result.findings += _unaccounted(text, paragraph.number, correct, result)
    return result


def _difference(text: str, paragraph: Paragraph) -> str:
    longer = len(text) - paragraph.length
    if not longer:
        return "its length is the same"
    return f"it has {abs(longer)} characters {'more' if longer > 0 else 'fewer'}"


def _misplaced(text: str, spans: Iterable[CitedSpan]) -> Iterator[str]:
    for span in spans:
        actual = text[span.start : span.end]
        if actual != span.words:
            offset = text.find(span.words)
            hint = f"; those words are at {offset}" if offset >= 0 else ""
            yield f"{span.collection}/{span.id}: {span.label} should read {span.words!r} and reads {actual!r}{hint}"


def _unaccounted(text: str, paragraph: int, spans: Sequence[CitedSpan], result: Verification) -> Iterator[str]:
    served = [(each.start, each.end) for each in spans if each.collection in {FIGURES, TIMES}]
    excluded = [(each.start, each.end) for each in spans if each.collection == EXCLUSIONS]
    found = numerals(text)
    not_served = outside(found, served)
    missing = outside(not_served, excluded)
    result.numerals += len(found)
    result.served += len(found) - len(not_served)
    result.excluded += len(not_served) - len(missing)
    for start, end in missing:
        yield (
            f"paragraph {paragraph} [{start}:{end}]: {text[start:end]!r} is in no figure. "
            "Serve it as one, or exclude it with a reason. `shanhai locate` proposes rows."
        )


def misread(figures: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Report the figures whose value, bounds, comparator or unit is not what their words give."""
    for figure in figures:
        name, words = f"{FIGURES}/{figure['id']}", figure["as_stated"]
        try:
            given = computed(parse(words))
        except QuantityError as error:
            yield f"{name}: {error}"
            continue
        for key in COMPUTED:
            if figure[key] != given[key]:
                yield f"{name}: {key} is {figure[key]}, and by the words {words!r} it is {given[key]}"
