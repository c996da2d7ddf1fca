"""`locators.csv`: the span of every record's words in its source, written by `shanhai locate` and never by hand.

A row of the collection `sources` is a paragraph: its length, its hash, and the date on which `locate` found the words
of all its records in it. A row of the collection `numerals` is a numeral of a paragraph: its span, and a seal over the
spans of all numerals of that paragraph, so that a load can count those that no record accounts for. Any other row is a
record: its span, and a seal over the words, the span, the paragraph and the occurrence, if the seed gives one. Rows of
`figures.time` are the spans of the words that say when a figure holds. So a load refuses words, spans, hashes and dates
that were edited by hand, without the text, which is not ours to keep. The seals guard against mistakes, not against
forgery: they have no key.
"""

import csv
import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from app.entity import Cited
from app.evidence.numerals import EXCLUSIONS, FIGURES, TIMES, Span, numerals, outside
from app.evidence.spans import Paragraph, WordsNotFound, describe, distinguishing_prefix, find, find_nearest, sha256
from app.evidence.text import match_paragraphs
from app.load.context import check_context
from app.load.faults import InvalidSeed, SeedFault
from app.load.rows import LOCATORS, OCCURRENCE, Chunk, Report, Row, parse_chunk, read_file, read_rows
from app.models import Figure
from app.models.source import Source

PARAGRAPHS, NUMERALS = "sources", "numerals"  # collections of rows that are no records
Stated = tuple[str, int | None]  # words, and which of several equal ones in their paragraph, if the seed says so


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

    @classmethod
    def of_numerals(cls, source_id: str, paragraph: Paragraph, spans: Sequence[Span]) -> "list[Locator]":
        """Return the rows of the numerals of a paragraph."""
        seal = seal_numerals(paragraph, spans)
        return [cls(source_id, paragraph.number, *span, NUMERALS, source_id, seal) for span in spans]

    def holds(self, words: str, paragraph: Paragraph, occurrence: int | None) -> bool:
        """Whether `locate` found these words in this span of this paragraph, on the paragraph's date."""
        # Versions before 0.2 sealed no occurrence.
        return self.end == self.start + len(words) and any(
            self.sha256 == self.seal(words, paragraph, sealed) for sealed in dict.fromkeys((occurrence, None))
        )

    def seal(self, words: str, paragraph: Paragraph, occurrence: int | None = None) -> str:
        """Return the hash of words in this span of a paragraph."""
        span = (self.source_id, paragraph.number, paragraph.sha256, paragraph.located_on, self.start)
        return sha256(" ".join(map(str, (*span, words, *([occurrence] if occurrence else [])))))


def seal_numerals(paragraph: Paragraph, spans: Sequence[Span]) -> str:
    """Return the hash of the spans of a paragraph's numerals."""
    return sha256(" ".join(map(str, (paragraph.number, paragraph.sha256, *spans))))


class Locators:
    """The rows of the file: spans by record, paragraphs and numerals by source."""

    def __init__(self, rows: Iterable[Locator]) -> None:
        self.rows = list(rows)
        self._spans: dict[tuple[str, str], Locator] = {}
        self._paragraphs: dict[str, list[Paragraph]] = {}
        self._numerals: dict[str, dict[int, list[Locator]]] = {}
        self._accounting: dict[tuple[str, int], list[Locator]] = {}
        for row in self.rows:
            if row.collection == PARAGRAPHS:
                paragraph = Paragraph(row.paragraph, row.end, row.sha256, row.located_on)
                self._paragraphs.setdefault(row.id, []).append(paragraph)
            elif row.collection == NUMERALS:
                self._numerals.setdefault(row.id, {}).setdefault(row.paragraph, []).append(row)
            else:
                self._spans[row.collection, row.id] = row
                if row.collection in {FIGURES, TIMES, EXCLUSIONS}:
                    self._accounting.setdefault((row.source_id, row.paragraph), []).append(row)

    def span(self, collection: str, record_id: str) -> Locator | None:
        """Return the span of a record's words."""
        return self._spans.get((collection, record_id))

    def paragraphs(self, source_id: str) -> list[Paragraph]:
        """Return the paragraphs of a source in their order."""
        return sorted(self._paragraphs.get(source_id, []))

    def numerals(self, source_id: str) -> dict[int, list[Locator]]:
        """Return the numerals of a source by paragraph; none if they were never located."""
        return {number: sorted(rows) for number, rows in self._numerals.get(source_id, {}).items()}

    def unaccounted(self, source_id: str, counts: Callable[[Locator], bool] = lambda _: True) -> dict[int, list[Span]]:
        """Return, by paragraph, the numerals of a source in no figure, time or exclusion that `counts`."""
        unaccounted = {}
        for number, rows in self.numerals(source_id).items():
            spans = [(each.start, each.end) for each in self.accounting(source_id, number) if counts(each)]
            unaccounted[number] = outside([(row.start, row.end) for row in rows], spans)
        return unaccounted

    def accounting(self, source_id: str, paragraph: int) -> list[Locator]:
        """Return the figures, their times and the exclusions of a paragraph."""
        return self._accounting.get((source_id, paragraph), [])


