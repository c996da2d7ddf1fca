"""`locators.csv`: the span of every record's words in its source, written by `shanhai locate` and never by hand.

A row of the collection `sources` is a paragraph: its length, its hash, and the date on which `locate` found the words
of all its records in it. Any other row is a record: its span, and a seal over the words, the span and that paragraph.
So a load refuses words, spans, hashes and dates that were edited by hand, without the text, which is not ours to keep.
The seal guards against mistakes, not against forgery: it has no key.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from app.entity import Cited
from app.evidence.spans import Paragraph, WordsNotFound, describe, distinguishing_prefix, find, sha256
from app.evidence.text import match_paragraphs
from app.load.faults import InvalidSeed, SeedFault
from app.load.rows import LOCATORS, OCCURRENCE, Report, Row, read_rows
from app.models.source import Source

PARAGRAPHS = "sources"


class Locator(NamedTuple):
    """One row. `prefix` is what a text fragment quotes before the words where they alone are not unique.

    `sha256` is a paragraph's own hash, or a record's seal; only paragraphs have `located_on`.
    """

    source_id: str
    paragraph: int
    start: int
    end: int
    collection: str
    id: str
    sha256: str
    prefix: str = ""
    located_on: str = ""

    @classmethod
    def of_paragraph(cls, source_id: str, paragraph: Paragraph) -> "Locator":
        """Return the row of a paragraph."""
        number, length, digest, located_on = paragraph
        return cls(source_id, number, 0, length, PARAGRAPHS, source_id, digest, "", located_on or "")

    def holds(self, words: str, paragraph: Paragraph) -> bool:
        """Whether `locate` found these words in this span of this paragraph, on the paragraph's date."""
        return self.sha256 == self.seal(words, paragraph) and self.end == self.start + len(words)

    def seal(self, words: str, paragraph: Paragraph) -> str:
        """Return the hash of words in this span of a paragraph."""
        span = (self.source_id, paragraph.number, paragraph.sha256, paragraph.located_on, self.start)
        return sha256(" ".join(map(str, (*span, words))))


class Locators:
    """The rows of the file: spans by record, and paragraphs by source."""

    def __init__(self, rows: Iterable[Locator]) -> None:
        self.rows = list(rows)
        self._spans = {(row.collection, row.id): row for row in self.rows if row.collection != PARAGRAPHS}
        self._paragraphs: dict[str, list[Paragraph]] = {}
        for row in self.rows:
            if row.collection == PARAGRAPHS:
                paragraph = Paragraph(row.paragraph, row.end, row.sha256, row.located_on)
                self._paragraphs.setdefault(row.id, []).append(paragraph)

    def span(self, collection: str, record_id: str) -> Locator | None:
        """Return the span of a record's words."""
        return self._spans.get((collection, record_id))

    def paragraphs(self, source_id: str) -> list[Paragraph]:
        """Return the paragraphs of a source in their order."""
        return sorted(self._paragraphs.get(source_id, []))


def read_locators(seed: Path, *, dated: bool = False) -> tuple[Locators, list[SeedFault]]:
    """Read the file, and report if it is missing or malformed.

    Files of versions before 0.2 have no dates; a load needs them, `locate` does not.
    """
    try:
        return Locators(_read_rows(seed, dated=dated)), []
    except FileNotFoundError:
        detail = "File not found. Run `shanhai locate FILE` with the source's text."
    except (OSError, ValueError, LookupError, csv.Error) as error:
        detail = f"The file is unreadable ({error}). Run `shanhai locate FILE` again."
    return Locators([]), [SeedFault(LOCATORS, 0, "", detail)]


def _read_rows(seed: Path, *, dated: bool) -> Iterator[Locator]:
    with (seed / LOCATORS).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        columns = Locator._fields if dated else Locator._fields[:-1]
        if missing := [name for name in columns if name not in header]:
            raise ValueError(f"no column {missing[0]}")
        own = itemgetter(*(header.index(name) for name in Locator._fields if name in header))
        for cells in reader:
            if cells:
                source_id, paragraph, start, end, *texts = own(cells)
                row = Locator(source_id, int(paragraph[:9]), int(start[:9]), int(end[:9]), *texts)
                if not 0 <= row.start < row.end or row.paragraph < 1:
                    raise ValueError(f"{row.collection}/{row.id} has no valid span")
                if dated and row.collection == PARAGRAPHS:
                    dt.date.fromisoformat(row.located_on)
                yield row


