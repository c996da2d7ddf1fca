"""`locators.csv`: where every record's words stand in its source, written by `shanhai locate`, edited by nobody.

A row of the collection `sources` is a paragraph: its length, its hash, and the date on which `locate` found the words
of all its records in it. Any other row is a record: its place, and a seal over the words, their place and that
paragraph. So a load refuses words, places, hashes and dates that were edited by hand, without the text, which is not
ours to keep. The seal guards against mistakes, not against forgery: it has no key.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from app.entity import Cited
from app.evidence.spans import (
    Paragraph,
    WordsNotFound,
    describe,
    distinguishing_prefix,
    find,
    sha256,
)
from app.evidence.text import match_paragraphs
from app.load.faults import SeedFault
from app.load.rows import LOCATORS, OCCURRENCE, Row

PARAGRAPHS = "sources"
UNREADABLE = (OSError, ValueError, LookupError, csv.Error)  # what reading the file may raise


class Locator(NamedTuple):
    """One row. `prefix` is what an address quotes before the words where they alone would not be unique.

    `sha256` is a paragraph's own hash, or a record's seal; `located_on` is a paragraph's alone.
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
        """The row of a paragraph."""
        number, length, digest, located_on = paragraph
        return cls(source_id, number, 0, length, PARAGRAPHS, source_id, digest, "", located_on or "")

    @property
    def described(self) -> Paragraph:
        """The paragraph whose row this is."""
        return Paragraph(self.paragraph, self.end, self.sha256, self.located_on)

    def holds(self, words: str, paragraph: Paragraph) -> bool:
        """Whether `locate` found these words here, in this paragraph and on the date that it carries."""
        return self.sha256 == self.seal(words, paragraph) and self.end == self.start + len(words)

    def seal(self, words: str, paragraph: Paragraph) -> str:
        """The hash of words at this place of a paragraph."""
        where = (self.source_id, paragraph.number, paragraph.sha256, paragraph.located_on, self.start)
        return sha256(" ".join(map(str, (*where, words))))


class Locators:
    """All rows: places by record, and paragraphs by source."""

    def __init__(self, rows: Iterable[Locator]) -> None:
        self.rows = sorted(set(rows))
        self._places = {(row.collection, row.id): row for row in self.rows if row.collection != PARAGRAPHS}

    def place(self, collection: str, record_id: str) -> Locator | None:
        """Where a record's words stand."""
        return self._places.get((collection, record_id))

    def paragraphs(self, source_id: str) -> list[Paragraph]:
        """The paragraphs of a source."""
        return [row.described for row in self.rows if (row.collection, row.id) == (PARAGRAPHS, source_id)]


def read_locators(seed: Path) -> tuple[Locators, list[SeedFault]]:
    """Read the file for `locate`, also one without dates; a fault where it is missing or is something else."""
    try:
        return Locators(read_locator_rows(seed, dated=False)), []
    except UNREADABLE as fault:
        return Locators([]), [unreadable(fault)]


def read_locator_rows(seed: Path, *, dated: bool = True) -> Iterator[Locator]:
    """The rows of the file. Raises one of UNREADABLE where it is missing or was edited into something else.

    Files of versions before 0.2 have no dates; only a `dated` one may be loaded.
    """
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
                place = Locator(source_id, int(paragraph[:9]), int(start[:9]), int(end[:9]), *texts)
                if not 0 <= place.start < place.end or place.paragraph < 1:
                    raise ValueError(f"{place.collection}/{place.id} stands nowhere")
                if dated and place.collection == PARAGRAPHS:
                    dt.date.fromisoformat(place.located_on)
                yield place


def unreadable(fault: Exception) -> SeedFault:
    """What to say where the file cannot be read."""
    if isinstance(fault, FileNotFoundError):
        return SeedFault(LOCATORS, 0, "", "file not found; run `shanhai locate FILE` with the source's text")
    return SeedFault(LOCATORS, 0, "", f"unreadable ({fault}); run `shanhai locate FILE` anew")