def read_locators(seed: Path, *, dated: bool = False) -> tuple[Locators, list[SeedFault]]:
    """Read the file, and report if it is missing or malformed.

    Files of versions before 0.2 have no dates; a load needs them, `locate` does not.
    """
    try:
        return Locators(_read_rows(seed, dated=dated)), []
    except FileNotFoundError:
        detail = "File not found. Run `shanhai locate FILE` with the source's text."
    except (OSError, ValueError, LookupError, csv.Error) as error:
        detail = f"The file is unreadable ({error}). Restore it, or delete it and run `shanhai locate` for each source."
    return Locators([]), [SeedFault(LOCATORS, 0, "", detail)]


def read_known(seed: Path) -> Locators:
    """Return the rows for `locate` to change; none if there is no file. Raises InvalidSeed if it is unreadable.

    A new file without the rows of the other sources would make their texts necessary again.
    """
    known, faults = read_locators(seed)
    if faults and (seed / LOCATORS).exists():
        raise InvalidSeed(faults)
    return known


def _read_rows(seed: Path, *, dated: bool) -> Iterator[Locator]:
    with (seed / LOCATORS).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        columns = Locator._fields if dated else Locator._fields[:-1]
        if missing := [name for name in columns if name not in header]:
            raise ValueError(f"no column {missing[0]}")
        own = itemgetter(*(header.index(name) for name in Locator._fields if name in header))
        for cells in reader:
            if any(cells):
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


def unlocated_sources(seed: Path, located: Container[str]) -> list[str]:
    """Return the ids of the seed's sources that were never located."""
    parts = read_file(seed / f"{Source.collection.slug}.csv", Source)
    items = (item for part in parts if isinstance(part, Chunk) for item in parse_chunk(part))
    ids = [item.values["id"] for item in items if isinstance(item, Row)]
    return [each for each in ids if each and each not in located]


def relocate(
    seed: Path, source_id: str, lines: Sequence[str], body: Sequence[str], report: Report
) -> tuple[Locators, dict[int, str]]:
    """Find the words of every record of a source in its text, and rewrite `locators.csv`. Raises InvalidSeed.

    Returns what was written, and the source's paragraphs.
    """
    rows, faults = read_rows(seed, report)
    known = read_known(seed)
    if not any(row.entity is Source and row.values["id"] == source_id for row in rows):
        faults.append(SeedFault("sources.csv", 0, "id", f"No source has the id {source_id!r}. Add its row first."))
        raise InvalidSeed(faults)
    located, missing = locate(source_id, rows, known, lines, body, dt.datetime.now(dt.UTC).date())
    if faults or missing:
        raise InvalidSeed([*faults, *missing])
    write_locators(seed, located)
    return located, paragraph_texts(source_id, known, lines, body)


def locate(
    source_id: str, rows: Sequence[Row], known: Locators, lines: Sequence[str], body: Sequence[str], today: dt.date
) -> tuple[Locators, list[SeedFault]]:
    """Find the words of every row of a source, and every numeral, in its text.

    `lines` is the whole file; `body` are its body paragraphs, or empty to use the paragraphs in `known`. An unchanged
    paragraph keeps the date on which it was located; a changed one gets `today`.
    """
    texts = paragraph_texts(source_id, known, lines, body)
    spans, faults = _find_spans(source_id, rows, known, texts, "\n".join(lines))
    located = [row for row in known.rows if row.source_id != source_id]
    for number, text in texts.items():
        own = {span: stated for span, stated in spans.items() if span.paragraph == number}
        paragraph = describe(number, text, _located_on(source_id, number, text, own, known) or today.isoformat())
        located.append(Locator.of_paragraph(source_id, paragraph))
        located += Locator.of_numerals(source_id, paragraph, numerals(text))
        located += [
            span._replace(sha256=span.seal(words, paragraph, occurrence)) for span, (words, occurrence) in own.items()
        ]
    return Locators(sorted(set(located))), faults


