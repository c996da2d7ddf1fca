"""The filters of a table: facets to choose from, and chips for those in use."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.entity import Column, Entity
from app.portal.cells import column_title
from app.portal.page import Page
from app.portal.table import POSITION, url_with
from app.read.page import FacetValue
from app.request.controls import SEARCH, page_parameters

# A filter in Chinese and English, by its operator, with the column's title and the values.
PHRASES = {
    "ne": ("{}：不是{}", "{}: not {}"),
    "gt": ("{} > {}", "{} > {}"),
    "gte": ("{} ≥ {}", "{} ≥ {}"),
    "lt": ("{} < {}", "{} < {}"),
    "lte": ("{} ≤ {}", "{} ≤ {}"),
    "contains": ("{}包含“{}”", "{} contains “{}”"),
    "startswith": ("{}以“{}”开头", "{} begins with “{}”"),
}
EQUALS = ("{}：{}", "{}: {}")
EMPTY = {True: ("空", "empty"), False: ("不为空", "not empty")}

Facets = Mapping[str, list[FacetValue]]


class Choice(NamedTuple):
    """A value of a facet: its label, how many records have it, whether it is chosen, and the URL that toggles it."""

    text: str
    total: int
    chosen: bool
    url: str


def facet_names(entity: type[Entity]) -> list[str]:
    """Return the columns to offer as facets: countable ones, but for plain text without labels."""
    return [
        name
        for name, column in entity.columns().items()
        if column.is_categorical and (column.vocabulary or column.declared.reference or column.scalar is not str)
    ]


def facets(page: Page, entity: type[Entity], counted: Facets) -> Iterator[tuple[str, list[Choice]]]:
    """Yield the title and choices of each facet that offers any. Chosen values come first, then the most frequent."""
    parameters = dict(page.query)
    for name, values in counted.items():
        column = entity.columns()[name]
        chosen = [*filter(None, [*parameters.get(f"{name}__in", "").split(","), parameters.get(name)])]
        choices = [_choice(page, column, value, chosen) for value in values if value.value is not None]
        if len(choices) > 1 or chosen:
            choices.sort(key=lambda choice: (not choice.chosen, -choice.total))
            yield column_title(page, column), choices


def chips(page: Page, entity: type[Entity], counted: Facets) -> Iterator[tuple[str, str]]:
    """Yield a phrase for each filter in use, with the URL without it."""
    known = page_parameters(entity)
    for name, text in page.query:
        column, operator = known[name].column, known[name].operator
        if name == SEARCH:
            yield f"“{text}”", url_with(page, name, None)
        elif column and operator:
            if operator.takes == "truth":
                values = page.language.say(*EMPTY[known[name].parse(text)])
            else:
                values = _format_values(page, column, text, counted)
            phrase = page.language.say(*PHRASES.get(operator.suffix, EQUALS))
            yield phrase.format(column_title(page, column), values), url_with(page, name, None)


def _choice(page: Page, column: Column, value: FacetValue, chosen: list[str]) -> Choice:
    text = str(value.value)
    label = page.language.localize(value.label) if value.label else _format(page, column, text)
    remaining = [each for each in chosen if each != text] if text in chosen else [*chosen, text]
    one, many = column.name, f"{column.name}__in"
    query = [each for each in page.query if each[0] not in {one, many, *POSITION}]
    if remaining:
        query.append((one if len(remaining) == 1 else many, ",".join(remaining)))
    return Choice(label, value.count, text in chosen, page.url(page.path, query))


def _format_values(page: Page, column: Column, text: str, counted: Facets) -> str:
    """Format the values that a filter compares with. Referenced records are shown by name."""
    values = counted.get(column.name, ())
    names = {str(each.value): page.language.localize(each.label) for each in values if each.label}
    return page.language.say("、", ", ").join(
        names.get(each) or _format(page, column, each) for each in text.split(",")
    )


def _format(page: Page, column: Column, text: str) -> str:
    """Format a valid value of a URL parameter."""
    if column.vocabulary:
        return page.language.localize(column.vocabulary.label_of(text))
    if column.kind == "date":
        return page.language.date(text)
    return f"{Decimal(text):,f}" if column.scalar in {int, float} else text
