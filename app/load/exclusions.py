"""Rows that `locate` proposes for `excluded-numerals.csv`: the numerals that no record accounts for."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TextIO

from app.entity import Entity
from app.evidence.numerals import EXCLUSIONS
from app.evidence.proposals import Proposal, propose
from app.load.locators import Locators
from app.load.rows import OCCURRENCE
from app.models.excluded_numeral import ExcludedNumeral
from app.models.term import Term

CONTEXT_CHARS = 6  # on each side of a numeral that has no proposal


class Exclusions(NamedTuple):
    """The proposed rows as CSV lines, without a header, and a line about each numeral that has no proposal."""

    rows: list[str]
    open: list[str]


def propose_exclusions(seed: Path, source_id: str, texts: Mapping[int, str], located: Locators) -> Exclusions:
    """Return a row for each numeral of a source that is in no figure, not excluded, and has a likely reason."""
    with _open(seed, ExcludedNumeral) as rows, _open(seed, Term) as terms:
        header = next(csv.reader(rows))
        definitions = {row["id"]: row for row in csv.DictReader(terms)}
    proposed = Exclusions([], [])
    for number, spans in located.unaccounted(source_id).items():
        text = texts[number]
        served = [(row.start, row.end) for row in located.accounting(source_id, number) if row.collection != EXCLUSIONS]
        proposals, unknown = propose(text, spans, served)
        proposed.rows.extend(
            _line(_row(source_id, number, text, each) | _summary(each.reason, definitions), header)
            for each in proposals
        )
        proposed.open.extend(
            f"paragraph {number} [{start}:{end}]: {_context(text, start, end)}" for start, end in unknown
        )
    return proposed


def _open(seed: Path, entity: type[Entity]) -> TextIO:
    return (seed / f"{entity.collection.slug}.csv").open(encoding="utf-8-sig", newline="")


def _summary(reason: str, definitions: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    definition = definitions.get(Term.id_of("reason", reason), {})
    return {f"summary_{language}": definition.get(f"definition_{language}") for language in ("zh", "en")}


def _row(source_id: str, number: int, text: str, proposal: Proposal) -> dict[str, object]:
    (start, end), reason = proposal
    words = text[start:end]
    places = [at for at in range(len(text)) if text.startswith(words, at)]
    occurrence = places.index(start) + 1 if len(places) > 1 else None
    which_zh, which_en = (f"第{occurrence}处", f", occurrence {occurrence}") if occurrence else ("", "")
    return {
        "id": f"{source_id}-p{number}-{start}",
        "name_zh": f"{words}（第{number}段{which_zh}）",
        "name_en": f"“{words}”, paragraph {number}{which_en}",
        "reason": reason,
        "as_named": words,
        "source_id": source_id,
        "paragraph": number,
        OCCURRENCE: occurrence,
    }


def _line(row: Mapping[str, object], header: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([row.get(name) for name in header])
    return line.getvalue()


def _context(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
    return f"…{before}【{text[start:end]}】{after}…"
