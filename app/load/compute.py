"""Compute what the seed does not carry: spans, paragraphs, values from words, and the quotients of derived figures.

A row is computed from its own cells and its `Inputs` alone, so any process can compute it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.amounts import Noun
from app.entity import Cited, HasSubject
from app.evidence.spans import Paragraph
from app.load.checks import BY_SINGULAR
from app.load.faults import SeedFault
from app.load.figures import check_nouns, compute_figure, derive
from app.load.languages import check_languages
from app.load.locators import Locator
from app.load.rows import LOCATORS, OCCURRENCE, Row
from app.load.times import compute_time
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.models.indicator import Indicator
from app.models.source import Source
from app.models.term import Term

DATES = ("published_on", "reposted_on")  # a source was published by the first of these that is known


class Inputs(NamedTuple):
    """The inputs of a chunk's rows other than their own cells."""

    spans: Mapping[str, Locator] = {}  # of the rows, by id
    times: Mapping[str, Locator] = {}  # of the words that say when the figures of the chunk hold, by id
    paragraphs: Mapping[str, Mapping[int, Paragraph]] = {}  # of the sources in or cited by the chunk
    # Of the sources cited by the chunk: the url, the date, and whether they were published on it.
    sources: Mapping[str, tuple[str, str, bool]] = {}
    nouns: Mapping[str, Noun | None] = {}  # what the indicators of the chunk's figures count
    figures: Mapping[str, Row] = {}  # those that derived figures of the chunk divide


def compute(row: Row, inputs: Inputs) -> Iterator[SeedFault]:
    """Fill the computed columns of a row in place, and report what cannot be computed."""
    if row.entity is Source:
        yield from _compute_source(row, inputs)
    if row.entity is Term:
        yield from _compute_term(row)
    if row.entity is Indicator:
        yield from check_nouns(row)
    yield from check_languages(row)
    if issubclass(row.entity, HasSubject) and (kind := row.values["subject_kind"]):
        row.values["subject_collection"] = BY_SINGULAR[kind].collection.slug
    if issubclass(row.entity, Cited):
        span = inputs.spans.get(row.values["id"])
        yield from _compute_span(row, row.entity.words_column, span, inputs)
        if row.entity is Figure and row.values["time_stated"] is not None:
            yield from _compute_span_of_time(row, inputs.times.get(row.values["id"]), inputs)
        if row.entity is Figure:
            source, noun = row.values["source_id"], row.values["indicator_id"]
            yield from compute_figure(row, span, inputs.sources.get(source), inputs.nouns.get(noun))
            if row.values["as_of"]:
                yield from compute_time(row, dated=source in inputs.sources and inputs.sources[source][2])
    if row.entity is DerivedFigure:
        yield from derive(row, inputs.figures)


def _compute_source(source: Row, inputs: Inputs) -> Iterator[SeedFault]:
    paragraphs = inputs.paragraphs.get(source.values["id"], {})
    source.values["paragraphs"] = [paragraph._asdict() for paragraph in paragraphs.values()]
    if not paragraphs:
        options = f"--source-id {source.values['id']} --lines 5-11"
        detail = (
            f"It has not been located. Run `shanhai locate FILE {options}` with its text and the lines of its body."
        )
        yield source.fault("paragraphs", detail)
    elif [*paragraphs] != [*range(1, len(paragraphs) + 1)]:
        detail = f"{LOCATORS} lacks some of its paragraphs. Run `shanhai locate FILE` again."
        yield source.fault("paragraphs", detail)
    if not source.broken & set(DATES) and not any(source.values[name] for name in DATES):
        detail = f"{DATES[0]} and {DATES[1]} are both empty. Give the date of publication or of the repost."
        yield source.fault(DATES[0], detail)


def _compute_term(term: Row) -> Iterator[SeedFault]:
    if {"id", "vocabulary"} & term.broken:
        return
    prefix, term_id = Term.id_of(term.values["vocabulary"], ""), term.values["id"]
    term.values["slug"] = term_id.removeprefix(prefix)
    if term_id in {prefix, term.values["slug"]}:
        yield term.fault("id", f"{term_id!r} does not begin with its vocabulary. Write {prefix}… for it.")


def _compute_span(row: Row, words_column: str, span: Locator | None, inputs: Inputs) -> Iterator[SeedFault]:
    if {words_column, "id", "source_id", "paragraph", OCCURRENCE} & row.broken:
        return
    if span is None:
        detail = f"{row.words!r} has not been located in the source. Run `shanhai locate FILE` with its text."
        yield row.fault(words_column, detail)
    elif (span.source_id, span.paragraph) != (row.values["source_id"], row.values["paragraph"]):
        detail = (
            f"The words were located in paragraph {span.paragraph} of {span.source_id}. Restore that, or run "
            "`shanhai locate FILE` again."
        )
        yield row.fault("paragraph", detail)
    elif not _is_sealed(row.words, row.occurrence, span, inputs):
        detail = (
            f"{row.words!r} is not what was located in paragraph {span.paragraph} [{span.start}:{span.end}], or "
            f"the occurrence or {LOCATORS} was edited. Correct the words, or run `shanhai locate FILE` again."
        )
        yield row.fault(words_column, detail)
    else:
        row.values |= {"start": span.start, "end": span.end}


def _compute_span_of_time(row: Row, span: Locator | None, inputs: Inputs) -> Iterator[SeedFault]:
    words = row.values["time_stated"]
    if {"id", "source_id", "paragraph"} & row.broken:
        return
    if span is None or span.source_id != row.values["source_id"] or not _is_sealed(words, None, span, inputs):
        detail = f"{words!r} has not been located in the source. Run `shanhai locate FILE` with its text."
        yield row.fault("time_stated", detail)
    else:
        row.values |= {"time_paragraph": span.paragraph, "time_offset": span.start}


def _is_sealed(words: str, occurrence: int | None, span: Locator, inputs: Inputs) -> bool:
    paragraph = inputs.paragraphs.get(span.source_id, {}).get(span.paragraph)
    return paragraph is not None and span.holds(words, paragraph, occurrence)
