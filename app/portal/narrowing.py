"""What narrows a collection down: the values that can be chosen, and what is chosen already."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.entity import Column, Entity
from app.http.addresses import Given
from app.portal.cells import label
from app.portal.page import Page
from app.portal.table import POSITION, changed
from app.read.page import FacetValue
from app.request.controls import SEARCH, page_parameters

FEW = 12  # values of a facet that are seen at once

# A filter as people say it, by its operator: of a column and a value, in Chinese and English.
PHRASES = {
    "": ("{}：{}", "{}: {}"),
    "in": ("{}：{}", "{}: {}"),
    "ne": ("{}：不是{}", "{}: not {}"),
    "gt": ("{} > {}", "{} > {}"),
    "gte": ("{} ≥ {}", "{} ≥ {}"),
    "lt": ("{} < {}", "{} < {}"),
    "lte": ("{} ≤ {}", "{} ≤ {}"),
    "contains": ("{}包含“{}”", "{} contains “{}”"),
    "startswith": ("{}以“{}”开头", "{} begins with “{}”"),
    "isnull": ("{}：{}", "{}: {}"),
}
EMPTY = {"true": ("空", "empty"), "false": ("不为空", "not empty")}


class Choice(NamedTuple):
    """A value to filter by: what it is called, how many records hold it, whether it is chosen, and where it leads."""

    text: str
    records: int
    chosen: bool
    address: str


class Facet(NamedTuple):
    """A column to filter by; those of its values that come first, and the others."""

    title: str
    choices: list[Choice]
    others: list[Choice]
    chosen: bool


def facet_names(entity: type[Entity]) -> list[str]:
    """The columns that people would filter by: those whose values have names, or are numbers or days."""
    return [
        name
        for name, column in entity.columns().items()
        if column.is_categorical and (column.vocabulary or column.declared.reference or column.scalar is not str)
    ]


def facets(page: Page, entity: type[Entity], found: Mapping[str, list[FacetValue]]) -> Iterator[Facet]:
    """The facets in which there is something to choose; what is chosen stands first, then what most records hold."""
    for name, values in found.items():
        column = entity.columns()[name]
        chosen = _chosen(page.given, name)
        choices = [_choice(page, column, value, chosen) for value in values if value.value is not None]
        if len(choices) > 1 or chosen:
            choices.sort(key=lambda choice: (not choice.chosen, -choice.records))
            yield Facet(label(page, column), choices[:FEW], choices[FEW:], bool(chosen))


def chips(page: Page, entity: type[Entity], found: Mapping[str, list[FacetValue]]) -> Iterator[tuple[str, str]]:
    """What is chosen, as people say it, each with the address without it."""
    known = page_parameters(entity)
    for name, text in page.given:
        column, operator = known[name].column, known[name].operator
        if name == SEARCH:
            yield f"“{text}”", changed(page, page.given, name, None)
        elif column and operator:
            said = page.language.say(*EMPTY[text]) if operator.takes == "truth" else _listed(page, column, text, found)
            phrase = page.language.say(*PHRASES[operator.suffix])
            yield phrase.format(label(page, column), said), changed(page, page.given, name, None)


def _listed(page: Page, column: Column, text: str, found: Mapping[str, list[FacetValue]]) -> str:
    """The values that a filter compares with; a record that is referred to goes by its name."""
    names = {str(each.value): page.language.words(each.label) for each in found.get(column.name, ()) if each.label}
    return page.language.say("、", ", ").join(names.get(each) or _told(page, column, each) for each in text.split(","))


def _chosen(given: Given, name: str) -> list[str]:
    texts = dict(given)
    return [text for text in (*texts.get(f"{name}__in", "").split(","), texts.get(name, "")) if text]


def _choice(page: Page, column: Column, value: FacetValue, chosen: list[str]) -> Choice:
    """A value, and the address that chooses it besides the others, or no longer."""
    text = str(value.value)
    shown = page.language.words(value.label) if value.label else _told(page, column, text)
    now = [each for each in chosen if each != text] if text in chosen else [*chosen, text]
    one, many = column.name, f"{column.name}__in"
    given = [each for each in page.given if each[0] not in {one, many, *POSITION}]
    if now:
        given.append((one if len(now) == 1 else many, ",".join(now)))
    return Choice(shown, value.count, text in chosen, page.at(page.path, given))


def _told(page: Page, column: Column, text: str) -> str:
    """A value of a column, as it stands in an address and was read from there, for people."""
    if column.vocabulary:
        return page.language.words(column.vocabulary.label_of(text))
    if column.kind == "date":
        return page.language.day(text)
    return f"{Decimal(text):,f}" if column.scalar in {int, float} else text