def _find_spans(
    source_id: str, rows: Sequence[Row], known: Locators, texts: Mapping[int, str], whole: str
) -> tuple[dict[Locator, Stated], list[SeedFault]]:
    """Return the words of every row by their span, not sealed yet, and what was not found."""
    spans: dict[Locator, Stated] = {}
    faults = []
    is_known = False  # whether any of the words are anywhere in the text
    for row in rows:
        if not issubclass(row.entity, Cited) or row.values["source_id"] != source_id or row.broken:
            continue
        number = row.values["paragraph"]
        is_known = is_known or any(row.words in text for text in texts.values())
        if number not in texts:
            faults.append(row.fault("paragraph", _no_paragraph(number, source_id, known, texts)))
            continue
        text, words = texts[number], row.words
        try:
            start = find(words, text, row.occurrence)
        except WordsNotFound as error:
            column = OCCURRENCE if "occurrence" in str(error) else row.entity.words_column
            elsewhere = [str(each) for each in texts if words in texts[each] and words not in text]
            hint = f" It is in paragraph {' and '.join(elsewhere)}." if elsewhere else ""
            faults.append(row.fault(column, f"Paragraph {number}: {error}{hint}"))
            continue
        # Only rows with an address of their own quote a prefix in it.
        prefix = distinguishing_prefix(words, text, start, whole) if "source_url" in row.values else ""
        slug, record_id = row.entity.collection.slug, row.values["id"]
        span = Locator(source_id, number, start, start + len(words), slug, record_id, "", prefix)
        spans[span] = words, row.occurrence
        if row.entity is Figure:
            faults += check_context(row, text, start)
        if time := row.values.get("time_stated"):
            try:
                number, start = find_nearest(time, texts, number, start)
            except WordsNotFound as error:
                faults.append(row.fault("time_stated", f"Paragraph {number}: {error}"))
            else:
                spans[Locator(source_id, number, start, start + len(time), TIMES, record_id, "")] = time, None
    if len(faults) > 1 and not is_known:
        detail = f"None of the words of {len(faults)} records is in this text. Is it the text of {source_id!r}?"
        return spans, [SeedFault("sources.csv", 0, "", f"{detail} Check --source-id and --lines.")]
    return spans, faults


def _located_on(source_id: str, number: int, text: str, spans: Mapping[Locator, Stated], known: Locators) -> str | None:
    """Return the date on which exactly these words were located in this text, if they were."""
    before = next((each for each in known.paragraphs(source_id) if each.number == number), None)
    if before is None or before.sha256 != sha256(text):
        return None
    of_paragraph = (row for row in known.rows if (row.source_id, row.paragraph) == (source_id, number))
    located = {row._replace(sha256=""): row for row in of_paragraph if row.collection not in {PARAGRAPHS, NUMERALS}}
    unchanged = located.keys() == spans.keys() and all(
        located[span].holds(words, before, occurrence) for span, (words, occurrence) in spans.items()
    )
    return before.located_on if unchanged else None


def _no_paragraph(number: int, source_id: str, known: Locators, texts: Mapping[int, str]) -> str:
    if number in {paragraph.number for paragraph in known.paragraphs(source_id)}:
        return f"Paragraph {number} of the text has changed. Give the lines of the body with --lines."
    if not texts:
        return "No paragraph of this source is known yet. Give the lines of the body with --lines."
    return f"Paragraph {number} does not exist. The paragraphs are {', '.join(map(str, texts))}."


def paragraph_texts(source_id: str, known: Locators, lines: Sequence[str], body: Sequence[str]) -> dict[int, str]:
    """Return the paragraphs of a source's text by number: those of the body, or those in `known` if there is none."""
    matched = match_paragraphs(lines, known.paragraphs(source_id), []) if not body else {}
    return dict(enumerate(body, 1)) or {number: text for number, (text, _) in sorted(matched.items())}