def write_locators(seed: Path, locators: Locators) -> None:
    """Write the file, sorted, so that a change shows as the lines that changed."""
    with (seed / LOCATORS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Locator._fields)
        writer.writerows(locators.rows)


def locate(
    source_id: str, rows: Sequence[Row], known: Locators, lines: Sequence[str], body: Sequence[str], today: dt.date
) -> tuple[Locators, list[SeedFault]]:
    """Find the words of every row of a source in its text.

    `lines` is the whole file; `body` are its body paragraphs, or nothing where those known before are meant. A
    paragraph in which nothing has changed keeps the date on which it was located; any other gets today's.
    """
    texts = dict(enumerate(body, 1)) if body else _known_texts(source_id, known, lines)
    found, faults = _find(source_id, rows, known, texts, "\n".join(lines))
    located = [row for row in known.rows if row.source_id != source_id]
    for number, text in texts.items():
        own = {place: words for place, words in found.items() if place.paragraph == number}
        paragraph = describe(number, text, _date(source_id, number, text, own, known) or today.isoformat())
        located.append(Locator.of_paragraph(source_id, paragraph))
        located += [place._replace(sha256=place.seal(words, paragraph)) for place, words in own.items()]
    return Locators(located), faults


def _find(
    source_id: str, rows: Sequence[Row], known: Locators, texts: dict[int, str], whole: str
) -> tuple[dict[Locator, str], list[SeedFault]]:
    """The words of every row of a source, by their places; these have no seal yet."""
    found: dict[Locator, str] = {}
    faults = []
    for row in rows:
        if not issubclass(row.entity, Cited) or row.values["source_id"] != source_id or row.broken:
            continue
        paragraph = row.values["paragraph"]
        if paragraph not in texts:
            faults.append(row.fault("paragraph", _no_paragraph(paragraph, source_id, known, texts)))
            continue
        text, words = texts[paragraph], row.words
        try:
            start = find(words, text, row.occurrence)
        except WordsNotFound as fault:
            column = OCCURRENCE if "occurrence" in str(fault) else row.entity.words_column
            faults.append(row.fault(column, f"{fault} (paragraph {paragraph})"))
            continue
        # Only an address of its own quotes what stands before the words.
        prefix = distinguishing_prefix(words, text, start, whole) if "source_url" in row.values else ""
        slug, record_id = row.entity.collection.slug, row.values["id"]
        found[Locator(source_id, paragraph, start, start + len(words), slug, record_id, "", prefix)] = words
    return found, faults


def _date(source_id: str, number: int, text: str, found: dict[Locator, str], known: Locators) -> str | None:
    """The date on which these very words were located in this very text, if they were."""
    before = next((each for each in known.paragraphs(source_id) if each.number == number), None)
    if before is None or before.sha256 != sha256(text):
        return None
    of_paragraph = (row for row in known.rows if (row.source_id, row.paragraph) == (source_id, number))
    places = {row for row in of_paragraph if row.collection != PARAGRAPHS}
    same = places == {place._replace(sha256=place.seal(words, before)) for place, words in found.items()}
    return before.located_on if same else None


def _no_paragraph(number: int, source_id: str, known: Locators, texts: dict[int, str]) -> str:
    if number in {paragraph.number for paragraph in known.paragraphs(source_id)}:
        return (
            f"paragraph {number} is not in this file as it was; if it changed, say with --lines where the body stands"
        )
    return f"{number} is none of the paragraphs {', '.join(map(str, texts)) or 'of this file: say which with --lines'}"


def _known_texts(source_id: str, known: Locators, lines: Sequence[str]) -> dict[int, str]:
    matched = match_paragraphs(lines, known.paragraphs(source_id), [])
    return {number: text for number, (text, _) in sorted(matched.items())}
