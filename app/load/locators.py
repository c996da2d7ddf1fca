"""`locators.csv`: where every record's words stand in its source, written by `shanhai locate`, edited by nobody.

A row holds a place and the hash of the words there; a row of the collection `sources` is a whole paragraph. So a load
can tell that words were changed without the text, which is not ours to keep.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from app.entity import Anchored
from app.evidence.anchors import (
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

    `sha256` is a paragraph's own hash; for a record it seals words and place together, so that neither can be edited
    by hand unnoticed.
    """

    source_id: str
    paragraph: int
    start: int
    end: int
    collection: str
    id: str
    sha256: str
    prefix: str = ""

    def holds(self, words: str) -> bool:
        """Whether these are the words that were located here, and the place is still what was written."""
        return self.sha256 == self.seal(words) and self.end == self.start + len(words)

    def seal(self, words: str) -> str:
        """The hash of words at this place."""
        return sha256(f"{self.source_id} {self.paragraph} {self.start} {words}")


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
        own = (row for row in self.rows if (row.collection, row.id) == (PARAGRAPHS, source_id))
        return [Paragraph(row.paragraph, row.end, row.sha256) for row in own]


def read_locators(seed: Path) -> tuple[Locators, list[SeedFault]]:
    """Read the file; a fault where it is missing or was edited into something else."""
    try:
        return Locators(read_locator_rows(seed)), []
    except UNREADABLE as fault:
        return Locators([]), [unreadable(fault)]


def read_locator_rows(seed: Path) -> Iterator[Locator]:
    """The rows of the file. Raises one of UNREADABLE where it is missing or was edited into something else."""
    with (seed / LOCATORS).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        own = itemgetter(*(header.index(name) for name in Locator._fields))
        for cells in reader:
            if cells:
                source_id, paragraph, start, end, collection, record_id, sha256, prefix = own(cells)
                place = Locator(
                    source_id, int(paragraph[:9]), int(start[:9]), int(end[:9]), collection, record_id, sha256, prefix
                )
                if not 0 <= place.start < place.end or place.paragraph < 1:
                    raise ValueError(f"{collection}/{record_id} stands nowhere")
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
    source_id: str, rows: Sequence[Row], known: Locators, lines: Sequence[str], body: Sequence[str]
) -> tuple[Locators, list[SeedFault]]:
    """Find the words of every row of a source in its text.

    `lines` is the whole file; `body` are its body paragraphs, or nothing where those known before are meant.
    """
    texts = dict(enumerate(body, 1)) if body else _known_texts(source_id, known, lines)
    faults = []
    found = [row for row in known.rows if row.source_id != source_id]
    found += [
        Locator(source_id, number, 0, len(text), PARAGRAPHS, source_id, describe(number, text).sha256)
        for number, text in texts.items()
    ]
    whole = "\n".join(lines)
    for row in rows:
        if not issubclass(row.entity, Anchored) or row.values["source_id"] != source_id or row.broken:
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
        located = Locator(source_id, paragraph, start, start + len(words), slug, record_id, "", prefix)
        found.append(located._replace(sha256=located.seal(words)))
    return Locators(found), faults


def _no_paragraph(number: int, source_id: str, known: Locators, texts: dict[int, str]) -> str:
    if number in {paragraph.number for paragraph in known.paragraphs(source_id)}:
        return (
            f"paragraph {number} is not in this file as it was; if it changed, say with --lines where the body stands"
        )
    return f"{number} is none of the paragraphs {', '.join(map(str, texts)) or 'of this file: say which with --lines'}"


def _known_texts(source_id: str, known: Locators, lines: Sequence[str]) -> dict[int, str]:
    matched = match_paragraphs(lines, known.paragraphs(source_id), [])
    return {number: text for number, (text, _) in sorted(matched.items())}