def write_locators(seed: Path, locators: Locators) -> None:
    """Write the file; rows from `locate` are sorted, so that a diff shows the changed ones only."""
    with (seed / LOCATORS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Locator._fields)
        writer.writerows(locators.rows)


def relocate(seed: Path, source_id: str, lines: Sequence[str], body: Sequence[str], report: Report) -> Locators:
    """Find the words of every record of a source in its text, and rewrite `locators.csv`. Raises InvalidSeed."""
    rows, faults = read_rows(seed, report)
    known, _ = read_locators(seed)
    if source_id not in {row.values["id"] for row in rows if row.entity is Source}:
        faults.append(SeedFault("sources.csv", 0, "id", f"No source has the id {source_id!r}. Add its row first."))
        raise InvalidSeed(faults)
    located, missing = locate(source_id, rows, known, lines, body, dt.datetime.now(dt.UTC).date())
    if faults or missing:
        raise InvalidSeed([*faults, *missing])
    write_locators(seed, located)
    return located


def locate(
    source_id: str, rows: Sequence[Row], known: Locators, lines: Sequence[str], body: Sequence[str], today: dt.date
) -> tuple[Locators, list[SeedFault]]:
    """Find the words of every row of a source in its text.

    `lines` is the whole file; `body` are its body paragraphs, or empty to use the paragraphs in `known`. An unchanged
    paragraph keeps the date on which it was located; a changed one gets `today`.
    """
    texts = dict(enumerate(body, 1)) if body else _known_texts(source_id, known, lines)
    spans, faults = _find_spans(source_id, rows, known, texts, "\n".join(lines))
    located = [row for row in known.rows if row.source_id != source_id]
    for number, text in texts.items():
        own = {span: words for span, words in spans.items() if span.paragraph == number}
        paragraph = describe(number, text, _located_on(source_id, number, text, own, known) or today.isoformat())
        located.append(Locator.of_paragraph(source_id, paragraph))
        located += [span._replace(sha256=span.seal(words, paragraph)) for span, words in own.items()]
    return Locators(sorted(set(located))), faults


def _find_spans(
    source_id: str, rows: Sequence[Row], known: Locators, texts: dict[int, str], whole: str
) -> tuple[dict[Locator, str], list[SeedFault]]:
    """Return the words of every row by their span, not sealed yet, and what was not found."""
    spans: dict[Locator, str] = {}
    faults = []
    for row in rows:
        if not issubclass(row.entity, Cited) or row.values["source_id"] != source_id or row.broken:
            continue
        number = row.values["paragraph"]
        if number not in texts:
            faults.append(row.fault("paragraph", _no_paragraph(number, source_id, known, texts)))
            continue
        text, words = texts[number], row.words
        try:
            start = find(words, text, row.occurrence)
        except WordsNotFound as error:
            column = OCCURRENCE if "occurrence" in str(error) else row.entity.words_column
            faults.append(row.fault(column, f"Paragraph {number}: {error}"))
            continue
        # Only rows with an address of their own quote a prefix in it.
        prefix = distinguishing_prefix(words, text, start, whole) if "source_url" in row.values else ""
        slug, record_id = row.entity.collection.slug, row.values["id"]
        spans[Locator(source_id, number, start, start + len(words), slug, record_id, "", prefix)] = words
    return spans, faults


def _located_on(source_id: str, number: int, text: str, spans: dict[Locator, str], known: Locators) -> str | None:
    """Return the date on which exactly these words were located in this text, if they were."""
    before = next((each for each in known.paragraphs(source_id) if each.number == number), None)
    if before is None or before.sha256 != sha256(text):
        return None
    of_paragraph = (row for row in known.rows if (row.source_id, row.paragraph) == (source_id, number))
    located = {row for row in of_paragraph if row.collection != PARAGRAPHS}
    unchanged = located == {span._replace(sha256=span.seal(words, before)) for span, words in spans.items()}
    return before.located_on if unchanged else None


def _no_paragraph(number: int, source_id: str, known: Locators, texts: dict[int, str]) -> str:
    if number in {paragraph.number for paragraph in known.paragraphs(source_id)}:
        return f"Paragraph {number} of the text has changed. Give the lines of the body with --lines."
    if not texts:
        return "No paragraph of this source is known yet. Give the lines of the body with --lines."
    return f"Paragraph {number} does not exist. The paragraphs are {', '.join(map(str, texts))}."


def _known_texts(source_id: str, known: Locators, lines: Sequence[str]) -> dict[int, str]:
    matched = match_paragraphs(lines, known.paragraphs(source_id), [])
    return {number: text for number, (text, _) in sorted(matched.items())}
